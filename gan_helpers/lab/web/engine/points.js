// The data sets of gan_helpers.data.points, standardised, and what is needed to show and
// to judge them. The formulas are the same; the random numbers are this page's own.

const MODES = {
  "ring of 8": Array.from({ length: 8 }, (_, k) => [
    2 * Math.cos((k * Math.PI) / 4), 2 * Math.sin((k * Math.PI) / 4),
  ]),
  "grid of 25": Array.from({ length: 25 }, (_, k) => [
    2 * Math.floor(k / 5) - 4, 2 * (k % 5) - 4,
  ]),
};

/** n points around modes, each with this deviation. */
function around(modes, deviation) {
  return (n, random) =>
    Array.from({ length: n }, () => {
      const [x, y] = modes[random.below(modes.length)];
      return [x + deviation * random.normal(), y + deviation * random.normal()];
    });
}

const parabola = (n, random) =>
  Array.from({ length: n }, () => {
    const x = random.uniform(-50, 50);
    return [x, 10 + x * x];
  });

const MAKERS = {
  quadratic: parabola,
  "two curves": (n, random) => {
    // Exactly half, in random places: a batch then always shows both curves.
    const order = random.permutation(n);
    return parabola(n, random).map(([x, y], k) => [x, order[k] < n >> 1 ? -y : y]);
  },
  "ring of 8": around(MODES["ring of 8"], 0.02),
  "grid of 25": around(MODES["grid of 25"], 0.05),
  "two moons": (n, random) => {
    const order = random.permutation(n);
    return order.map((place) => {
      const angle = random.uniform(0, Math.PI);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [x, y] = place < n >> 1 ? [1 - c, 0.5 - s] : [c, s];
      return [x + 0.05 * random.normal(), y + 0.05 * random.normal()];
    });
  },
  spiral: (n, random) =>
    Array.from({ length: n }, () => {
      // The square root spreads the points evenly along the arm's length.
      const turn = Math.sqrt(random.uniform());
      const angle = 4 * Math.PI * turn;
      const x = 2 * turn * Math.cos(angle) + 0.03 * random.normal();
      return [x, 2 * turn * Math.sin(angle) + 0.03 * random.normal()];
    }),
  "one Gaussian": (n, random) =>
    Array.from({ length: n }, () => [random.normal(), random.normal()]),
};
const DATASETS = Object.keys(MAKERS);

/**
 * Points as { points (Float32Array x, y, x, y, ...), centres [[x, y]], radius, parts
 * ("modes" or "parts"), extent [x0, x1, y0, y1] }.
 */
function makeNamed(name) {
  const raw = MAKERS[name](POOL_SIZE, new Random(0, DATASETS.indexOf(name)));
  const mean = [0, 1].map((axis) => average(raw.map((point) => point[axis])));
  const scale = [0, 1].map((axis) =>
    Math.sqrt(average(raw.map((point) => (point[axis] - mean[axis]) ** 2))),
  );
  const standardise = (point) => point.map((v, axis) => (v - mean[axis]) / scale[axis]);
  const points = Float32Array.from(raw.flatMap(standardise));
  if (!MODES[name]) return cutIntoParts(points);
  const centres = MODES[name].map(standardise);
  // A quarter of the way to the next mode, as in point_sets.py.
  const radius = neighbourGap(centres) / 4;
  return withExtent({ points, centres, radius, parts: "modes" });
}

const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;

const made = new Map();

/** One of DATASETS, always the same; made when it is first asked for. */
function getNamed(name) {
  if (!made.has(name)) made.set(name, makeNamed(name));
  return made.get(name);
}

const N_PARTS = 20;
const MAX_DRAWN = 10000;

/** Points judged by up to N_PARTS parts of similar width. */
function cutIntoParts(points) {
  const different = new Set();
  for (let k = 0; k < points.length && different.size < N_PARTS; k += 2) {
    different.add(`${points[k]} ${points[k + 1]}`);
  }
  const centres = findParts(points, different.size);
  return withExtent({ points, centres, radius: neighbourGap(centres) / 2, parts: "parts" });
}

