// The lab: train, look, record, go back, change settings, as engine.py does it for the
// notebook. It knows nothing of messages, workers and pages.

const FRAME_EVERY = 100; // iterations between the frames that `step` records

class Lab {
  constructor(Float = Float32Array) {
    this.Float = Float;
    this.settings = new Settings();
    this.scene = new Scene(this.settings);
    this.begin();
  }

  /** Start a run at iteration 0, in new networks. */
  begin() {
    const { values } = this.settings;
    this.scene.load();
    const { width, depth, activation, noise_dim: size, seed } = values;
    const hidden = Array.from({ length: depth }, () => ({ units: width, activation }));
    const linear = (units) => ({ units });
    const { Float } = this;
    const generator = new Network(size, [...hidden, linear(2)], Float);
    const discriminator = new Network(2, [...hidden, linear(2), linear(1)], Float);
    generator.start(new Random(seed, STREAMS.weights, 0));
    discriminator.start(new Random(seed, STREAMS.weights, 1));
    this.game = new Game(generator, discriminator, values.optimizer, values);
    this.before = generator.weights.slice();
    this.draws = 0;
    this.iteration = 0;
    this.halted = null;
    this.record = new Record();
    this.renewLosses();
    this.recordFrame();
  }

  /** Make `losses` what both networks have come to, by the present loss. */
  renewLosses() {
    const { generator } = this.game;
    const all = generate(generator, this.scene.shownNoise, N_GENERATED);
    const fake = new this.Float(2 * N_SHOWN);
    fake.set(all.subarray(0, N_SHOWN));
    fake.set(all.subarray(N_GENERATED, N_GENERATED + N_SHOWN), N_SHOWN);
    const { realRows, shownShare } = this.scene;
    this.losses = this.game.losses(realRows, fake, shownShare, N_SHOWN);
  }

  // --- training ---

  /** n iterations, each of D's steps and then G's; records frames on the way. */
  step(n = 1) {
    while (n > 0 && !this.halted) {
      const part = Math.min(n, FRAME_EVERY);
      for (let k = 0; k < part && !this.halted; k++) this.advance();
      this.recordFrame();
      n -= part;
    }
  }

  /** One step of one network, "d" or "g"; the other does not change. */
  singleStep(who) {
    if (this.halted) return;
    this.advance(who === "d" ? 1 : 0, who === "g" ? 1 : 0);
    this.recordFrame();
  }

  /** Train for about this time, at least one iteration, and record one frame. */
  trainFor(milliseconds) {
    const end = performance.now() + milliseconds;
    while (!this.halted) {
      this.advance();
      if (performance.now() >= end) break;
    }
    this.recordFrame();
  }

