// The panels of curves: losses and quality against the iteration.

const LEVEL_NAMES = [[2 * Math.LN2, "2 ln 2"], [Math.LN2, "ln 2"]];

/** The iterations that both histories cover, at least 10. */
function spanOf({ losses, quality, iteration }) {
  const last = (rows, width) => (rows.length ? rows[rows.length - width] : 0);
  const ends = [losses, quality].map(({ rows, width }) => last(rows, width));
  return [0, Math.max(10, iteration || 0, ...ends)];
}

/** Where a scrubbed or played frame stands in the curves. */
function drawCursor(plot, picture) {
  if (!picture.past) return;
  const x = picture.iteration;
  drawLine(plot, [x, x], plot.yRange, plot.theme.ink, { width: 2, alpha: 0.6 });
}

function drawLevel(plot, level, color, taken) {
  if (level === null || level === undefined) return;
  const { box, theme } = plot;
  drawLine(plot, plot.xRange, [level, level], color, { dash: DOTTED, width: 1.5 });
  const known = LEVEL_NAMES.find(([value]) => Math.abs(value - level) < 0.01);
  let y = plot.y(level);
  while (taken.some((other) => Math.abs(other - y) < theme.size)) y += theme.size;
  taken.push(y);
  drawText(plot, known ? known[1] : short(level), box.x + box.w + 4, y);
}

/** A range with most of both curves and all of `marked`: one spike hides nothing. */
function lossRange(curves, marked) {
  const values = curves.flatMap((bins) => bins.mean).sort((a, b) => a - b);
  const cut = Math.floor(values.length * 0.02);
  const kept = [...values.slice(cut, values.length - cut), ...marked];
  return kept.length ? widen(Math.min(...kept), Math.max(...kept), 0.1) : [0, 2];
}

const lossPanel = {
  name: "losses",
  slow: true,
  title: "Losses: is anyone winning?",
  legend: () => [
    ["dashed", "discriminator"],
    ["line", "generator"],
    ["dotted", "equilibrium"],
    ["band", "lowest to highest"],
  ],
  label: ({ d_loss, g_loss, d_level, g_level }) => {
    const known = [d_level, g_level].every((level) => typeof level === "number");
    const now = `D’s loss is ${short(d_loss)}, G’s ${short(g_loss)}.`;
    if (!known) return now;
    return `${now} At equilibrium: ${short(d_level)} and ${short(g_level)}.`;
  },
  draw(ctx, w, h, picture, theme) {
    const box = plotBox(w, h, theme, { right: theme.size * 3.4 });
    const span = spanOf(picture);
    const { rows, width } = picture.losses;
    const bins = Math.max(10, Math.floor(box.w / 3));
    const curves = [1, 2].map((column) => binRows(rows, width, column, span, bins));
    const now = [picture.d_loss, picture.g_loss];
    const marked = [picture.d_level, picture.g_level, ...now].filter(Number.isFinite);
    const plot = makePlot(ctx, box, span, lossRange(curves, marked), theme);
    clipped(plot, () => {
      drawBand(plot, curves[0], theme.ink);
      drawBand(plot, curves[1], FAKE);
      drawLine(plot, curves[0].x, curves[0].mean, theme.ink, { dash: DASHED });
      drawLine(plot, curves[1].x, curves[1].mean, FAKE);
      drawCursor(plot, picture);
    });
    const taken = [];
    drawLevel(plot, picture.d_level, theme.ink, taken);
    drawLevel(plot, picture.g_level, FAKE, taken);
    drawAxes(plot, "iteration", "loss");
    drawMarks(plot, [picture.iteration, now[0]], "real", { color: theme.ink });
    drawMarks(plot, [picture.iteration, now[1]], "fake");
  },
};

/** One measure against the iteration: column `column` of the quality rows. */
function drawMeasure(ctx, box, picture, theme, column, name, { top, last }) {
  const { rows, width } = picture.quality;
  const [xs, ys] = [[], []];
  for (let k = 0; k < rows.length; k += width) {
    xs.push(rows[k]);
    ys.push(rows[k + column]);
  }
  const finite = ys.filter(Number.isFinite);
  const most = top || Math.max(...finite, 1e-3);
  const range = [Math.min(0, ...finite) * 1.12, most * 1.12];
  const plot = makePlot(ctx, box, spanOf(picture), range, theme);
  clipped(plot, () => {
    if (top) {
      drawLine(plot, plot.xRange, [top, top], theme.ink, { dash: DOTTED });
    }
    drawLine(plot, xs, ys, FAKE);
    const points = xs.flatMap((x, k) => [x, ys[k]]);
    if (xs.length < 40) drawMarks(plot, points, "fake");
    drawCursor(plot, picture);
  });
  drawAxes(plot, last ? "iteration" : "", name, { xTicks: last, whole: Boolean(top) });
}

const qualityNames = (picture) =>
  picture.quality_names ||
  (picture.kind === "images" ? ["quality"] : ["modes hit", "divergence"]);

/** [column, name, best value or null] of each measure there is. */
function measures(picture) {
  const names = qualityNames(picture).map((name, k) => [k + 1, name, null]);
  if (picture.kind === "images") return names;
  names[0][2] = picture.modes;
  return picture.modes ? names : names.slice(1);
}

const qualityPanel = {
  name: "quality",
  slow: true,
  title: (picture) => {
    if (picture.kind === "images") return "Do the pictures get better?";
    const whole = picture.quality_names?.[0] === "modes hit";
    return whole
      ? "Are all modes found? How far off is G?"
      : "Is all the data covered? How far off is G?";
  },
  legend: (picture) => [
    ["line", measures(picture).map(([, name]) => name).join(" and ")],
    ...(picture.modes ? [["dotted", `all ${picture.modes}`]] : []),
  ],
  label(picture) {
    const { rows, width } = picture.quality;
    if (!rows.length) return "nothing measured yet.";
    const row = rows.slice(-width);
    const parts = measures(picture).map(([column, name, top]) =>
      top ? `${row[column]} of ${top} ${name}` : `${name} ${short(row[column])}`,
    );
    return `${parts.join(", ")} at iteration ${row[0]}.`;
  },
  draw(ctx, w, h, picture, theme) {
    const kinds = measures(picture);
    const whole = plotBox(w, h, theme);
    const gap = kinds.length > 1 ? theme.size : 0;
    const height = (whole.h - gap * (kinds.length - 1)) / kinds.length;
    kinds.forEach(([column, name, top], k) => {
      const box = { ...whole, y: whole.y + k * (height + gap), h: height };
      const last = k === kinds.length - 1;
      drawMeasure(ctx, box, picture, theme, column, name, { top, last });
    });
  },
};
