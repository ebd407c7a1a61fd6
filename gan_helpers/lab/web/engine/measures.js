// How good the generated points are: the measures of gan_helpers.metrics.

const BINS = 30;
const N_JUDGED = 2048; // real points that the divergence looks at

/** Number of modes, or parts, with at least a quarter of their fair share of points. */
function modesHit({ centres, radius }, fake) {
  const counts = new Uint32Array(centres.length);
  for (let k = 0; k < fake.length; k += 2) {
    const [nearest, square] = nearestCentre(centres, fake[k], fake[k + 1]);
    if (square <= radius * radius) counts[nearest] += 1;
  }
  const fair = fake.length / 2 / centres.length;
  return counts.filter((count) => count >= 0.25 * fair).length;
}

/** Jensen-Shannon divergence of two histograms on a grid that spans the real points. */
function gridDivergence(set, fake) {
  set.cells ??= realCells(set);
  const { limits, shares: p } = set.cells;
  const q = cellShares(fake, limits);
  let sum = 0;
  for (let k = 0; k < p.length; k++) {
    const middle = (p[k] + q[k]) / 2;
    if (p[k] > 0) sum += p[k] * Math.log(p[k] / middle);
    if (q[k] > 0) sum += q[k] * Math.log(q[k] / middle);
  }
  return sum / 2;
}

function realCells({ points }) {
  const real = points.subarray(0, 2 * N_JUDGED);
  const limits = [0, 1].map((axis) => {
    const values = real.filter((_, k) => k % 2 === axis);
    return [Math.min(...values), Math.max(...values)];
  });
  return { limits, shares: cellShares(real, limits) };
}

/** Shares of points in BINS² cells, and last, of all outside. */
function cellShares(points, limits) {
  const shares = new Float64Array(BINS * BINS + 1);
  const share = 2 / points.length;
  const cell = (value, [low, high]) =>
    value === high ? BINS - 1 : Math.floor(((value - low) / (high - low || 1)) * BINS);
  for (let k = 0; k < points.length; k += 2) {
    const [x, y] = [cell(points[k], limits[0]), cell(points[k + 1], limits[1])];
    const inside = x >= 0 && x < BINS && y >= 0 && y < BINS;
    shares[inside ? x * BINS + y : BINS * BINS] += share;
  }
  return shares;
}