  advance(dSteps, gSteps) {
    const { game, scene, settings } = this;
    const { d_steps: d, g_steps: g, loss } = settings.values;
    const share = penaltyOf(settings.values) === "gradient penalty";
    for (let k = 0; k < (dSteps ?? d); k++) {
      scene.sample(++this.draws, { share });
      this.losses[0] = game.dStep(scene.real, scene.noise, scene.share);
    }
    this.before.set(game.generator.weights);
    for (let k = 0; k < (gSteps ?? g); k++) {
      scene.sample(++this.draws, { real: LOSSES[loss].pairs });
      this.losses[1] = game.gStep(scene.real, scene.noise);
    }
    this.iteration += 1;
    const [dLoss, gLoss] = this.losses;
    const bad = [dLoss, gLoss].findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) this.halt("dg"[bad], "loss");
    else this.record.losses.add([this.iteration, dLoss, gLoss]);
  }

  halt(which, what) {
    const who = which.toUpperCase();
    const cause =
      what === "output"
        ? `${who}’s output is no longer a number: some of its weights are not.`
        : `${who}’s loss was the first that is no longer a number.`;
    const good = this.record.nearestState(this.record.frames.length - 1);
    this.halted = { which, iteration: this.iteration, cause, last_good: good };
  }

  // --- looking ---

  look() {
    const { loss } = this.settings.values;
    const seen = this.scene.look(this.game, this.before);
    const content = { iteration: this.iteration };
    const parts = LOSSES[loss].levels.map((level, k) => {
      const who = "dg"[k];
      content[`${who}_loss`] = this.losses[k];
      content[`${who}_level`] = level;
      const known = level === null ? "" : ` (equilibrium ${level.toFixed(2)})`;
      return `${who.toUpperCase()}’s loss ${this.losses[k].toFixed(2)}${known}`;
    });
    const words = `Iteration ${thousands(this.iteration)}: ${parts.join(", ")}.`;
    Object.assign(content, seen.content, { text: `${words} ${seen.content.text}` });
    return { content, quality: seen.quality };
  }

  recordFrame() {
    if (this.halted) return;
    const state = this.state();
    let seen;
    try {
      seen = this.look();
    } catch (error) {
      if (!(error instanceof BadNetwork)) throw error;
      this.halt(error.which, "output"); // finite losses, but no more finite weights
      return;
    }
    this.record.quality.add([this.iteration, ...seen.quality]);
    const bytes = state.arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.record.add(seen.content, state, bytes);
  }

  /** What the newest good frame shows, with its number. */
  frame() {
    const { frames } = this.record;
    const index = this.halted ? this.halted.last_good : frames.length - 1;
    const { content } = frames[index];
    if (!this.halted) return { index, content };
    const { iteration, cause } = this.halted;
    const text =
      `Training stopped at iteration ${thousands(iteration)}: ${cause} The last good ` +
      `frame, shown here, is of iteration ${thousands(content.iteration)}: go back to ` +
      "it and lower a learning rate.";
    return { index, content: { ...content, text } };
  }

  // --- going back ---

  arrays() {
    const { generator, discriminator, gOptimizer, dOptimizer } = this.game;
    const networks = [generator.weights, discriminator.weights, this.before];
    return [...networks, ...gOptimizer.slots, ...dOptimizer.slots];
  }

  state() {
    const { gOptimizer, dOptimizer } = this.game;
    return {
      arrays: this.arrays().map((array) => array.slice()),
      steps: [gOptimizer.steps, dOptimizer.steps],
      draws: this.draws,
      losses: [...this.losses],
      settings: this.settings.whileTraining(),
    };
  }

  /** Return to frame `index`, or the nearest earlier one with its state; its number. */
  rewind(asked) {
    const index = this.record.nearestState(asked);
    const { state, content } = this.record.frames[index];
    this.arrays().forEach((array, k) => array.set(state.arrays[k]));
    const { gOptimizer, dOptimizer } = this.game;
    [gOptimizer.steps, dOptimizer.steps] = state.steps;
    this.draws = state.draws;
    this.losses = [...state.losses];
    this.settings.assign(state.settings);
    this.iteration = content.iteration;
    this.halted = null;
    this.record = this.record.branch(index);
    return index;
  }

  // --- settings ---

  /** Change settings by name; all or, with a RangeError, none. */
  set(changes) {
    const { settings } = this;
    const fitted = {};
    for (const [name, value] of Object.entries(changes)) {
      fitted[name] = settings.fit(name, value);
    }
    const changed = Object.keys(fitted).filter((k) => fitted[k] !== settings.values[k]);
    const anew = changed.some((name) => settings.find(name).restarts);
    if (this.halted && !anew) this.rewind(this.halted.last_good);
    settings.assign(fitted);
    if (anew) this.begin();
    else if (["loss", "penalty_kind"].some((name) => changed.includes(name))) {
      this.renewLosses();
    }
  }

  reset(seed) {
    if (seed !== null && seed !== undefined) {
      this.settings.assign({ seed: this.settings.fit("seed", seed) });
    }
    this.begin();
  }

  /** Train on hand-drawn points [[x, y], ...] from now on; starts anew. */
  draw(points) {
    this.scene.drawn = makeDrawn(points, this.scene.set.extent);
    const data = this.settings.find("data");
    if (!data.choices.includes("drawn")) data.choices = [...data.choices, "drawn"];
    this.settings.assign({ data: "drawn" });
    this.begin();
  }
}

const thousands = (value) => value.toLocaleString("en-US");
