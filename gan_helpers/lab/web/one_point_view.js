// The one-point GAN as a panel: a start to drag, and what the eigenvalues say of it.
// It needs no kernel: all of it is computed here.

const REACH = 2; // of θ and ψ, for a start
const digits = (value, n = 3) => value.toFixed(n).replace(/^-(?=0[.]0+$)/, "");
const signed = (value) => digits(value, 2).replace("-", "−");

MARKS.square = '<rect x="7" y="3" width="10" height="10" fill="currentColor"/>';
MARKS.plus = `<path d="M12 2v12m-6-6h12" ${stroke("currentColor", 2)}/>`;

/** "−0.15 ± 0.48i", or two real numbers. */
function eigenvalueText([[re, im], [other]]) {
  if (im) return `${signed(re)} ± ${digits(Math.abs(im), 2)}i`;
  return `${signed(re)} and ${signed(other)}`;
}

const startText = ([theta, psi]) => `θ = ${signed(theta)}, ψ = ${signed(psi)}`;

/** What the eigenvalues promise, in words; or why there are none. */
function promiseText({ gamma, rule }, predicted) {
  if (!predicted) {
    const jump = digits(2 * gamma, 2);
    return (
      `No eigenvalues: this penalty asks for a slope of 1, so at ψ = 0 its push jumps ` +
      `from −${jump} to ${jump}, and a jump has no Jacobian. Choose R1 to get some.`
    );
  }
  const { values, rate, turning, factor } = predicted;
  const turns = turning > 1e-3;
  const still = turns ? "goes round, and stays as far" : "stays where it is";
  const inwards = turns ? "winds in" : "creeps in without a turn";
  const way = Math.abs(rate) < 1e-6 ? still : rate > 0 ? inwards : "is driven out";
  const step =
    rule === "continuous" ? "" : `, a step multiplies the distance by ${digits(factor)}`;
  return `Eigenvalues ${eigenvalueText(values)}${step}: near the solution the path ${way}.`;
}

const fieldPanel = {
  name: "field",
  title: "Where both are pushed",
  legend: () => [
    ["arrow-ink", "velocity"],
    ["line", "path to ★"],
    ["square", "start: drag it"],
    ["plus", "solution"],
  ],
  label: ({ start }) => `A path from ${startText(start)}.`,
  readout: ({ start, path }) => {
    const end = path.states[path.states.length - 1];
    const away = path.times[path.times.length - 1] < UNTIL;
    return `Start ${startText(start)}; ${away ? "leaves the picture" : `end ${startText(end)}`}.`;
  },
  draw(ctx, w, h, { rules, start, path }, theme) {
    const box = plotBox(w, h, theme);
    const unit = Math.min(box.w, box.h) / (2 * REACH * 1.08); // pixels
    const [x, y] = [box.w, box.h].map((side) => side / (2 * unit));
    const plot = makePlot(ctx, box, [-x, x], [-y, y], theme);
    const thetas = path.states.map(([theta]) => theta);
    const psis = path.states.map(([, psi]) => psi);
    clipped(plot, () => {
      drawField(plot, rules, REACH / 5.5);
      drawLine(plot, thetas, psis, FAKE, { width: 2.2 });
      if (rules.rule !== "continuous") drawDots(plot, path.states);
      const end = path.states[path.states.length - 1];
      drawText(plot, "★", plot.x(end[0]), plot.y(end[1]), { align: "center" });
      drawPlace(plot, start);
    });
    drawAxes(plot, "θ: where G’s point is", "ψ: D’s slope");
    return plot;
  },
};

/** Arrows of one length around the solution, `apart` from one another. */
function drawField(plot, rules, apart) {
  const { ctx, theme } = plot;
  const [across, up] = [plot.xRange, plot.yRange].map(([, most]) => Math.floor(most / apart));
  const half = 0.33 * apart * plot.sx; // pixels
  ctx.globalAlpha = 0.6;
  for (let i = -across; i <= across; i++) {
    for (let j = -up; j <= up; j++) {
      const at = [i * apart, j * apart];
      const [a, b] = velocity(rules, at);
      const size = Math.hypot(a, b);
      if (size < 1e-9) continue;
      const [dx, dy] = [(half * a) / size, (-half * b) / size];
      const [x, y] = [plot.x(at[0]), plot.y(at[1])];
      drawArrow(ctx, x - dx, y - dy, x + dx, y + dy, theme.ink, 1.1);
    }
  }
  ctx.globalAlpha = 1;
}

function drawDots(plot, states) {
  const { ctx } = plot;
  ctx.fillStyle = FAKE;
  for (const [theta, psi] of states) {
    ctx.beginPath();
    ctx.arc(plot.x(theta), plot.y(psi), 2.6, 0, 2 * Math.PI);
    ctx.fill();
  }
}

/** The start, a square, and the solution, a cross. */
function drawPlace(plot, [theta, psi]) {
  const { ctx, theme } = plot;
  drawLine(plot, [-0.1, 0.1], [0, 0], theme.ink, { width: 2.4 });
  drawLine(plot, [0, 0], [-0.1, 0.1], theme.ink, { width: 2.4 });
  const [x, y] = [plot.x(theta), plot.y(psi)];
  ctx.fillStyle = theme.paper;
  ctx.fillRect(x - 9, y - 9, 18, 18);
  ctx.fillStyle = theme.ink;
  ctx.fillRect(x - 7, y - 7, 14, 14);
}

