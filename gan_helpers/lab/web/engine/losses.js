// The losses of gan_helpers.losses, each with its slopes by D's logits, and the penalties
// on D's own slope. Formulas and sources stand there; tests hold these equal to them.

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
// exp only of what is not positive: no logit is too large.
const sigmoid = (x) =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x));

// A loss gives its value and slopes for one pair of logits, real and fake, in `out`:
// [d value, its slope by real, by fake; g value, its slope by fake]. Means are taken
// over pairs, so a term of one logit alone counts as a pair's, too.
function minimax(real, fake, out) {
  out[0] = softplus(-real) + softplus(fake);
  out[1] = -sigmoid(-real);
  out[2] = sigmoid(fake);
  out[3] = -softplus(fake);
  out[4] = -out[2];
}

function nonSaturating(real, fake, out) {
  minimax(real, fake, out);
  out[3] = softplus(-fake);
  out[4] = -sigmoid(-fake);
}

function hinge(real, fake, out) {
  out[0] = Math.max(0, 1 - real) + Math.max(0, 1 + fake);
  out[1] = real < 1 ? -1 : 0;
  out[2] = fake > -1 ? 1 : 0;
  out[3] = -fake;
  out[4] = -1;
}

function leastSquares(real, fake, out) {
  out[0] = ((real - 1) * (real - 1) + fake * fake) / 2;
  out[1] = real - 1;
  out[2] = fake;
  out[3] = ((fake - 1) * (fake - 1)) / 2;
  out[4] = fake - 1;
}

function wasserstein(real, fake, out) {
  out[0] = fake - real;
  out[1] = -1;
  out[2] = 1;
  out[3] = -fake;
  out[4] = -1;
}

function relativistic(real, fake, out) {
  out[0] = softplus(fake - real);
  out[1] = -sigmoid(fake - real);
  out[2] = -out[1];
  out[3] = softplus(real - fake);
  out[4] = -sigmoid(real - fake);
}

// `penalty` is the usual one; `levels` are at equilibrium, null where there is none.
const LN2 = Math.LN2;
const LOSSES = {
  minimax: { both: minimax, levels: [2 * LN2, -LN2], hasZero: true },
  "non-saturating": { both: nonSaturating, levels: [2 * LN2, LN2], hasZero: true },
  hinge: { both: hinge, levels: [2, null], hasZero: true },
  "least squares": { both: leastSquares, levels: [0.25, 0.125], hasZero: false },
  "wasserstein-gp": {
    both: wasserstein, levels: [0, null], hasZero: false, penalty: "slope 1",
  },
  relativistic: {
    both: relativistic, levels: [LN2, LN2], hasZero: false, penalty: "R1 + R2",
    pairs: true, // G's loss needs the real logits
  },
};

// What a penalty makes of |∇D|² at one point: its value and its derivative, in `out`.
const PENALTIES = {
  "slope 1": (square, out) => {
    const slope = Math.sqrt(square + 1e-12); // as there: flat places stay finite
    out[0] = (slope - 1) * (slope - 1);
    out[1] = (slope - 1) / slope;
  },
  R1: half,
  R2: half,
  "R1 + R2": half,
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

const triple = new Float64Array(5);

/** D's mean loss of two rows of n logits; its slopes go to both rows of `slopes`. */
function discriminatorLoss(name, logits, slopes, n) {
  const { both } = LOSSES[name];
  let sum = 0;
  for (let k = 0; k < n; k++) {
    both(logits[k], logits[n + k], triple);
    sum += triple[0];
    slopes[k] = triple[1] / n;
    slopes[n + k] = triple[2] / n;
  }
  return sum / n;
}

/** G's mean loss of n logits; `real` only matters to losses that compare pairs. */
function generatorLoss(name, real, fake, slopes, n) {
  const { both } = LOSSES[name];
  let sum = 0;
  for (let k = 0; k < n; k++) {
    both(real ? real[k] : 0, fake[k], triple);
    sum += triple[3];
    slopes[k] = triple[4] / n;
  }
  return sum / n;
}
