// What stands around the panels: buttons, status line, notice, timeline.

// [what to ask for each frame, least ms from one request to the next]
const SPEEDS = {
  "slow motion: one iteration, four times a second": [
    { type: "step", who: "both", n: 1 }, 250,
  ],
  "10 ms": [{ type: "frame", ms: 10 }, 0],
  "20 ms": [{ type: "frame", ms: 20 }, 0],
  "50 ms": [{ type: "frame", ms: 50 }, 0],
  "200 ms": [{ type: "frame", ms: 200 }, 0],
};
// A frame of pictures costs the kernel as much as several of their training steps.
const USUAL_SPEED = { points: "20 ms", images: "200 ms" };

/** The elements of a view; what the user does is passed on to `calls`. */
class Desk {
  constructor(root, id, { stage, controls, calls }) {
    Object.assign(this, { root, id, calls });
    this.status = new StatusLine();
    this.rate = make("span", { class: "lab-rate" });
    this.clearRate();
    this.notice = make("div", { class: "lab-notice", role: "alert", hidden: true });
    root.classList.add("gan-lab");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Live lab");
    // The notebook's one-key commands must not take the arrow keys of a slider.
    root.onkeydown = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    };
    root.replaceChildren(
      this.buildTransport(),
      this.buildSketchBar(),
      make("div", { class: "lab-line" }, this.status.element, this.rate),
      this.notice,
      make("div", { class: "lab-body" },
        make("div", { class: "lab-main" }, stage.grid, this.buildTimeline()),
        controls.element),
    );
  }

  button(name, text, onclick, help) {
    return make("button", { type: "button", name, onclick, title: help }, text);
  }

  buildTransport() {
    const { ask } = this.calls;
    const step = (who, name) =>
      this.button(`${who}-step`, `One ${name} step`, () =>
        ask({ type: "step", who, n: 1 }),
      );
    this.play = this.button("play", "Play", this.calls.toggle);
    this.draw = this.button("draw", "Draw data", this.calls.startSketch);
    return make("div", { class: "lab-row" },
      this.play, step("d", "D"), step("g", "G"),
      this.button("reset", "Reset", () => ask({ type: "reset", seed: null })),
      this.draw,
      this.button("save", "Save as web page", () => ask({ type: "save" }),
        "One file that plays without a kernel and without a network"),
      ...this.buildFullScreen(),
      this.buildSpeed());
  }

  /** Nothing where a browser has no full screen, as on small phones. */
  buildFullScreen() {
    if (!document.fullscreenEnabled) return [];
    const whole = () => this.root.closest(".lab-whole") ?? this.root;
    const refused = () => this.status.say("The browser refuses full screen here.");
    const toggle = () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else whole().requestFullscreen().catch(refused);
    };
    return [this.button("full-screen", "Full screen", toggle, "Escape leaves it")];
  }

  buildSpeed() {
    const id = `${this.id}-speed`;
    const options = Object.keys(SPEEDS).map((name) => make("option", {}, name));
    this.speed = make("select", { id, name: "speed" }, ...options);
    this.speed.value = USUAL_SPEED.points;
    const label = make("label", { for: id }, "Training per frame");
    return make("span", { class: "lab-pair" }, label, this.speed);
  }

  buildSketchBar() {
    const { useSketch, clearSketch, stopSketch } = this.calls;
    this.sketchBar = make("div", { class: "lab-row", hidden: true },
      this.button("use-drawing", "Use this drawing", useSketch),
      this.button("clear-drawing", "Clear", clearSketch),
      this.button("cancel-drawing", "Cancel", stopSketch),
      make("span", {}, "Drag on the first panel, or use the arrow keys and Space."));
    return this.sketchBar;
  }

  buildTimeline() {
    const id = `${this.id}-timeline`;
    this.timeline = make("input", {
      id, type: "range", name: "timeline", min: 0, max: 0, value: 0,
      oninput: () => this.calls.scrub(Number(this.timeline.value)),
    });
    this.place = make("span", { class: "lab-value" });
    this.back = this.button("rewind", "Go back here", this.calls.goBack,
      "Training goes on from this frame; what came after it is dropped");
    this.back.disabled = true;
    return make("div", { class: "lab-row lab-timeline" },
      make("label", { for: id }, "Recorded frames"), this.timeline, this.place,
      this.back);
  }

  /** Show frame `at` of `count`; going back makes sense only to what is `past`. */
  showPlace({ iteration, at, count, past }, { moving = false } = {}) {
    this.timeline.max = count - 1;
    if (!moving) this.timeline.value = at;
    const text = `iteration ${NUMBER.format(iteration)}, frame ${at + 1} of ${count}`;
    this.place.textContent = text;
    this.timeline.setAttribute("aria-valuetext", text);
    this.back.disabled = !past;
  }

  /** Frames and iterations a second, over the latest two seconds. */
  showRate(iteration) {
    const now = performance.now();
    this.recent = this.recent.filter(([then]) => now - then <= 2000);
    this.recent.push([now, iteration]);
    const [since, from] = this.recent[0];
    if (now - since < 700 || now - this.rated < 500) return;
    this.rated = now;
    const seconds = (now - since) / 1000;
    const rate = NUMBER.format(Math.round((iteration - from) / seconds));
    const frames = Math.round((this.recent.length - 1) / seconds);
    this.rate.textContent = `${rate} iterations/s · ${frames} frames/s`;
  }

  clearRate() {
    this.recent = []; // [ms, iteration] of the latest frames
    this.rated = 0;
    this.rate.textContent = "";
  }

  /** Show a warning, and buttons after it; "" takes it away. */
  warn(text, ...more) {
    const key = text + more.length;
    if (this.notice.dataset.key === key) return;
    this.notice.dataset.key = key;
    this.notice.hidden = !text;
    this.notice.replaceChildren(text, ...more);
  }
}
