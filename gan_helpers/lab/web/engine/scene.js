// What the page's lab samples, what one look at it observes, and how it is described, as
// point_scene.py does for the notebook's.

const [N_SHOWN, N_FEATURE_POINTS, N_ARROWS, N_GENERATED, N_CELLS] = [256, 128, 36, 1024, 32];
const N_BATCH = 256;
const STREAMS = { data: 0, noise: 1, penalty: 2, shown: 3, weights: 4 };

/** Batches by the settings: the same ones for the same seed and number of the draw. */
class Scene {
  constructor(settings) {
    this.settings = settings;
    this.drawn = null; // the hand-drawn set, if there is one
    this.real = new Float32Array(2 * N_BATCH);
    this.share = new Float32Array(N_BATCH);
  }

  load() {
    const { data, noise_dim: size, seed } = this.settings.values;
    this.set = data === "drawn" ? this.drawn : getNamed(data);
    this.noise = new Float32Array(size * N_BATCH);
    this.shownNoise = new Float32Array(size * N_GENERATED);
    this.fillNoise(this.shownNoise, N_GENERATED, new Random(seed, STREAMS.shown, 0));
    this.shownReal = this.set.points.slice(0, 2 * N_SHOWN);
    const byFeature = (points) => transpose(points, points.length / 2, 2);
    this.realRows = byFeature(this.shownReal);
    this.cells = byFeature(this.cellMiddles());
    this.shownShare = Float32Array.from({ length: N_SHOWN }, () => 0.5);
  }

  /** Middles of the cells of the extent, rows from the bottom up. */
  cellMiddles() {
    const [x0, x1, y0, y1] = this.set.extent;
    const cells = new Float32Array(2 * N_CELLS * N_CELLS);
    for (let k = 0; k < N_CELLS * N_CELLS; k++) {
      cells[2 * k] = x0 + ((x1 - x0) * ((k % N_CELLS) + 0.5)) / N_CELLS;
      cells[2 * k + 1] = y0 + ((y1 - y0) * (Math.floor(k / N_CELLS) + 0.5)) / N_CELLS;
    }
    return cells;
  }

  fillNoise(noise, n, random) {
    const normal = this.settings.values.noise === "normal";
    for (let k = 0; k < noise.length; k++) {
      noise[k] = normal ? random.normal() : random.uniform(-1, 1);
    }
  }

  /** The batch of this draw, 1 being the first: real, noise and share by feature. */
  sample(draw, { real = true, share = false } = {}) {
    const { seed } = this.settings.values;
    const { points } = this.set;
    if (real) {
      const random = new Random(seed, STREAMS.data, draw);
      for (let k = 0; k < N_BATCH; k++) {
        const from = 2 * random.below(POOL_SIZE);
        this.real[k] = points[from];
        this.real[N_BATCH + k] = points[from + 1];
      }
    }
    this.fillNoise(this.noise, N_BATCH, new Random(seed, STREAMS.noise, draw));
    if (share) {
      const random = new Random(seed, STREAMS.penalty, draw);
      for (let k = 0; k < N_BATCH; k++) this.share[k] = random.uniform();
    }
    return this;
  }

  /** A frame's arrays and numbers, and what was measured; throws BadNetwork. */
  look(game, before) {
    const { generator, discriminator, rules } = game;
    const fakeRows = generate(generator, this.shownNoise, N_GENERATED);
    const fake = transpose(fakeRows, 2, N_GENERATED);
    checkFinite("g", fake);
    const shown = fake.slice(0, 2 * N_SHOWN);
    const shownRows = transpose(shown, N_SHOWN, 2);
    const realLogits = game.judge("look", this.realRows, N_SHOWN).slice();
    const arrays = { real: this.shownReal, fake: shown };
    const scale = this.lookAtArrows(arrays, game, shown, realLogits);
    const fakeLogits = game.judge("look", shownRows, N_SHOWN).slice();
    checkFinite("d", realLogits, fakeLogits);
    const zero = LOSSES[rules.loss].hasZero
      ? 0
      : (average([...realLogits]) + average([...fakeLogits])) / 2;
    const cells = game.judge("cells", this.cells, N_CELLS * N_CELLS);
    checkFinite("d", cells);
    arrays.surface = Uint8Array.from(cells, (l) => Math.round(255 * sigmoid(l - zero)));
    const rows = { real: this.realRows, fake: shownRows };
    this.lookAtFeatures(arrays, discriminator, generator, before, rows);
    const quality = [modesHit(this.set, fake), gridDivergence(this.set, fake)];
    return { content: this.describe(arrays, scale, quality), quality };
  }