/** A few rounds of k-means, from points that are far apart, as find_parts does. */
function findParts(points, count) {
  const n = points.length / 2;
  const mean = [0, 1].map((axis) => average([...points].filter((_, k) => k % 2 === axis)));
  const gaps = new Float64Array(n).fill(Infinity);
  const squared = (k, [x, y]) => (points[2 * k] - x) ** 2 + (points[2 * k + 1] - y) ** 2;
  const farthest = (distance) => {
    let best = 0;
    for (let k = 1; k < n; k++) if (distance(k) > distance(best)) best = k;
    return [points[2 * best], points[2 * best + 1]];
  };
  let centres = [farthest((k) => squared(k, mean))];
  while (centres.length < count) {
    const newest = centres[centres.length - 1];
    for (let k = 0; k < n; k++) gaps[k] = Math.min(gaps[k], squared(k, newest));
    centres.push(farthest((k) => gaps[k]));
  }
  for (let round = 0; round < 5; round++) {
    const sums = centres.map(() => [0, 0, 0]);
    for (let k = 0; k < n; k++) {
      const sum = sums[nearestCentre(centres, points[2 * k], points[2 * k + 1])[0]];
      sum[0] += points[2 * k];
      sum[1] += points[2 * k + 1];
      sum[2] += 1;
    }
    centres = centres.map((centre, k) => {
      const [x, y, size] = sums[k];
      return size ? [x / size, y / size] : centre;
    });
  }
  return centres;
}

/** The nearest centre's number and its squared distance. */
function nearestCentre(centres, x, y) {
  let [best, least] = [0, Infinity];
  for (let k = 0; k < centres.length; k++) {
    const square = (centres[k][0] - x) ** 2 + (centres[k][1] - y) ** 2;
    if (square < least) [best, least] = [k, square];
  }
  return [best, least];
}

/** Median distance from a centre to the nearest other one. */
function neighbourGap(centres) {
  const gaps = centres.map(([x, y], k) => {
    const others = centres.filter((_, other) => other !== k);
    return Math.sqrt(nearestCentre(others, x, y)[1]);
  });
  gaps.sort((a, b) => a - b);
  const middle = gaps.length >> 1;
  return gaps.length % 2 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
}

function withExtent(set) {
  const range = [0, 1].flatMap((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = axis; k < set.points.length; k += 2) {
      low = Math.min(low, set.points[k]);
      high = Math.max(high, set.points[k]);
    }
    const margin = Math.max((high - low) / 7, 0.1);
    return [low - margin, high + margin];
  });
  return { ...set, extent: range };
}

/** A set from hand-drawn points: resampled, each with a little Gaussian noise. */
function makeDrawn(drawn, [x0, x1, y0, y1]) {
  const isPoint = (point) =>
    Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
  if (!Array.isArray(drawn) || !drawn.length || !drawn.every(isPoint)) {
    throw new RangeError("A drawing is a list of finite points [x, y].");
  }
  if (drawn.length > MAX_DRAWN) {
    throw new RangeError(
      `The drawing has ${drawn.length} points, expected at most ${MAX_DRAWN}.`,
    );
  }
  if (new Set(drawn.map(String)).size < 2) {
    throw new RangeError(
      "The drawing has one point, expected at least 2 different ones. " +
        "Draw a line or several dots.",
    );
  }
  const random = new Random(0, 100);
  const noise = [0.005 * (x1 - x0), 0.005 * (y1 - y0)];
  const points = new Float32Array(2 * POOL_SIZE);
  for (let k = 0; k < points.length; k += 2) {
    const from = drawn[random.below(drawn.length)];
    points[k] = from[0] + noise[0] * random.normal();
    points[k + 1] = from[1] + noise[1] * random.normal();
  }
  return cutIntoParts(points);
}
