// The optimizers, as Keras 3 computes them. A setting names one of them.

const OPTIMIZERS = {
  RMSProp: { slots: 1, move: rmsprop },
  Adam: { slots: 2, move: (...all) => adam(0.9, ...all) },
  "Adam, β₁ 0.5": { slots: 2, move: (...all) => adam(0.5, ...all) },
  SGD: { slots: 0, move: sgd },
};
const EPSILON = 1e-7;

/** One network's optimizer: what it remembers, and its step. */
class Optimizer {
  constructor(name, network) {
    this.name = name;
    this.network = network;
    const { slots } = OPTIMIZERS[name];
    const { length } = network.weights;
    this.slots = Array.from({ length: slots }, () => new network.Float(length));
    this.steps = 0;
  }

  /** Move the weights down the gradients. */
  step(rate) {
    this.steps += 1;
    const { weights, gradients } = this.network;
    OPTIMIZERS[this.name].move(weights, gradients, this.slots, rate, this.steps);
  }
}

function sgd(weights, gradients, slots, rate) {
  for (let k = 0; k < weights.length; k++) weights[k] -= rate * gradients[k];
}

/** ρ = 0.9; ε stands under the root, and there is no momentum. */
function rmsprop(weights, gradients, [squares], rate) {
  for (let k = 0; k < weights.length; k++) {
    const g = gradients[k];
    squares[k] = 0.9 * squares[k] + 0.1 * g * g;
    weights[k] -= (rate * g) / Math.sqrt(squares[k] + EPSILON);
  }
}

/** β₂ = 0.999; both bias corrections are in the rate, ε outside the root. */
function adam(beta, weights, gradients, [means, squares], rate, steps) {
  // Keras takes both β through float32 here, whatever the weights are, and only here:
  // 1 - 0.999 is off by 1e-5 of itself then, which a comparison in float64 sees.
  const left = (decay) => 1 - Math.fround(decay) ** steps;
  const alpha = (rate * Math.sqrt(left(0.999))) / left(beta);
  for (let k = 0; k < weights.length; k++) {
    const g = gradients[k];
    means[k] += (g - means[k]) * (1 - beta);
    squares[k] += (g * g - squares[k]) * (1 - 0.999);
    weights[k] -= (alpha * means[k]) / (Math.sqrt(squares[k]) + EPSILON);
  }
}