  /** Where G's loss draws the first generated points; returns the longest pull. */
  lookAtArrows(arrays, { discriminator, rules }, shown, realLogits) {
    const pass = discriminator.pass("arrows", N_ARROWS);
    pass.y[0].set(transpose(shown.subarray(0, 2 * N_ARROWS), N_ARROWS, 2));
    const logits = discriminator.forward(pass);
    const slopes = pass.d[discriminator.depth];
    generatorLoss(rules.loss, realLogits, logits, slopes, N_ARROWS);
    discriminator.back(pass, pass.d, 0);
    // The loss is a mean; a point's own share is as many times larger.
    const pull = transpose(pass.d[0], 2, N_ARROWS).map((v) => -N_ARROWS * v);
    checkFinite("d", pull);
    let longest = 0;
    for (let k = 0; k < N_ARROWS; k++) {
      longest = Math.max(longest, Math.hypot(pull[2 * k], pull[2 * k + 1]));
    }
    arrays.arrows = new Float32Array(4 * N_ARROWS);
    for (let k = 0; k < N_ARROWS; k++) {
      arrays.arrows.set(shown.subarray(2 * k, 2 * k + 2), 4 * k);
      const unit = [pull[2 * k], pull[2 * k + 1]].map((v) => v / Math.max(longest, 1e-30));
      arrays.arrows.set(unit, 4 * k + 2);
    }
    return longest;
  }

  /** D's 2-unit layer: of real points, of generated ones before G's move and now. */
  lookAtFeatures(arrays, discriminator, generator, before, { real, fake }) {
    const features = (rows) => {
      const pass = discriminator.pass("features", N_SHOWN);
      pass.y[0].set(rows);
      const layer = discriminator.depth - 1;
      const y = discriminator.forward(pass, layer);
      return Float32Array.from(transpose(y, 2, N_SHOWN).subarray(0, 2 * N_FEATURE_POINTS));
    };
    const now = generator.weights.slice();
    generator.weights.set(before);
    const noise = new Float32Array(generator.sizes[0] * N_SHOWN);
    for (let row = 0; row < generator.sizes[0]; row++) {
      const from = row * N_GENERATED;
      noise.set(this.shownNoise.subarray(from, from + N_SHOWN), row * N_SHOWN);
    }
    const earlier = generate(generator, noise, N_SHOWN);
    generator.weights.set(now);
    arrays.features_real = features(real);
    arrays.features_before = features(earlier);
    arrays.features_after = features(fake);
    checkFinite("g", arrays.features_before);
    checkFinite("d", arrays.features_real, arrays.features_after);
  }

  describe(arrays, scale, [hit, divergence]) {
    const { extent, centres, parts } = this.set;
    const verb = parts === "modes" ? "reach" : "cover";
    return {
      extent, arrays, arrow_scale: scale, features: true, modes: centres.length,
      quality_names: [parts === "modes" ? "modes hit" : "parts covered", "divergence"],
      text:
        `Generated points ${verb} ${hit} of ${centres.length} ${parts} of the data; ` +
        `divergence ${divergence.toFixed(2)}.`,
    };
  }
}

/** Raised by a look; `which` network, "d" or "g", is no longer finite. */
class BadNetwork extends Error {
  constructor(which) {
    super(which);
    this.which = which;
  }
}

function checkFinite(which, ...arrays) {
  for (const array of arrays) {
    for (let k = 0; k < array.length; k++) {
      if (!Number.isFinite(array[k])) throw new BadNetwork(which);
    }
  }
}

function generate(generator, noise, n) {
  const pass = generator.pass("look", n);
  pass.y[0].set(noise);
  return generator.forward(pass);
}

/** (rows, columns) to (columns, rows), a new array. */
function transpose(values, rows, columns) {
  const turned = new values.constructor(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c];
  }
  return turned;
}
