// The conversation with the kernel: two requests at a time, so that it has something to
// do while its last answer travels; and word when none comes.

const PATIENCE = 4000; // ms without an answer before the user is told
const LONGEST_WAIT = 60000;
const MOST_IN_FLIGHT = 2;

const SILENT =
  "The kernel does not answer. If a cell is running, wait until it is done. If the " +
  "kernel was restarted or stopped, run the cell of this lab again.";
const COMPILING =
  "The kernel compiles the training step. This takes some seconds, the first time " +
  "with these networks, this loss and this penalty.";
const COMPILING_MOST = 30000; // ms

/** Arrays by name, and their shapes, from a message's description and its buffers. */
function unpack(described, buffers) {
  const types = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
  const [arrays, shapes] = [{}, {}];
  (described || []).forEach(({ name, dtype, shape }, k) => {
    const { buffer, byteOffset, byteLength } = buffers[k];
    // A copy, because a view into the message need not start at a multiple of 4.
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    arrays[name] = new types[dtype](bytes);
    shapes[name] = shape;
  });
  return { arrays, shapes };
}

/**
 * Questions to one model's kernel. The calls are idle() for the next frame request or
 * null, onReply, onOther (a reply to another view), onSilence, onAnswer, onChange.
 */
class Link {
  constructor(model, calls) {
    Object.assign(this, { model, ...calls });
    this.name = Math.random().toString(36).slice(2);
    this.stamp = 0; // when the user last pressed play or pause here
    this.count = 0;
    this.keys = 0;
    this.waiting = new Map();
    this.inFlight = []; // { number, message, since }, the oldest first
    this.patience = PATIENCE;
    this.receive = this.receive.bind(this);
    this.check = () => this.arm(1000, true);
    model.on("msg:custom", this.receive);
    model.on("comm_live_update", this.check);
  }

  /** Queue a request; a waiting one with the same key is replaced. */
  ask(message, key = ++this.keys) {
    this.waiting.set(key, message);
    this.next();
    this.onChange();
  }

  /** The messages that wait for an answer, sent or not. */
  get pending() {
    return [...this.waiting.values(), ...this.inFlight.map(({ message }) => message)];
  }

  next() {
    while (this.inFlight.length < MOST_IN_FLIGHT && !this.closed) {
      const [first] = this.waiting;
      if (first) this.waiting.delete(first[0]);
      const message = first ? first[1] : this.silent ? null : this.idle();
      if (!message) return;
      this.send(message);
    }
  }

  send(message) {
    this.count += 1;
    this.inFlight.push({ number: this.count, message, since: performance.now() });
    if (this.inFlight.length === 1) this.arm(this.patience);
    const view = `${this.stamp}-${this.name}`;
    try {
      this.model.send({ ...message, request: this.count, view });
    } catch {
      this.arm(0); // the connection is closed
    }
  }

  /** Wait `ms` for the next answer; or ask for one first. */
  arm(ms, asking = false) {
    if (asking && !this.inFlight.length) this.send({ type: "ping" });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.giveUp(), ms);
  }

  /** Nothing came: say so and go on asking, more and more rarely. */
  giveUp() {
    if (this.closed) return;
    this.silent = true;
    this.open ||= this.inFlight[0]; // what has been waiting longest
    this.onSilence(this.open.message, performance.now() - this.open.since);
    this.inFlight = [];
    this.send({ type: "ping" });
    this.arm(this.patience);
    this.patience = Math.min(LONGEST_WAIT, 2 * this.patience);
  }

  receive(content, buffers) {
    if (this.closed) return;
    const [stamp, name] = String(content.view).split("-");
    const mine = name === this.name;
    if (mine) {
      this.open = null;
      // Answers come in order: one that is overtaken was lost.
      this.inFlight = this.inFlight.filter((one) => one.number > content.request);
      this.patience = PATIENCE;
      if (this.inFlight.length) this.arm(PATIENCE);
      else clearTimeout(this.timer);
      if (this.silent) {
        this.silent = false;
        this.onAnswer();
        this.waiting.set("hello", { type: "hello" }); // what was missed meanwhile
      }
    } else this.onOther(content, Number(stamp) > this.stamp);
    // The kernel trains for the next frame while this one is drawn.
    this.next();
    this.onReply(content, unpack(content.arrays, buffers), mine);
    this.onChange();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.receive);
    this.model.off("comm_live_update", this.check);
  }
}
