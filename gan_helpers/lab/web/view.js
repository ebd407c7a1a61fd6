// The live view of a lab in a notebook. It asks the kernel for each frame: a paused or
// closed view stops the work, and the kernel stays free for other cells.

let views = 0;

class LiveView {
  /** `words` replace those that speak of a kernel, where there is none. */
  constructor(model, root, words = {}) {
    this.root = root;
    this.words = { silent: SILENT, compiling: COMPILING, ...words };
    this.id = `lab-${++views}-${Math.random().toString(36).slice(2, 8)}`;
    this.frames = []; // iteration of each recorded frame
    this.losses = new History(3);
    this.quality = new History(3);
    this.controls = new Controls(this.id, (name, value) => {
      this.link.ask({ type: "set", name, value }, `set ${name}`);
    });
    this.stage = new Stage(root);
    this.stage.onDrawn = () => this.drawn();
    // The timeline moves with the words while frames stream in; see show() for the rest.
    this.stage.onDescribed = (picture) => {
      if (picture.to === "frame") this.showPlace(picture);
    };
    const call = (name) => (...values) => this[name](...values);
    this.desk = new Desk(root, this.id, {
      stage: this.stage,
      controls: this.controls,
      calls: {
        ask: (message) => this.link.ask(message),
        toggle: call("toggle"), scrub: call("scrub"),
        goBack: () => this.rewind(this.past),
        startSketch: call("startSketch"), useSketch: call("useSketch"),
        clearSketch: call("clearSketch"), stopSketch: call("stopSketch"),
      },
    });
    this.showPlaying();
    this.link = new Link(model, {
      idle: call("request"), onReply: call("receive"), onSilence: call("silence"),
      onAnswer: call("answered"), onOther: call("other"), onChange: call("settle"),
    });
    this.onShown = () => this.link.next();
    document.addEventListener("visibilitychange", this.onShown);
    const first = model.get("first");
    if (first) this.receive(first, unpack(first.arrays, model.get("buffers")), true);
    this.link.ask({ type: "hello" }, "hello");
  }

  // --- playing ---

  toggle() {
    const stop = this.playing || this.followed;
    this.link.stamp = Date.now(); // other views see that this one decides now
    this.setPlaying(!stop);
    if (stop) this.link.ask({ type: "ping" }, "ping");
    else this.link.next();
  }

  setPlaying(playing) {
    this.playing = playing;
    if (!playing) {
      this.followed = false;
      clearTimeout(this.follow);
    }
    this.showPlaying();
  }

  showPlaying() {
    const active = Boolean(this.playing || this.followed);
    this.desk.play.textContent = active ? "Pause" : "Play";
    this.root.dataset.playing = active;
    if (!active) {
      this.desk.clearRate();
      this.desk.status.show();
    }
  }

  /** The request for the next frame, or null where none is due. */
  request() {
    if (!this.playing) return null;
    const [message, pause] = SPEEDS[this.desk.speed.value];
    const wait = (this.asked || 0) + pause - performance.now();
    // Nothing trains unseen: not in a hidden page or tab, nor in a collapsed cell.
    const hidden = document.hidden || !this.root.offsetParent;
    if (hidden || wait > 0) {
      clearTimeout(this.due);
      this.due = setTimeout(() => this.link.next(), hidden ? 300 : wait);
      return null;
    }
    // A second request ahead, but not of long ones: a slider would have to wait for both.
    if (this.link.inFlight.length && !(message.ms <= 50)) return null;
    this.asked = performance.now();
    return message;
  }

  /** A reply to another view of this lab; `later`: its user pressed a button last. */
  other(content, later) {
    if (this.playing && later) this.setPlaying(false);
    if (content.to !== "frame" || this.playing) return;
    this.followed = true;
    this.showPlaying();
    clearTimeout(this.follow);
    this.follow = setTimeout(() => this.setPlaying(false), 1500);
  }

  /** No answer to `message` for `waited` ms: the kernel compiles, or is not there. */
  silence({ type }, waited) {
    const { silent, compiling } = this.words;
    const trains = type === "frame" || type === "step";
    if (compiling && this.fresh && trains && waited < COMPILING_MOST) {
      this.desk.status.say(compiling, { now: true });
      return;
    }
    this.root.dataset.silent = "true";
    this.desk.clearRate();
    this.desk.warn(silent);
  }

  answered() {
    delete this.root.dataset.silent;
    this.desk.warn("");
  }

  // --- replies ---

  receive(content, { arrays, shapes }, mine) {
    const { type, to } = content;
    if (content.settings) this.settings = content.settings;
    if (content.frame_iterations) this.frames = content.frame_iterations;
    // After a change of loss or networks, the next step is compiled first.
    if (to === "frame" || to === "step") this.fresh = false;
    else if (to !== "scrub" && to !== "ping") this.fresh = true;
    if (type === "frame" && (mine || to !== "scrub")) {
      this.showSettings();
      this.show(content, arrays, shapes);
    } else if (mine && content.text) {
      this.desk.status.say(content.text, { now: true, news: true });
    }
    if (type !== "error") return;
    // A frame that cannot be made now cannot be made in a moment either.
    if (mine && (to === "frame" || to === "step")) this.setPlaying(false);
    this.showSettings({ anew: true });
  }

