// What the panels compute from arrays; no drawing here.

const short = (value) =>
  !Number.isFinite(value) ? "not a number" : Number(value.toPrecision(3)).toString();

function bounds(arrays, offset) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of arrays) {
    for (let k = offset; k < values.length; k += 2) {
      if (values[k] < low) low = values[k];
      if (values[k] > high) high = values[k];
    }
  }
  return low <= high ? [low, high] : [-1, 1];
}

function centroid(points) {
  const mean = [0, 0];
  points.forEach((value, k) => {
    mean[k % 2] += (2 * value) / points.length;
  });
  return mean;
}

const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Room for `need` = [low, high]: grows at once, shrinks only when far too wide. */
function steady(memory, key, need) {
  const have = memory[key];
  const width = have ? have[1] - have[0] : 0;
  const fits = have && need[0] >= have[0] && need[1] <= have[1];
  if (!fits || need[1] - need[0] < 0.45 * width) memory[key] = widen(...need, 0.15);
  return memory[key];
}

/** Share of `values` in each of `bins` equal bins from `low` to `high`. */
function histogram(values, [low, high], bins) {
  const shares = new Array(bins).fill(0);
  for (const value of values) {
    const place = Math.floor(((value - low) / (high - low)) * bins);
    if (Number.isFinite(value)) {
      shares[Math.min(bins - 1, Math.max(0, place))] += 1 / values.length;
    }
  }
  return shares;
}

/** Mean, minimum and maximum of column `column` of flat rows, one bin a few pixels. */
function binRows(rows, width, column, [x0, x1], bins) {
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  const low = new Float64Array(bins).fill(Infinity);
  const high = new Float64Array(bins).fill(-Infinity);
  for (let k = 0; k < rows.length; k += width) {
    const value = rows[k + column];
    if (!Number.isFinite(value)) continue;
    const place = ((rows[k] - x0) / (x1 - x0 || 1)) * bins;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(place)));
    sums[bin] += value;
    counts[bin] += 1;
    low[bin] = Math.min(low[bin], value);
    high[bin] = Math.max(high[bin], value);
  }
  const kept = [...counts.keys()].filter((bin) => counts[bin] > 0);
  return {
    x: kept.map((bin) => x0 + ((bin + 0.5) / bins) * (x1 - x0)),
    mean: kept.map((bin) => sums[bin] / counts[bin]),
    low: kept.map((bin) => low[bin]),
    high: kept.map((bin) => high[bin]),
  };
}

/** Lines, in cells, along which a square grid of values crosses `level`. */
function contour(values, side, level) {
  const links = new Map(); // from each crossed edge to the one or two next to it
  const places = new Map();
  const above = (row, column) => values[row * side + column] >= level;
  const cross = (row, column, down) => {
    const [r2, c2] = down ? [row + 1, column] : [row, column + 1];
    if (above(row, column) === above(r2, c2)) return null;
    const key = 2 * (row * side + column) + down;
    const [a, b] = [values[row * side + column], values[r2 * side + c2]];
    const share = (level - a) / (b - a);
    places.set(key, down ? [column, row + share] : [column + share, row]);
    return key;
  };
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const edges = [
        cross(row, column, 0), cross(row, column + 1, 1),
        cross(row + 1, column, 0), cross(row, column, 1),
      ].filter((key) => key !== null);
      for (let k = 0; k + 1 < edges.length; k += 2) {
        const [a, b] = [edges[k], edges[k + 1]];
        links.set(a, [...(links.get(a) || []), b]);
        links.set(b, [...(links.get(b) || []), a]);
      }
    }
  }
  const lines = [];
  const walk = (start) => {
    const line = [];
    for (let key = start; key !== undefined; ) {
      const next = links.get(key);
      links.delete(key);
      line.push(places.get(key));
      key = next.find((other) => links.has(other));
    }
    return line;
  };
  const ends = [...links.keys()].filter((key) => links.get(key).length === 1);
  for (const key of ends) if (links.has(key)) lines.push(walk(key));
  for (const key of [...links.keys()]) {
    if (links.has(key)) {
      const ring = walk(key);
      lines.push([...ring, ring[0]]);
    }
  }
  return lines;
}

/** Rows of one curve, `width` numbers each, evenly thinned once there are too many. */
class History {
  constructor(width) {
    this.width = width;
    this.clear();
  }

  clear() {
    this.rows = [];
    this.last = -1; // the newest iteration
    this.seen = 0;
    this.stride = 1;
  }

  add(values, shape, whole) {
    if (whole) this.clear();
    if (!values) return;
    this.width = shape[1];
    const { width } = this;
    for (let k = 0; k < values.length; k += width) {
      if (values[k] <= this.last) continue; // another view had these rows already
      this.last = values[k];
      if (this.seen++ % this.stride) continue;
      for (let column = 0; column < width; column++) this.rows.push(values[k + column]);
      if (this.rows.length / width <= 3000) continue;
      this.rows = this.rows.filter((_, at) => Math.floor(at / width) % 2 === 0);
      this.stride *= 2;
    }
  }
}
