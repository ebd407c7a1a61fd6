// The page around the panels: one figure a panel, with title, legend and description.

const stroke = (color, width, dash = "none") =>
  `fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dash}"`;
const swatch = (level, width, x) =>
  `<rect width="${width}" height="12" x="${x}" y="2" fill="rgb(${SURFACE[level]})"/>`;
const marked = (mark, color, more = "") =>
  mark === "o"
    ? `<circle cx="12" cy="8" r="4" ${stroke(color, 1.8)}${more}/>`
    : `<path d="M8 4l8 8m0-8l-8 8" ${stroke(color, 1.8)}${more}/>`;
const MARKS = {
  real: marked(REAL_MARK, REAL),
  generated: marked(FAKE_MARK, FAKE),
  "generated-pale": marked(FAKE_MARK, FAKE, ' opacity=".4"'),
  surface:
    swatch(25, 9, 0) + swatch(128, 7, 9) + swatch(230, 9, 16) +
    '<rect width="24" height="11" x=".5" y="2.5" fill="none" stroke="currentColor"/>',
  dashed: `<path d="M0 8h24" ${stroke("currentColor", 2, DASHED)}/>`,
  dotted: `<path d="M0 8h24" ${stroke("currentColor", 1.8, DOTTED)}/>`,
  band: '<rect width="24" height="12" y="2" fill="currentColor" opacity=".25"/>',
  line: `<path d="M0 8h24" ${stroke(FAKE, 2)}/>`,
  arrow: `<path d="M2 8h19m-6-4l6 4l-6 4" ${stroke(FAKE_DARK, 1.8)}/>`,
  "arrow-ink": `<path d="M2 8h19m-6-4l6 4l-6 4" ${stroke("currentColor", 2.2)}/>`,
  centroids:
    `<circle cx="5" cy="8" r="4.5" fill="${REAL}"/>` +
    `<path d="M13 4l8 8m0-8l-8 8" ${stroke(FAKE, 3.4)}/>`,
  bars:
    `<rect x="3" y="3" width="18" height="10" fill="${REAL}" opacity=".3"/>` +
    `<rect x="3" y="3" width="18" height="10" ${stroke(REAL, 1)}/>`,
  hatch:
    `<rect x="3" y="3" width="18" height="10" ${stroke(FAKE, 1)}/>` +
    `<path d="M3 13l10-10m-5 10l10-10m-5 10l8-8" ${stroke(FAKE, 1)}/>`,
};

/** An element with attributes, listeners (`onclick: f`) and children. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element[name] = value;
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
}

/** The line that says what is to be seen; screen readers hear its changes. */
class StatusLine {
  constructor() {
    this.element = make("p", { class: "lab-status", role: "status" });
    this.text = "";
    this.stays = 0; // ms
  }

  /**
   * Show `text`: at once if `now`, else with at most one change a second. What is
   * `news`, such as an error, stands out, and stays for six seconds while frames come.
   */
  say(text, { now = false, news = false } = {}) {
    Object.assign(this, { text: text ?? "", news });
    clearTimeout(this.timer);
    const wait = now ? 0 : (this.changed ?? 0) + this.stays - performance.now();
    if (wait <= 0) this.show();
    else this.timer = setTimeout(() => this.show(), wait);
  }

  show() {
    clearTimeout(this.timer);
    if (this.element.textContent === this.text) return;
    this.changed = performance.now();
    this.stays = this.news ? 6000 : 1000;
    this.element.classList.toggle("lab-news", this.news);
    this.element.textContent = this.text;
  }
}

const panelsOf = (picture) => {
  if (picture.panels) return picture.panels;
  const quality = measures(picture).length ? [qualityPanel] : [];
  if (picture.kind === "images") {
    return [picturePanel, scorePanel(), lossPanel, ...quality];
  }
  const middle = picture.features === false ? scorePanel() : featurePanel();
  return [dataPanel, middle, lossPanel, ...quality];
};

/** Bring a legend to `entries`, [mark, name] each. */
function showLegend(legend, entries) {
  const key = JSON.stringify(entries);
  if (legend.dataset.key === key) return;
  legend.dataset.key = key;
  const items = entries.map(([mark, name]) => {
    const item = make("span");
    item.innerHTML = `<svg viewBox="0 0 25 16" aria-hidden="true">${MARKS[mark]}</svg>`;
    item.append(name);
    return item;
  });
  legend.replaceChildren(...items);
}

