// The one-point GAN of lesson 10, whole: G puts its one point at θ, D's logit is ψx, the
// real point is 0. The slopes of losses and penalties are those of engine/losses.js.
// `rules` hold a loss, a penalty, its weight gamma, and the rule of the steps.

const STEP = 0.5; // of time, in every rule but the continuous one
const UNTIL = 40; // time
const FINE = 20; // parts of a step that continuous time is integrated in
const FAR = 1e6; // nothing is followed beyond

/** D's logit where it is undecided; least squares has ½ in the place of 0. */
const undecidedAt = (loss) => (loss === "least squares" ? 0.5 : 0);

/** How hard [G, D] is pushed by a unit of the generated point's logit. */
function pushes(loss, fakeLogit) {
  const [g, d] = [[0], [0, 0]];
  const real = undecidedAt(loss);
  generatorLoss(loss, [real], [fakeLogit], g, 1);
  discriminatorLoss(loss, [real, fakeLogit], d, 1);
  return [-g[0], -d[1]];
}

/** At how many of the two points, real and generated, a penalty takes D's slope. */
const timesOf = (penalty) => ({ none: 0, "R1 + R2": 2 })[penalty] ?? 1;

/** How fast θ and ψ change. */
function velocity(rules, [theta, psi]) {
  const { loss, penalty, gamma } = rules;
  const [g, d] = pushes(loss, psi * theta + undecidedAt(loss));
  const cost = [0, 0];
  if (timesOf(penalty)) PENALTIES[penalty](psi * psi, cost);
  const held = 2 * gamma * timesOf(penalty) * cost[1] * psi;
  return [g * psi, d * theta - held];
}

const along = ([theta, psi], [a, b], h) => [theta + h * a, psi + h * b];

/** One step of size h in continuous time, by the classical Runge-Kutta method. */
function flow(rules, state, h) {
  const a = velocity(rules, state);
  const b = velocity(rules, along(state, a, h / 2));
  const c = velocity(rules, along(state, b, h / 2));
  const d = velocity(rules, along(state, c, h));
  return along(state, [0, 1].map((k) => a[k] + 2 * b[k] + 2 * c[k] + d[k]), h / 6);
}

const STEPS = {
  continuous: flow,
  simultaneous: (rules, state, h) => along(state, velocity(rules, state), h),
  alternating(rules, [theta, psi], h) {
    const moved = psi + h * velocity(rules, [theta, psi])[1]; // D first
    return [theta + h * velocity(rules, [theta, moved])[0], moved];
  },
  extragradient(rules, state, h) {
    const ahead = along(state, velocity(rules, state), h);
    return along(state, velocity(rules, ahead), h);
  },
};

/** Times and states from a start on, as far as they are worth drawing. */
function follow(rules, start) {
  const size = rules.rule === "continuous" ? STEP / FINE : STEP;
  const [times, states] = [[0], [start]];
  for (let k = 1; k * size <= UNTIL; k++) {
    const state = STEPS[rules.rule](rules, states[k - 1], size);
    if (!(Math.hypot(...state) < FAR)) break;
    times.push(k * size);
    states.push(state);
  }
  return { times, states };
}

/** Both roots of x² - sum x + product = 0, [re, im] each, the larger real part first. */
function roots(sum, product) {
  const inside = (sum * sum) / 4 - product;
  const root = Math.sqrt(Math.abs(inside));
  const signs = [1, -1];
  if (inside < 0) return signs.map((sign) => [sum / 2, sign * root]);
  return signs.map((sign) => [sum / 2 + sign * root, 0]);
}

/**
 * What the Jacobian at the solution says: its eigenvalues, by how much a step multiplies
 * the slower term, and how fast the distance then shrinks and turns. Null where the
 * penalty jumps at ψ = 0, so that there is no Jacobian.
 */
function predict({ loss, penalty, gamma, rule }) {
  if (penalty === "gradient penalty" && gamma > 0) return null;
  const [g, d] = pushes(loss, undecidedAt(loss));
  const held = gamma * timesOf(penalty);
  const values = roots(-held, -g * d);
  const h = STEP;
  const step = {
    continuous: ([re, im]) => [re, im].map((x) => x * h), // of exp: its logarithm
    simultaneous: ([re, im]) => [1 + h * re, h * im],
    extragradient: ([re, im]) => [
      1 + h * re + h * h * (re * re - im * im), h * im + 2 * h * h * re * im,
    ],
  };
  const stretch = g * d * h * h; // below 0: the two pull against each other
  const factors =
    rule === "alternating"
      ? roots(2 + stretch - h * held, 1 - h * held)
      : values.map(step[rule]);
  const logs = factors.map(([re, im]) =>
    rule === "continuous" ? [re, im] : [Math.log(Math.hypot(re, im)), Math.atan2(im, re)],
  );
  const [log, angle] = logs.reduce((one, two) => (two[0] > one[0] ? two : one));
  return { values, factor: Math.exp(log), rate: -log / h, turning: Math.abs(angle) / h };
}

/** How fast a path's distance shrinks and how fast it turns, over its second half. */
function measure({ times, states }) {
  const last = times.length - 1;
  const logs = states.map((state) => Math.log(Math.hypot(...state)));
  if (last < 4 || !Number.isFinite(logs[last])) return null;
  const angles = [0];
  for (let k = 1; k <= last; k++) {
    const [[a, b], [c, d]] = [states[k - 1], states[k]];
    angles.push(angles[k - 1] + Math.atan2(a * d - b * c, a * c + b * d));
  }
  // Whole half turns, after which a path has its direction again, or the opposite one:
  // between them the distance goes up and down.
  let from = Math.floor(last / 2);
  const turned = Math.abs(angles[last] - angles[from]);
  const wanted = Math.floor(turned / Math.PI) * Math.PI;
  let share = 0;
  if (wanted) {
    const left = (k) => Math.abs(angles[last] - angles[k]);
    while (left(from + 1) >= wanted) from += 1;
    share = (left(from) - wanted) / (left(from) - left(from + 1));
  }
  const between = (list) => list[from] + share * (list[from + 1] - list[from]);
  const time = times[last] - between(times);
  return {
    rate: (between(logs) - logs[last]) / time,
    turning: (wanted || turned) / time,
  };
}
