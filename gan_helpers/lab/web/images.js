// The panels of pictures: what G draws, and how D scores it.

function drawBars(plot, shares, role) {
  const { ctx } = plot;
  const [low, high] = plot.xRange;
  const edge = (k) => plot.x(low + (k / shares.length) * (high - low));
  ctx.beginPath();
  ctx.moveTo(edge(0), plot.y(0));
  shares.forEach((share, k) => {
    ctx.lineTo(edge(k), plot.y(share));
    ctx.lineTo(edge(k + 1), plot.y(share));
  });
  ctx.lineTo(edge(shares.length), plot.y(0));
  ctx.fillStyle = role === "real" ? REAL : FAKE;
  ctx.globalAlpha = role === "real" ? 0.3 : 0.1;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.8;
  ctx.strokeStyle = ctx.fillStyle;
  ctx.stroke();
  if (role === "real" || !FAKE_HATCH) return;
  // Hatching: the generated scores are told apart without colour.
  ctx.save();
  ctx.clip();
  ctx.beginPath();
  const { box } = plot;
  for (let x = box.x - box.h; x < box.x + box.w; x += 7) {
    ctx.moveTo(x, box.y + box.h);
    ctx.lineTo(x + box.h, box.y);
  }
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
}

function scorePanel() {
  const memory = {};
  return {
    name: "scores",
    title: "How does D score real and generated?",
    legend: () => [
      ["bars", "real"],
      ["hatch", "generated"],
      ["dashed", "0: D undecided"],
    ],
    label({ arrays }) {
      const sorted = (values) => Float32Array.from(values).sort();
      const middle = (values) => short(sorted(values)[values.length >> 1]);
      const { scores_real: real, scores_fake: fake } = arrays;
      if (!real || !fake) return "no scores yet";
      return `median score of real ${middle(real)}, of generated ${middle(fake)}.`;
    },
    draw(ctx, w, h, { arrays }, theme) {
      const { scores_real: real, scores_fake: fake } = arrays;
      if (!real || !fake) return;
      let [low, high] = [0, 0];
      for (const value of [...real, ...fake]) {
        if (!Number.isFinite(value)) continue;
        [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
      const range = steady(memory, "x", [low, high]);
      const shares = [real, fake].map((values) => histogram(values, range, 24));
      const top = Math.max(...shares.flat()) * 1.1 || 1;
      const plot = makePlot(ctx, plotBox(w, h, theme), range, [0, top], theme);
      clipped(plot, () => {
        drawBars(plot, shares[0], "real");
        drawBars(plot, shares[1], "fake");
        drawLine(plot, [0, 0], [0, top], theme.ink, { dash: DASHED });
      });
      drawAxes(plot, "D’s score (logit), higher: more real", "share of samples");
    },
  };
}

/** Pictures uint8 (n, h, w, c) as one sheet, six to a row. */
function makeSheet(values, [n, height, width, channels], columns = 6) {
  const sheet = document.createElement("canvas");
  sheet.width = columns * (width + 1) - 1;
  sheet.height = Math.ceil(n / columns) * (height + 1) - 1;
  const pixels = new ImageData(sheet.width, sheet.height);
  let from = 0;
  for (let k = 0; k < n; k++) {
    const left = (k % columns) * (width + 1);
    const top = Math.floor(k / columns) * (height + 1);
    for (let at = 0; at < height * width; at++) {
      const row = top + Math.floor(at / width);
      const to = 4 * (row * sheet.width + left + (at % width));
      for (let c = 0; c < 3; c++) {
        pixels.data[to + c] = values[from + (channels === 1 ? 0 : c)];
      }
      pixels.data[to + 3] = 255;
      from += channels;
    }
  }
  sheet.getContext("2d").putImageData(pixels, 0, 0);
  return sheet;
}

const picturePanel = {
  name: "pictures",
  title: "What does G make of 36 fixed noise vectors?",
  legend: () => [],
  label: ({ iteration }) => `36 generated pictures after iteration ${iteration}.`,
  draw(ctx, w, h, { sheet, realSheet }, theme) {
    const sheets = [[sheet, "generated"], [realSheet, "real, to compare"]].filter(
      ([picture]) => picture?.width,
    );
    const top = theme.size * 1.5;
    const gap = 2 * theme.size;
    const room = [w / sheets.length - gap, h - top];
    sheets.forEach(([picture, name], k) => {
      const scale = Math.min(room[0] / picture.width, room[1] / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      const left = w / 2 + (k - sheets.length / 2) * (width + gap) + gap / 2;
      drawText({ ctx, theme }, name, left, theme.size * 0.7);
      ctx.imageSmoothingEnabled = scale < 2;
      ctx.drawImage(picture, left, top, width, height);
    });
  },
};