/** An empty canvas as large as its holder, to draw on in CSS pixels. */
function clearCanvas(canvas, w, h, theme) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const size = [Math.round(w * ratio), Math.round(h * ratio)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) {
    [canvas.width, canvas.height] = size;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, w, h);
  ctx.font = `${theme.size}px ${theme.family}`;
  return ctx;
}

/** One panel's figure; `show(picture, theme)` draws it, `describe` updates its text. */
function makeFigure(panel) {
  const title = make("span", { class: "lab-title" });
  const legend = make("span", { class: "lab-legend" });
  const readout = make("p", { class: "lab-readout" });
  const canvas = make("canvas", { role: "img", "aria-label": "not drawn yet" });
  const holder = make("div", { class: "lab-canvas" }, canvas);
  const caption = make("figcaption", {}, title, legend);
  const figure = make("figure", { "data-panel": panel.name }, caption, holder);
  if (panel.readout) figure.append(readout);
  return {
    figure, canvas, panel,
    describe(picture) {
      const named = typeof panel.title === "function";
      const text = named ? panel.title(picture) : panel.title;
      if (title.textContent !== text) title.textContent = text;
      showLegend(legend, panel.legend(picture));
      // While a data set is drawn on it, the canvas is a control with its own label.
      if (canvas.getAttribute("role") === "img") {
        canvas.setAttribute("aria-label", `${text} ${panel.label(picture)}`);
      }
      if (panel.readout) readout.textContent = panel.readout(picture);
    },
    show(picture, theme) {
      const [w, h] = [holder.clientWidth, holder.clientHeight];
      if (!w || !h) return null;
      return panel.draw(clearCanvas(canvas, w, h, theme), w, h, picture, theme);
    },
  };
}

/** The panels in `root`; draws at most once per animation frame. */
class Stage {
  constructor(root) {
    this.root = root;
    this.grid = make("div", { class: "lab-panels" });
    this.figures = [];
    this.drawn = 0;
    this.resizes = new ResizeObserver(() => this.redraw());
    this.resizes.observe(this.grid);
    // A change of theme is a change of some attribute of <html> or <body>.
    this.themes = new MutationObserver(() => this.redraw());
    for (const element of [document.documentElement, document.body]) {
      this.themes.observe(element, { attributes: true });
    }
  }

  /** Draw `picture` at the next animation frame; a later one replaces it. */
  show(picture) {
    const layout = `${picture.kind} ${picture.features}`;
    if (layout !== this.layout) {
      this.layout = layout;
      this.grid.dataset.kind = picture.kind;
      this.figures = panelsOf(picture).map(makeFigure);
      this.grid.replaceChildren(...this.figures.map(({ figure }) => figure));
      this.described = 0;
    }
    this.picture = picture;
    this.redraw();
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      if (this.picture) this.draw();
    });
  }

  draw() {
    // While frames stream in, curves are drawn with the words: both change slowly.
    const streaming = this.picture.to === "frame";
    const { figures } = this;
    this.drawFigures(streaming ? figures.filter(({ panel }) => !panel.slow) : figures);
    this.drawn += 1;
    this.onDrawn?.(this.picture);
    const wait = 250 - (performance.now() - (this.described || -1e9));
    clearTimeout(this.words);
    this.words = setTimeout(() => this.describe(streaming), Math.max(0, wait));
  }

  drawFigures(figures) {
    const theme = readTheme(this.root);
    for (const figure of figures) {
      const plot = figure.show(this.picture, theme);
      if (plot) figure.plot = plot;
    }
  }

  describe(streaming) {
    this.described = performance.now();
    if (streaming) this.drawFigures(this.figures.filter(({ panel }) => panel.slow));
    for (const figure of this.figures) figure.describe(this.picture);
    this.onDescribed?.(this.picture);
  }

  dispose() {
    this.resizes.disconnect();
    this.themes.disconnect();
    cancelAnimationFrame(this.pending);
    clearTimeout(this.words);
  }
}
