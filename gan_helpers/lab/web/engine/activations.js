// Activations and their first two derivatives, all from the activation's own output y:
// the input need not be kept. Everything is done in place.

const LEAK = Math.fround(0.2); // TensorFlow keeps this slope in single precision
const ACTIVATIONS = ["leaky ReLU", "ReLU", "tanh", "ELU"];

/** y = a(y) for the first `count` numbers. */
function activate(name, y, count) {
  if (name === "leaky ReLU") {
    // Half the signs are negative, in no order: a branch would be guessed wrong.
    for (let k = 0; k < count; k++) y[k] = Math.max(y[k], LEAK * y[k]);
  } else if (name === "ReLU") {
    // Not Math.max(0, y): what is not a number must not look like one.
    for (let k = 0; k < count; k++) if (y[k] < 0) y[k] = 0;
  } else if (name === "tanh") {
    for (let k = 0; k < count; k++) y[k] = Math.tanh(y[k]);
  } else if (name === "ELU") {
    for (let k = 0; k < count; k++) if (y[k] < 0) y[k] = Math.expm1(y[k]);
  }
}

/** slope *= a′, where the activation gave y. */
function timesSlope(name, y, slope, count) {
  if (name === "leaky ReLU") {
    for (let k = 0; k < count; k++) slope[k] *= LEAK + (1 - LEAK) * Number(y[k] > 0);
  } else if (name === "ReLU") {
    for (let k = 0; k < count; k++) if (!(y[k] > 0)) slope[k] = 0;
  } else if (name === "tanh") {
    for (let k = 0; k < count; k++) slope[k] *= 1 - y[k] * y[k];
  } else if (name === "ELU") {
    for (let k = 0; k < count; k++) if (y[k] < 0) slope[k] *= y[k] + 1;
  }
}

/** Whether a″ is not 0 everywhere. */
const isCurved = (name) => name === "tanh" || name === "ELU";

/** out += (a″ / a′) tangent slope: what the curve of a adds in `addSlopeGradient`. */
function addCurve(name, y, tangent, slope, out, count) {
  if (name === "tanh") {
    for (let k = 0; k < count; k++) out[k] -= 2 * y[k] * tangent[k] * slope[k];
  } else if (name === "ELU") {
    for (let k = 0; k < count; k++) if (y[k] < 0) out[k] += tangent[k] * slope[k];
  }
}
