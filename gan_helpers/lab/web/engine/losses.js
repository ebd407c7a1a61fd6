// The losses of gan_helpers.losses, each with its slopes by D's logits, and the penalties
// on D's own slope. Formulas and sources stand there; tests hold these equal to them.

// A term of a loss is a function (logit, out): its value goes to out[0], its slope to
// out[1]. `soft` is softplus(x), whose slope is σ(x); of exp and log each logit costs one.
function soft(x, out) {
  const small = Math.exp(-Math.abs(x)); // never too large
  const share = 1 / (1 + small);
  out[0] = Math.max(x, 0) + Math.log1p(small);
  out[1] = x >= 0 ? share : 1 - share;
}

function softMinus(x, out) {
  soft(-x, out);
  out[1] = -out[1];
}

function minusSoft(x, out) {
  soft(x, out);
  out[0] = -out[0];
  out[1] = -out[1];
}

function itself(x, out) {
  out[0] = x;
  out[1] = 1;
}

function minus(x, out) {
  out[0] = -x;
  out[1] = -1;
}

/** max(0, 1 ± x). */
const ramp = (sign) => (x, out) => {
  out[0] = Math.max(0, 1 + sign * x);
  out[1] = sign * x > -1 ? sign : 0;
};

/** ½ (x - target)². */
const square = (target) => (x, out) => {
  out[0] = ((x - target) * (x - target)) / 2;
  out[1] = x - target;
};

const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x)));

// D's terms of real and of fake, and G's of fake. With `pairs`, a loss is of differences:
// D's term of fake - real, G's of real - fake. `penalty` is the usual one; `levels` are
// at equilibrium, D's first, null where there is none.
const LN2 = Math.LN2;
const LOSSES = {
  minimax: {
    real: softMinus, fake: soft, g: minusSoft, levels: [2 * LN2, -LN2], hasZero: true,
  },
  "non-saturating": {
    real: softMinus, fake: soft, g: softMinus, levels: [2 * LN2, LN2], hasZero: true,
  },
  hinge: { real: ramp(-1), fake: ramp(1), g: minus, levels: [2, null], hasZero: true },
  "least squares": {
    real: square(1), fake: square(0), g: square(1), levels: [0.25, 0.125], hasZero: false,
  },
  wasserstein: {
    real: minus, fake: itself, g: minus, levels: [0, null], hasZero: false,
    penalty: "gradient penalty",
  },
  relativistic: {
    pairs: true, fake: soft, g: soft, levels: [LN2, LN2], hasZero: false,
    penalty: "R1 + R2",
  },
};

// What a penalty makes of |∇D|² at one point: its value and its derivative, in `out`.
const PENALTIES = {
  R1: half,
  R2: half,
  "R1 + R2": half,
  "gradient penalty": (square, out) => {
    const slope = Math.sqrt(square + 1e-12); // as there: flat places stay finite
    out[0] = (slope - 1) * (slope - 1);
    out[1] = (slope - 1) / slope;
  },
};

function half(square, out) {
  out[0] = square / 2;
  out[1] = 0.5;
}

const USUAL = "the usual one";
const PENALTY_CHOICES = [USUAL, "none", ...Object.keys(PENALTIES)];

/** The penalty in force, or null. */
function penaltyOf({ loss, penalty_kind: kind = USUAL }) {
  if (kind === "none") return null;
  return kind === USUAL ? (LOSSES[loss].penalty ?? null) : kind;
}

const term = new Float64Array(2);

/** D's mean loss of two rows of n logits; its slopes go to both rows of `slopes`. */
function discriminatorLoss(name, logits, slopes, n) {
  const { real, fake, pairs } = LOSSES[name];
  let sum = 0;
  for (let k = 0; k < n; k++) {
    if (!pairs) {
      real(logits[k], term);
      sum += term[0];
      slopes[k] = term[1] / n;
    }
    fake(pairs ? logits[n + k] - logits[k] : logits[n + k], term);
    sum += term[0];
    slopes[n + k] = term[1] / n;
    if (pairs) slopes[k] = -slopes[n + k];
  }
  return sum / n;
}

/** G's mean loss of n logits; `real` only matters to losses that compare pairs. */
function generatorLoss(name, real, fake, slopes, n) {
  const { g, pairs } = LOSSES[name];
  let sum = 0;
  for (let k = 0; k < n; k++) {
    g(pairs ? real[k] - fake[k] : fake[k], term);
    sum += term[0];
    slopes[k] = (pairs ? -term[1] : term[1]) / n;
  }
  return sum / n;
}
