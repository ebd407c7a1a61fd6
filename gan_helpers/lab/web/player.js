// A recorded run, played from one file: no kernel, no network.

const RATES = { "5 frames/s": 200, "10 frames/s": 100, "20 frames/s": 50 };

/** The array that `encode_array` of player.py wrote. */
function decode({ dtype, low, high, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  if (dtype === "uint8") return bytes;
  const levels = new Uint16Array(bytes.buffer);
  return Float32Array.from(levels, (level, k) => {
    const column = k % low.length;
    const step = (high[column] - low[column]) / 65534;
    return level === 65535 ? NaN : low[column] + level * step;
  });
}

class Player {
  constructor(root, { kind, frames, curves, real_sheet: realSheet, about }) {
    Object.assign(this, { root, kind, frames, index: 0 });
    for (const name of ["losses", "quality"]) {
      this[name] = new History(curves[name].shape[1]);
      this[name].add(decode(curves[name]), curves[name].shape, true);
    }
    this.stage = new Stage(root);
    this.stage.onDrawn = () => Object.assign(root.dataset, { frame: this.index });
    if (realSheet) this.realSheet = this.loadSheet(realSheet);
    this.sheets = frames.map(({ sheet }) => sheet && this.loadSheet(sheet));
    this.build(about);
    this.show(0, { now: true });
  }

  loadSheet(source) {
    const image = new Image();
    image.onload = () => this.stage.redraw();
    image.src = source;
    return image;
  }

  build(about) {
    const max = this.frames.length - 1;
    this.play = make(
      "button",
      { type: "button", name: "play", onclick: () => this.toggle() },
      "Play",
    );
    this.timeline = make("input", {
      id: "timeline", type: "range", min: 0, max, value: 0,
      oninput: () => {
        this.pause();
        this.show(Number(this.timeline.value), { now: true });
      },
    });
    this.place = make("span", { class: "lab-value" });
    const options = Object.keys(RATES).map((name) => make("option", {}, name));
    this.rate = make("select", { id: "rate" }, ...options);
    this.rate.value = "10 frames/s";
    this.status = new StatusLine();
    this.root.append(
      make("div", { class: "lab-row lab-timeline" },
        this.play,
        make("label", { for: "timeline" }, "Recorded frames"),
        this.timeline, this.place,
        make("label", { for: "rate" }, "Speed"), this.rate),
      this.status.element,
      make("div", { class: "lab-main" }, this.stage.grid),
      make("p", { class: "lab-about" }, about),
    );
    document.addEventListener("keydown", (event) => this.press(event));
  }

  /** Space plays and pauses, arrows step, wherever no control takes these keys. */
  press(event) {
    if (event.target.closest("button, input, select")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const last = this.frames.length - 1;
    const to = {
      ArrowLeft: this.index - 1, ArrowRight: this.index + 1, Home: 0, End: last,
    }[event.key];
    if (event.key === " ") this.toggle();
    else if (to !== undefined) {
      this.pause();
      this.show(Math.min(last, Math.max(0, to)), { now: true });
    } else return;
    event.preventDefault();
  }

  toggle() {
    if (this.timer) this.pause();
    else {
      if (this.index === this.frames.length - 1) this.show(0);
      this.play.textContent = "Pause";
      this.advance();
    }
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
    this.status.show();
  }

  advance() {
    this.timer = setTimeout(() => {
      this.show(this.index + 1);
      if (this.index < this.frames.length - 1) this.advance();
      else this.pause();
    }, RATES[this.rate.value]);
  }

  show(index, { now = false } = {}) {
    this.index = Math.min(index, this.frames.length - 1);
    const { arrays: encoded, ...content } = this.frames[this.index];
    const arrays = {};
    for (const [name, array] of Object.entries(encoded)) arrays[name] = decode(array);
    const sheet = this.sheets[this.index];
    const { kind, losses, quality, realSheet } = this;
    const past = this.index < this.frames.length - 1;
    const history = { losses, quality, past };
    this.stage.show({ ...content, kind, arrays, sheet, realSheet, ...history });
    this.timeline.value = this.index;
    const iteration = NUMBER.format(content.iteration);
    const place = `frame ${this.index + 1} of ${this.frames.length}`;
    const text = `iteration ${iteration}, ${place}`;
    this.place.textContent = text;
    this.timeline.setAttribute("aria-valuetext", text);
    this.status.say(content.text, { now });
  }
}

new Player(
  document.querySelector(".gan-lab"),
  JSON.parse(document.getElementById("run").textContent),
);
