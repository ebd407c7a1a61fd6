// Two networks that play: the steps of gan_helpers.lab.steps, each of which moves one
// network and no other. All batches are (features, n).

class Game {
  /**
   * `generator` and `discriminator` are Networks; `rules` the settings in force: loss,
   * penalty_kind, penalty (its weight), d_rate, g_rate. They may change at any time.
   */
  constructor(generator, discriminator, optimizer, rules) {
    Object.assign(this, { generator, discriminator, rules });
    this.useOptimizer(optimizer);
    this.pair = new Float64Array(2);
  }

  /** Start anew with this optimizer: what another one remembers means nothing to it. */
  useOptimizer(name) {
    this.gOptimizer = new Optimizer(name, this.generator);
    this.dOptimizer = new Optimizer(name, this.discriminator);
  }

  generate(noise, n) {
    const pass = this.generator.pass("step", n);
    pass.y[0].set(noise);
    return this.generator.forward(pass);
  }

  /** One step of D; returns its loss. `share` (n) is of the penalty's places. */
  dStep(real, noise, share) {
    const { discriminator, rules } = this;
    const n = real.length / 2;
    const fake = this.generate(noise, n);
    const pass = discriminator.pass("both", 2 * n);
    joinBatches(pass.y[0], real, fake, n);
    const logits = discriminator.forward(pass);
    const slopes = pass.d[discriminator.depth];
    discriminator.gradients.fill(0);
    let loss = discriminatorLoss(rules.loss, logits, slopes, n);
    discriminator.addGradient(pass);
    const kind = penaltyOf(rules);
    if (kind) loss += this.addPenalty(kind, pass, real, fake, share, n);
    this.dOptimizer.step(rules.d_rate);
    return loss;
  }

  /** D's weighted penalty on a batch; its gradient is added to D's. */
  addPenalty(kind, joined, real, fake, share, n) {
    const { discriminator, rules, pair } = this;
    const places = this.penaltyPass(kind, joined, real, fake, share, n);
    const slopes = discriminator.slopes(places);
    const direction = places.second.t[0];
    let sum = 0;
    for (let k = 0; k < places.n; k++) {
      const [x, y] = [slopes[k], slopes[places.n + k]];
      PENALTIES[kind](x * x + y * y, pair);
      sum += pair[0];
      const factor = (2 * rules.penalty * pair[1]) / n;
      direction[k] = factor * x;
      direction[places.n + k] = factor * y;
    }
    discriminator.addSlopeGradient(places);
    return (rules.penalty * sum) / n;
  }

  /** D at the places where the penalty of this kind looks. */
  penaltyPass(kind, joined, real, fake, share, n) {
    if (kind === "R1 + R2") return joined; // where D has just been
    const pass = this.discriminator.pass("penalty", n);
    const x = pass.y[0];
    if (kind === "R1") x.set(real);
    else if (kind === "R2") x.set(fake);
    else {
      for (let k = 0; k < 2 * n; k++) {
        x[k] = real[k] + share[k % n] * (fake[k] - real[k]);
      }
    }
    this.discriminator.forward(pass);
    return pass;
  }

  /** One step of G; returns its loss. */
  gStep(real, noise) {
    const { generator, discriminator, rules } = this;
    const n = noise.length / generator.sizes[0];
    const fake = this.generate(noise, n);
    const realLogits = LOSSES[rules.loss].pairs ? this.judge("real", real, n) : null;
    this.judge("fake", fake, n);
    const judged = discriminator.pass("fake", n);
    const last = discriminator.depth;
    const slopes = judged.d[last];
    const loss = generatorLoss(rules.loss, realLogits, judged.y[last], slopes, n);
    discriminator.back(judged, judged.d, 0);
    const pass = generator.pass("step", n);
    pass.d[generator.depth].set(judged.d[0]);
    generator.gradients.fill(0);
    generator.addGradient(pass);
    this.gOptimizer.step(rules.g_rate);
    return loss;
  }

  /** D's logits of n points, kept in its pass `name`. */
  judge(name, points, n) {
    const pass = this.discriminator.pass(name, n);
    pass.y[0].set(points);
    return this.discriminator.forward(pass);
  }

  /** Both losses as training reports them, of n points each, without a step. */
  losses(real, fake, share, n) {
    const { discriminator, rules } = this;
    const pass = discriminator.pass("both", 2 * n);
    joinBatches(pass.y[0], real, fake, n);
    const logits = discriminator.forward(pass);
    const slopes = pass.d[discriminator.depth];
    const g = generatorLoss(rules.loss, logits, logits.subarray(n), slopes, n);
    let d = discriminatorLoss(rules.loss, logits, slopes, n);
    const kind = penaltyOf(rules);
    if (kind) d += this.addPenalty(kind, pass, real, fake, share, n);
    return [d, g];
  }
}

/** Two batches (2, n) side by side as one, (2, 2n). */
function joinBatches(target, first, second, n) {
  for (let row = 0; row < 2; row++) {
    target.set(first.subarray(row * n, row * n + n), 2 * row * n);
    target.set(second.subarray(row * n, row * n + n), (2 * row + 1) * n);
  }
}
