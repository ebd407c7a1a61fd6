// Drawing a data set by hand on the data panel: mouse, touch, pen or keyboard.

const SPACING = 5; // pixels between two points of a stroke
const MOST_POINTS = 2000;

/** Turns the data panel's canvas into a drawing area until `stop` is called. */
class Sketch {
  constructor(figure, { onChange, onUse, onCancel }) {
    Object.assign(this, { figure, onChange, onUse, onCancel });
    this.points = []; // [x, y] in data units
    this.cursor = null; // where the keyboard is, in data units
    this.canvas = figure.canvas;
    this.label = this.canvas.getAttribute("aria-label");
    this.attributes = {
      role: "application",
      tabindex: "0",
      "aria-roledescription": "drawing area",
      "aria-label":
        "Draw your data set. Drag with the mouse or a finger; or move with the arrow " +
        "keys and set points with Space. Enter uses the drawing, Escape leaves it.",
    };
    for (const [name, value] of Object.entries(this.attributes)) {
      this.canvas.setAttribute(name, value);
    }
    this.canvas.classList.add("lab-drawing");
    this.controller = new AbortController();
    this.listen();
    this.canvas.focus({ preventScroll: true });
  }

  listen() {
    const { signal } = this.controller;
    const on = (name, call) => this.canvas.addEventListener(name, call, { signal });
    on("pointerdown", (event) => {
      if (event.button) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.last = null;
      this.drawTo(event);
    });
    on("pointermove", (event) => {
      if (event.buttons & 1) event.getCoalescedEvents().forEach((e) => this.drawTo(e));
    });
    on("keydown", (event) => this.press(event));
  }

  /** Data units of a place on the canvas, in its CSS pixels. */
  dataAt(x, y) {
    const { plot } = this.figure;
    const px = Math.min(plot.box.x + plot.box.w, Math.max(plot.box.x, x));
    const py = Math.min(plot.box.y + plot.box.h, Math.max(plot.box.y, y));
    return [
      plot.xRange[0] + (px - plot.box.x) / plot.sx,
      plot.yRange[0] + (plot.box.y + plot.box.h - py) / plot.sy,
    ];
  }

  drawTo(event) {
    const place = this.canvas.getBoundingClientRect();
    const at = [event.clientX - place.x, event.clientY - place.y];
    const from = this.last || at;
    const steps = Math.floor(Math.hypot(at[0] - from[0], at[1] - from[1]) / SPACING);
    if (this.last && !steps) return;
    for (let k = this.last ? 1 : 0; k <= steps; k++) {
      const share = steps ? k / steps : 1;
      this.add(from.map((start, axis) => start + share * (at[axis] - start)));
    }
    this.last = at;
  }

  add([x, y]) {
    if (this.points.length < MOST_POINTS) this.points.push(this.dataAt(x, y));
    this.onChange();
  }

  press(event) {
    const { plot } = this.figure;
    const width = plot.xRange[1] - plot.xRange[0];
    const height = plot.yRange[1] - plot.yRange[0];
    const size = event.shiftKey ? 0.1 : 0.025;
    const moves = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    };
    this.cursor ||= [plot.xRange[0] + width / 2, plot.yRange[0] + height / 2];
    const move = moves[event.key];
    const end = { Enter: this.onUse, Escape: this.onCancel }[event.key];
    if (!move && !end && event.key !== " ") return; // Tab and the rest: the browser's
    event.preventDefault();
    event.stopPropagation();
    if (end) {
      end();
      return;
    }
    if (move) {
      const [x, y] = this.cursor;
      this.cursor = [
        Math.min(plot.xRange[1], Math.max(plot.xRange[0], x + move[0] * size * width)),
        Math.min(plot.yRange[1], Math.max(plot.yRange[0], y + move[1] * size * height)),
      ];
    } else this.points.push([...this.cursor]);
    this.onChange();
  }

  /** One line for the status: how much is drawn, and where the keyboard is. */
  text() {
    const place = this.cursor ? ` Cursor at ${this.cursor.map(short).join(", ")}.` : "";
    return `Drawing: ${this.points.length} points.${place}`;
  }

  /** Over the panel: what is drawn so far and the keyboard's cursor. */
  paint(ctx) {
    const { plot } = this.figure;
    if (!plot) return;
    ctx.fillStyle = "#ffffffc0";
    ctx.fillRect(plot.box.x, plot.box.y, plot.box.w, plot.box.h);
    drawMarks(plot, this.points.flat(), "real", { radius: 3.5, alpha: 1 });
    if (this.cursor) {
      const [x, y] = [plot.x(this.cursor[0]), plot.y(this.cursor[1])];
      ctx.beginPath();
      for (const [dx, dy] of [[10, 0], [0, 10]]) {
        ctx.moveTo(x - dx, y - dy);
        ctx.lineTo(x + dx, y + dy);
      }
      ctx.lineWidth = 2;
      ctx.strokeStyle = "#000000";
      ctx.stroke();
    }
  }

  stop() {
    this.controller.abort();
    for (const name of Object.keys(this.attributes)) this.canvas.removeAttribute(name);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.label);
    this.canvas.classList.remove("lab-drawing");
  }
}
