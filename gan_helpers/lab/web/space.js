// The panels of points: data space and feature space. A panel draws one `picture`: the
// content of a frame, its arrays by name, and the histories of losses and quality.

/** D's probability as a picture under the points, and its 0.5 line. */
function drawSurface(plot, picture) {
  const { ctx, box } = plot;
  const values = picture.arrays.surface;
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(box.x, box.y, box.w, box.h);
  if (!values) return;
  const side = Math.round(Math.sqrt(values.length));
  const tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const pixels = new ImageData(side, side);
  for (let k = 0; k < values.length; k++) {
    const row = side - 1 - Math.floor(k / side); // row 0 is the bottom one
    pixels.data.set(SURFACE[values[k]], 4 * (row * side + (k % side)));
    pixels.data[4 * (row * side + (k % side)) + 3] = 255;
  }
  tile.getContext("2d").putImageData(pixels, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(tile, box.x, box.y, box.w, box.h);
  ctx.beginPath();
  const cell = [box.w / side, box.h / side];
  for (const line of contour(values, side, 127.5)) {
    line.forEach(([column, row], k) => {
      const x = box.x + (column + 0.5) * cell[0];
      const y = box.y + box.h - (row + 0.5) * cell[1];
      if (k) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
    });
  }
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = DISCRIMINATOR;
  ctx.setLineDash(DASHED);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** -dLoss_G/dx at some generated points; the longest arrow is 26 pixels long. */
function drawGradient(plot, arrows) {
  let longest = 0;
  const steps = [];
  for (let k = 0; k < arrows.length; k += 4) {
    const step = [arrows[k + 2] * plot.sx, -arrows[k + 3] * plot.sy];
    steps.push(step);
    longest = Math.max(longest, Math.hypot(...step));
  }
  steps.forEach(([dx, dy], k) => {
    const [x, y] = [plot.x(arrows[4 * k]), plot.y(arrows[4 * k + 1])];
    const scale = 26 / (longest || 1);
    drawArrow(plot.ctx, x, y, x + scale * dx, y + scale * dy, FAKE_DARK);
  });
}

const dataPanel = {
  name: "data",
  title: "Can D tell real from generated?",
  legend: () => [
    ["real", "real"],
    ["generated", "generated"],
    ["surface", "D: generated … real"],
    ["dashed", "D undecided (0.5)"],
    ["arrow", "where G’s loss falls"],
  ],
  label: ({ arrays }) => {
    if (!arrays.fake) return "no points yet";
    const span = (points, k) => bounds([points], k).map(short).join(" to ");
    return (
      `generated points span x ${span(arrays.fake, 0)}, y ${span(arrays.fake, 1)}; ` +
      `real points x ${span(arrays.real, 0)}, y ${span(arrays.real, 1)}.`
    );
  },
  draw(ctx, w, h, picture, theme) {
    const { arrays } = picture;
    const [x0, x1, y0, y1] = picture.extent || [-2.5, 2.5, -2.5, 2.5];
    const plot = makePlot(ctx, plotBox(w, h, theme), [x0, x1], [y0, y1], theme);
    clipped(plot, () => {
      drawSurface(plot, picture);
      if (arrays.real) drawMarks(plot, arrays.real, "real", { halo: "#ffffff90" });
      if (arrays.fake) drawMarks(plot, arrays.fake, "fake", { halo: "#ffffff90" });
      if (arrays.arrows) drawGradient(plot, arrays.arrows);
    });
    drawAxes(plot, "x", "y");
    return plot;
  },
};

/** Centroids before (pale) and after a step of G; the arrow of a short step is longer. */
function drawCentroids(plot, before, after, real) {
  const { ctx, theme } = plot;
  const at = (point) => [plot.x(point[0]), plot.y(point[1])];
  const [a, b, r] = [at(before), at(after), at(real)];
  ctx.beginPath();
  ctx.arc(...r, 8, 0, 2 * Math.PI);
  ctx.fillStyle = REAL;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = theme.paper;
  ctx.stroke();
  for (const [place, color] of [[a, FAKE_PALE], [b, FAKE]]) {
    drawCross(ctx, place, theme.paper, 8);
    drawCross(ctx, place, color, 4.5);
  }
  const length = apart(a, b);
  if (!(length > 0)) return;
  const reach = Math.max(34, length) / length;
  const tip = [a[0] + reach * (b[0] - a[0]), a[1] + reach * (b[1] - a[1])];
  drawArrow(ctx, ...a, ...tip, theme.paper, 6);
  drawArrow(ctx, ...a, ...tip, theme.ink, 2.6);
}

function drawCross(ctx, [x, y], color, width) {
  ctx.beginPath();
  for (const side of [-1, 1]) {
    ctx.moveTo(x - 7, y - side * 7);
    ctx.lineTo(x + 7, y + side * 7);
  }
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.stroke();
}

function featurePanel() {
  const memory = {};
  return {
    name: "features",
    title: "Does G’s step bring the features closer?",
    legend: () => [
      ["real", "real"],
      ["generated-pale", "generated, before a step of G"],
      ["generated", "after"],
      ["centroids", "centroids"],
      ["arrow-ink", "from before to after"],
    ],
    readout({ arrays }) {
      if (!arrays.features_after) return "";
      const real = centroid(arrays.features_real);
      const [before, after] = [arrays.features_before, arrays.features_after].map(
        (features) => apart(centroid(features), real).toFixed(4),
      );
      const change = Math.sign(after - before);
      const verdict = ["closer", "no change", "further away"][change + 1];
      return `centroids apart: ${before} → ${after} (${verdict})`;
    },
    label(picture) {
      return `${this.readout(picture)}.`;
    },
    draw(ctx, w, h, { arrays }, theme) {
      const { features_real, features_before, features_after } = arrays;
      if (!features_after) return;
      const all = [features_real, features_before, features_after];
      const ranges = [0, 1].map((k) => steady(memory, k, bounds(all, k)));
      const plot = makePlot(ctx, plotBox(w, h, theme), ...ranges, theme);
      clipped(plot, () => {
        drawMarks(plot, features_real, "real", { alpha: 0.8 });
        drawMarks(plot, features_before, "fake", { alpha: 0.25 });
        drawMarks(plot, features_after, "fake", { alpha: 0.75 });
        const clouds = [features_before, features_after, features_real];
        drawCentroids(plot, ...clouds.map(centroid));
      });
      drawAxes(plot, "feature 1", "feature 2");
    },
  };
}