const distancePanel = {
  name: "distance",
  title: "How far from the solution?",
  legend: ({ predicted }) => [
    ["line", "the path"],
    ...(predicted ? [["dashed", "by the eigenvalues"]] : []),
  ],
  label: (picture) => distancePanel.readout(picture),
  readout({ predicted, measured }) {
    const both = (name) => {
      const said = predicted ? `predicted ${digits(predicted[name])}, ` : "";
      return `${said}measured ${measured ? digits(measured[name]) : "nothing"}`;
    };
    return `Rate of decay: ${both("rate")}. Turning: ${both("turning")}.`.replace(/-/g, "−");
  },
  draw(ctx, w, h, { path, predicted }, theme) {
    const { times, states } = path;
    const tens = states.map((state) => Math.log10(Math.max(Math.hypot(...state), 1e-30)));
    const lines = [tens];
    if (predicted) lines.push(times.map((t) => tens[0] - (predicted.rate * t) / Math.LN10));
    const all = lines.flat();
    const low = Math.max(Math.min(...all, 0), -6);
    const high = Math.min(Math.max(...all, low + 0.5), 6);
    const range = widen(low, high);
    const plot = makePlot(ctx, plotBox(w, h, theme), [0, UNTIL], range, theme);
    clipped(plot, () => {
      drawLine(plot, times, tens, FAKE, { width: 2.2 });
      if (predicted) drawLine(plot, times, lines[1], theme.ink, { dash: DASHED });
    });
    drawAxes(plot, "time", "distance, as a power of ten");
    return plot;
  },
};

class OnePointView {
  /** `settings` as gan_helpers.lab.controls lists them; `start` is [θ, ψ]. */
  constructor(root, { settings, start }) {
    this.root = root;
    this.settings = structuredClone(settings); // views of one lab are independent
    this.start = start;
    this.status = new StatusLine();
    this.stage = new Stage(root);
    this.stage.onDrawn = () => {
      root.dataset.drawn = this.stage.drawn;
    };
    const id = `one-point-${Math.random().toString(36).slice(2, 8)}`;
    this.controls = new Controls(
      id, (name, value) => this.set(name, value), ["The game", "Start anew with"],
    );
    root.classList.add("gan-lab");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "The one-point GAN");
    // The notebook's one-key commands must not take the arrow keys.
    root.onkeydown = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    };
    const body = make("div", { class: "lab-body" },
      make("div", { class: "lab-main" }, this.stage.grid), this.controls.element);
    root.replaceChildren(make("div", { class: "lab-line" }, this.status.element), body);
    this.update();
    this.listen();
  }

  set(name, value) {
    this.settings.find((setting) => setting.name === name).value = value;
    this.update();
  }

  moveTo(place) {
    this.start = place.map((x) => Math.min(REACH, Math.max(-REACH, x)));
    this.update();
  }

  /** Compute and show everything anew. */
  update() {
    const rules = Object.fromEntries(this.settings.map(({ name, value }) => [name, value]));
    const gamma = this.settings.find(({ name }) => name === "gamma");
    gamma.enabled = rules.penalty !== "none";
    this.controls.update(this.settings);
    const path = follow(rules, this.start);
    const [predicted, measured] = [predict(rules), measure(path)];
    const { start } = this;
    const panels = [fieldPanel, distancePanel];
    this.stage.show({ kind: "field", panels, rules, start, path, predicted, measured });
    this.status.say(promiseText(rules, predicted));
    this.canvas ??= this.stage.figures[0].canvas;
    this.canvas.setAttribute("aria-label",
      `Start at ${startText(start)}. Drag it, or move it with the arrow keys, in larger ` +
        "steps with Shift.");
  }

  listen() {
    const { canvas } = this;
    const attributes = {
      role: "application", tabindex: "0", "aria-roledescription": "start of the path",
    };
    for (const [name, value] of Object.entries(attributes)) canvas.setAttribute(name, value);
    canvas.classList.add("lab-drawing");
    canvas.onpointerdown = (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.dragTo(event);
    };
    canvas.onpointermove = (event) => {
      if (event.buttons & 1) this.dragTo(event);
    };
    canvas.onkeydown = (event) => {
      const moves = {
        ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      const size = event.shiftKey ? 0.25 : 0.05;
      this.moveTo(along(this.start, moves[event.key], size));
    };
  }

  dragTo({ clientX, clientY }) {
    const { plot } = this.stage.figures[0];
    if (!plot) return;
    const place = this.canvas.getBoundingClientRect();
    this.moveTo([
      plot.xRange[0] + (clientX - place.x - plot.box.x) / plot.sx,
      plot.yRange[1] - (clientY - place.y - plot.box.y) / plot.sy,
    ]);
  }

  dispose() {
    clearTimeout(this.status.timer);
    this.stage.dispose();
  }
}
