// In place of the kernel: the engine in a worker. The view talks to it as it does to an
// anywidget's model, so that one view serves both.

const FILE = "text/html;charset=utf-8";

/** The text of an element that keeps a script or a page for later. */
const textOf = (id) =>
  document.getElementById(id).textContent.replace(/<\\(?=\/script|!--)/g, "<");

/** What answers messages: post(message), and the `onReply` that is called for each. */
function startEngine(onReply, onTrouble) {
  const script = textOf("engine");
  try {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = ({ data }) => onReply(data);
    worker.onerror = (event) => onTrouble(`The engine stopped: ${event.message}.`);
    return { post: (message) => worker.postMessage(message) };
  } catch {
    onTrouble(
      "This browser gives the page no worker, so it trains in slices between two " +
        "pictures: slower, and otherwise the same.",
    );
    return startSlices(script, onReply);
  }
}

const SLICE = 12; // ms, short enough for the page to answer in between

/** The engine in the page's own thread: one short slice for each message. */
function startSlices(script, onReply) {
  document.head.append(make("script", {}, script));
  const { Lab, handle } = globalThis.ganEngine;
  const lab = new Lab();
  return {
    post(message) {
      const ms = message.ms && Math.min(message.ms, SLICE);
      setTimeout(() => onReply(handle(lab, ms ? { ...message, ms } : message)));
    },
  };
}

/** What the view takes for its model. */
class PageModel {
  constructor(onTrouble) {
    this.listeners = new Map();
    this.engine = startEngine((reply) => this.receive(reply), onTrouble);
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
    this.engine.post(message);
  }

  receive({ content, buffers }) {
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