  show(content, arrays, shapes) {
    const { iteration, to } = content;
    const scrubbed = to === "scrub";
    if (!scrubbed) {
      this.losses.add(arrays.losses, shapes.losses, content.whole);
      this.quality.add(arrays.quality, shapes.quality, content.whole);
      this.live = iteration;
    }
    if (content.kind && !this.kind) {
      this.kind = content.kind;
      this.desk.speed.value = USUAL_SPEED[this.kind];
    }
    if (arrays.real_pictures) {
      this.realSheet = makeSheet(arrays.real_pictures, shapes.real_pictures);
    }
    const sheet = arrays.pictures && makeSheet(arrays.pictures, shapes.pictures);
    const past = scrubbed && iteration < this.live;
    const { losses, quality, kind, realSheet } = this;
    const kept = { losses, quality, kind, realSheet };
    const count = this.frames.length;
    const at = content.index ?? count - 1;
    const picture = { ...content, ...kept, arrays, sheet, past, at, count };
    this.past = past ? at : null;
    if (to === "frame" || to === "step") this.desk.showRate(iteration);
    this.showHalted(content.halted);
    if (to !== "frame") this.showPlace(picture);
    this.stage.show(picture);
    this.desk.status.say(this.textOf(picture), { now: to !== "frame" });
  }

  /** The timeline follows the picture, unless the user has moved it on meanwhile. */
  showPlace(picture) {
    const moving = this.link?.pending.some(({ type }) => type === "scrub");
    this.desk.showPlace(picture, { moving });
  }

  /** Bring the controls to the kernel's settings, but not those with news under way. */
  showSettings({ anew = false } = {}) {
    const pending = this.link ? this.link.pending : [];
    const busy = pending.filter(({ type }) => type === "set").map(({ name }) => name);
    const state = JSON.stringify([this.settings, busy]);
    // Unchanged settings must not take a slider out of the user's hand.
    if (!this.settings || (state === this.shown && !anew)) return;
    this.shown = state;
    this.controls.update(this.settings, new Set(busy));
    const data = this.settings.find(({ name }) => name === "data");
    this.desk.draw.hidden = !data || data.enabled === false;
  }

  textOf({ past, text, iteration }) {
    if (!past) return text;
    const [then, now] = [iteration, this.live].map((n) => NUMBER.format(n));
    return (
      `Looking back at iteration ${then} while training stands at ${now}. ` +
      `Play and settings go on from ${now}, “Go back here” from ${then}. ${text}`
    );
  }

  showHalted(halted) {
    if (!halted) {
      if (!this.root.dataset.silent) this.desk.warn("");
      delete this.root.dataset.halted;
      return;
    }
    this.setPlaying(false);
    this.root.dataset.halted = halted.which;
    const { cause, last_good: good } = halted;
    const iteration = NUMBER.format(halted.iteration);
    const text =
      `Training stopped at iteration ${iteration}: ${cause} ` +
      "A smaller learning rate may help.";
    const back = this.desk.button("last-good", "Back to the last good frame", () =>
      this.rewind(good),
    );
    this.desk.warn(text, ...(Number.isInteger(good) ? [back] : []));
  }

  drawn() {
    const { iteration, past } = this.stage.picture;
    Object.assign(this.root.dataset, { iteration, past: Boolean(past) });
    this.root.dataset.drawn = this.stage.drawn;
    this.settle();
    if (this.sketch) this.sketch.paint(this.sketch.canvas.getContext("2d"));
  }

  /** Say in the page whether all is answered and drawn: tests wait for it. */
  settle() {
    this.root.dataset.settled = !this.link.pending.length && !this.stage.pending;
  }

  // --- time ---

  // By iteration: the kernel may have thinned its frames out since it listed them.
  scrub(index) {
    if (this.playing || this.followed) this.toggle();
    this.link.ask({ type: "scrub", iteration: this.frames[index] }, "scrub");
  }

  rewind(index) {
    this.link.ask({ type: "rewind", iteration: this.frames[index] }, "rewind");
    this.desk.timeline.focus({ preventScroll: true }); // the button is about to go grey
  }

  // --- drawing a data set ---

  startSketch() {
    const figure = this.stage.figures.find(({ panel }) => panel.name === "data");
    if (this.sketch || !figure?.plot) return;
    if (this.playing || this.followed) this.toggle();
    this.desk.sketchBar.hidden = false;
    this.sketch = new Sketch(figure, {
      onChange: () => {
        this.desk.status.say(this.sketch.text());
        this.stage.redraw();
      },
      onUse: () => this.useSketch(),
      onCancel: () => this.stopSketch(),
    });
    this.sketch.onChange();
  }

  useSketch() {
    this.link.ask({ type: "draw", points: this.sketch.points });
    this.stopSketch();
  }

  clearSketch() {
    this.sketch.points = [];
    this.sketch.onChange();
  }

  stopSketch() {
    this.sketch.stop();
    this.sketch = null;
    this.desk.sketchBar.hidden = true;
    this.stage.redraw();
    this.desk.draw.focus({ preventScroll: true });
  }

  dispose() {
    this.setPlaying(false);
    this.link.close();
    [this.due, this.follow, this.desk.status.timer].forEach(clearTimeout);
    document.removeEventListener("visibilitychange", this.onShown);
    this.stage.dispose();
  }
}
