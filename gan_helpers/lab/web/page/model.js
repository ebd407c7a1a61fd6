// In place of the kernel: the engine in a worker. The view talks to it as it does to an
// anywidget's model, so that one view serves both.

const FILE = "text/html;charset=utf-8";

/** The text of an element that keeps a script or a page for later. */
const textOf = (id) =>
  document.getElementById(id).textContent.replace(/<\\(?=\/script|!--)/g, "<");

/** The engine in a worker: post(message); `onReply`, or `onFailure` if it ever stops. */
function startWorker(onReply, onFailure) {
  const source = new Blob([textOf("engine")], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(source));
  worker.onmessage = ({ data }) => onReply(data);
  worker.onerror = onFailure;
  return { post: (message) => worker.postMessage(message) };
}

const SLICE = 12; // ms, short enough for the page to answer in between

/** The engine in the page's own thread: one short slice for each message. */
function startSlices(onReply) {
  document.head.append(make("script", {}, textOf("engine")));
  const { Lab, handle } = globalThis.ganEngine;
  const lab = new Lab();
  return {
    post(message) {
      const ms = message.ms && Math.min(message.ms, SLICE);
      setTimeout(() => onReply(handle(lab, ms ? { ...message, ms } : message)));
    },
  };
}

const NO_WORKER =
  "This browser gives the page no worker, so it trains in slices between two pictures: " +
  "slower, and otherwise the same.";

/** What the view takes for its model. */
class PageModel {
  constructor(onTrouble) {
    this.listeners = new Map();
    this.onTrouble = onTrouble;
    this.early = []; // sent before the first reply
    const onReply = (reply) => this.receive(reply);
    const onFailure = (event) => this.fail(onReply, event);
    try {
      this.engine = startWorker(onReply, onFailure);
    } catch {
      this.fail(onReply);
    }
  }

  /** Some browsers refuse a worker only after it was made: nothing sent is lost. */
  fail(onReply, event) {
    if (!this.early) {
      this.onTrouble(`The engine stopped (${event?.message}). Load the page again.`);
      return;
    }
    this.onTrouble(NO_WORKER);
    this.engine = startSlices(onReply);
    for (const message of this.early) this.engine.post(message);
    this.early = null;
  }

  get() {
    return undefined; // nothing is there before the first answer
  }

  on(name, listener) {
    this.listeners.set(name, listener);
  }

  off(name) {
    this.listeners.delete(name);
  }

  send(message) {
    this.early?.push(message);
    this.engine.post(message);
  }

  receive({ content, buffers }) {
    this.early = null;
    if (content.type === "saved") saveRun(content.run);
    this.onContent?.(content);
    this.listeners.get("msg:custom")?.(content, buffers);
  }
}

/** Hand the recorded run to the user as a page that plays by itself. */
function saveRun(run) {
  const scripts = `${textOf("panels")}\n${textOf("player-script")}`;
  const parts = {
    style: document.getElementById("lab-style").textContent, script: scripts, run,
  };
  const page = textOf("player").replace(/{{(\w+)}}/g, (_, name) => parts[name]);
  const link = make("a", {
    href: URL.createObjectURL(new Blob([page], { type: FILE })),
    download: `points-${new Date().toISOString().slice(0, 19).replace(/\D/g, "-")}.html`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
