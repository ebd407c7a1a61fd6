// Drawing on a canvas: scales, axes and marks. Shared by the live view and the player.

// How the roles look stands before this script: `read_panels` takes it from roles.py.
// DASHED and DOTTED are its lines of the discriminator and of a level, SURFACE 256 colours.

/** Colours and font of the page that a canvas stands in, so that it fits any theme. */
function readTheme(element) {
  const style = getComputedStyle(element);
  return {
    ink: style.color,
    paper: style.backgroundColor,
    size: Math.max(12, parseFloat(style.fontSize) || 13),
    family: style.fontFamily,
  };
}

/** Round numbers, at most `count` + 1 of them, from `low` to `high`. */
function ticks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((k) => k * power >= raw) || 10);
  const values = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-6; k++) {
    values.push(Number((k * step).toPrecision(12)));
  }
  return values;
}

const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 12 });

function tickText(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential();
  return NUMBER.format(value);
}

/** `low` and `high` with a margin; never of width 0. */
function widen(low, high, margin = 0.06) {
  const width = high - low || Math.max(1, Math.abs(low)) * 0.1;
  return [low - margin * width, high + margin * width];
}

/** A plot in a box of `plotBox`, in CSS pixels, with two linear scales. */
function makePlot(ctx, box, [x0, x1], [y0, y1], theme) {
  const sx = box.w / (x1 - x0);
  const sy = box.h / (y1 - y0);
  return {
    ctx, box, theme, sx, sy,
    xRange: [x0, x1],
    yRange: [y0, y1],
    x: (value) => box.x + (value - x0) * sx,
    y: (value) => box.y + box.h - (value - y0) * sy,
  };
}

function drawText(plot, text, x, y, { align = "left", base = "middle", color } = {}) {
  const { ctx, theme } = plot;
  ctx.fillStyle = color || theme.ink;
  ctx.textAlign = align;
  ctx.textBaseline = base;
  ctx.fillText(text, x, y);
}

/** Frame, ticks and names of both axes; `xName` or `yName` may be "". */
function drawAxes(plot, xName, yName, { xTicks = true, whole = false } = {}) {
  const { ctx, box, theme } = plot;
  const bottom = box.y + box.h;
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.ink;
  ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  ctx.beginPath();
  for (const value of xTicks ? ticks(...plot.xRange, box.w / (theme.size * 4)) : []) {
    const x = plot.x(value);
    ctx.moveTo(x, bottom);
    ctx.lineTo(x, bottom + 4);
    const text = tickText(value);
    const most = box.canvas - ctx.measureText(text).width / 2; // not cut off
    const under = { align: "center", base: "top" };
    drawText(plot, text, Math.min(x, most), bottom + 6, under);
  }
  for (const value of ticks(...plot.yRange, box.h / (theme.size * 1.9))) {
    if (whole && !Number.isInteger(value)) continue;
    const y = plot.y(value);
    ctx.moveTo(box.x - 4, y);
    ctx.lineTo(box.x, y);
    drawText(plot, tickText(value), box.x - 6, y, { align: "right" });
  }
  ctx.stroke();
  const middle = [box.x + box.w / 2, box.y + box.h / 2];
  const below = bottom + 8 + 1.5 * theme.size;
  drawName(plot, xName, [middle[0], below], 2 * (box.canvas - middle[0]), 0);
  drawName(plot, yName, [theme.size * 0.7, middle[1]], box.h, -Math.PI / 2);
}

/** The name of an axis, smaller where there is less than its width of `room`. */
function drawName(plot, name, at, room, angle) {
  const { ctx } = plot;
  const fit = Math.min(1, room / (ctx.measureText(name).width || 1));
  ctx.save();
  ctx.translate(...at);
  ctx.rotate(angle);
  ctx.scale(fit, fit);
  drawText(plot, name, 0, 0, { align: "center" });
  ctx.restore();
}

/** Restrict what `draw` paints to the plot's box. */
function clipped(plot, draw) {
  const { ctx, box } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  draw();
  ctx.restore();
}

/** The role's marks (open circles or crosses) at `points`, a flat x, y, x, y, ... */
function drawMarks(plot, points, role, options = {}) {
  const { radius = 3, alpha = 0.9, halo = null, color } = options;
  const { ctx } = plot;
  const mark = role === "real" ? REAL_MARK : FAKE_MARK;
  ctx.beginPath();
  for (let k = 0; k < points.length; k += 2) {
    const x = plot.x(points[k]);
    const y = plot.y(points[k + 1]);
    if (mark === "o") {
      ctx.moveTo(x + radius, y);
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
    } else {
      ctx.moveTo(x - radius, y - radius);
      ctx.lineTo(x + radius, y + radius);
      ctx.moveTo(x - radius, y + radius);
      ctx.lineTo(x + radius, y - radius);
    }
  }
  ctx.globalAlpha = alpha;
  if (halo) {
    ctx.lineWidth = 3;
    ctx.strokeStyle = halo;
    ctx.stroke();
  }
  ctx.lineWidth = 1.3;
  ctx.strokeStyle = color || (role === "real" ? REAL : FAKE);
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** An arrow between two pixels. */
function drawArrow(ctx, x0, y0, x1, y1, color, width = 1.4) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 2) return;
  const head = Math.min(3 + 2 * width, length);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  for (const side of [-0.5, 0.5]) {
    ctx.moveTo(x1, y1);
    ctx.lineTo(x1 - head * (ux - side * uy), y1 - head * (uy + side * ux));
  }
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.stroke();
}

/** A polyline through (x, y) pairs; a gap where y is not finite. */
function drawLine(plot, xs, ys, color, { width = 1.6, dash = [], alpha = 1 } = {}) {
  const { ctx } = plot;
  ctx.beginPath();
  let open = false;
  for (let k = 0; k < xs.length; k++) {
    if (!Number.isFinite(ys[k])) open = false;
    else if (open) ctx.lineTo(plot.x(xs[k]), plot.y(ys[k]));
    else {
      ctx.moveTo(plot.x(xs[k]), plot.y(ys[k]));
      open = true;
    }
  }
  ctx.globalAlpha = alpha;
  ctx.setLineDash(dash);
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** Fill between two curves of a `binRows` answer. */
function drawBand(plot, bins, color) {
  const { ctx } = plot;
  ctx.beginPath();
  bins.x.forEach((x, k) => ctx.lineTo(plot.x(x), plot.y(bins.high[k])));
  for (let k = bins.x.length - 1; k >= 0; k--) {
    ctx.lineTo(plot.x(bins.x[k]), plot.y(bins.low[k]));
  }
  ctx.globalAlpha = 0.2;
  ctx.fillStyle = color;
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Where a plot stands in a canvas of w x h: room for axes around it. */
function plotBox(w, h, theme, { right = 12, left = 4.6, bottom = 2.9 } = {}) {
  const x = theme.size * left;
  return { x, y: 8, w: w - x - right, h: h - 8 - theme.size * bottom, canvas: w };
}
