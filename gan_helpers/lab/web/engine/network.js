// Dense networks: the way forward, the way back, and the gradient of a gradient.
//
// A penalty on D's slope needs ∂/∂weights of ∇D(x), a second derivative. It is written
// by hand here, the way back over the way forward, and not by a general reverse mode.
// For fixed vectors v, Σ v·∇D(x) is D's derivative along v, which one more pass forward
// computes beside D itself: t ← a′(z) · Kᵀt, from t = v. The gradient of that by the
// weights is two outer products a layer. One is of t with what the way back through D
// gives anyway. The other is there only where an activation is curved; for leaky ReLU
// and ReLU it is 0 and not computed. So a penalty costs about one pass forward, one back
// and one more sum for the kernels, and no tape is kept: the buffers are made once.

/** What one batch of n leaves in the layers; layer 0 is the input. */
class Pass {
  constructor(sizes, n, Float) {
    const buffers = () => sizes.map((size) => new Float(size * n));
    this.n = n;
    this.y = buffers(); // outputs, after the activation
    this.d = buffers(); // ∂loss/∂z, before the activation; of layer 0: ∂loss/∂x
    this.buffers = buffers;
  }

  /** The buffers of `addSlopeGradient`, made when a penalty first asks for them. */
  get second() {
    this._second ??= { t: this.buffers(), p: this.buffers(), q: this.buffers() };
    return this._second;
  }
}

/**
 * A dense network. `layers` are { units, activation }, no activation for a linear one;
 * `weights` is one array of all kernels (in, out), row by row, each before its bias.
 */
class Network {
  constructor(nIn, layers, Float = Float32Array) {
    this.Float = Float;
    this.sizes = [nIn, ...layers.map(({ units }) => units)];
    this.activations = [null, ...layers.map(({ activation }) => activation)];
    this.depth = layers.length;
    const counts = layers.map(({ units }, k) => (this.sizes[k] + 1) * units);
    const total = counts.reduce((a, b) => a + b, 0);
    this.weights = new Float(total);
    this.gradients = new Float(total);
    this.kernels = [null];
    this.biases = [null];
    this.kernelGradients = [null];
    this.biasGradients = [null];
    let at = 0;
    layers.forEach(({ units }, k) => {
      const middle = at + this.sizes[k] * units;
      this.kernels.push(this.weights.subarray(at, middle));
      this.kernelGradients.push(this.gradients.subarray(at, middle));
      at = middle + units;
      this.biases.push(this.weights.subarray(middle, at));
      this.biasGradients.push(this.gradients.subarray(middle, at));
    });
    this.zeros = new Float(Math.max(...this.sizes));
    this.passes = new Map();
  }

  /** Glorot's uniform weights, and zeros for the biases, as Keras starts them. */
  start(random) {
    for (let l = 1; l <= this.depth; l++) {
      const limit = Math.sqrt(6 / (this.sizes[l - 1] + this.sizes[l]));
      const kernel = this.kernels[l];
      for (let k = 0; k < kernel.length; k++) kernel[k] = random.uniform(-limit, limit);
      this.biases[l].fill(0);
    }
  }

  /** Buffers for n samples, the same ones for the same name. */
  pass(name, n) {
    const key = `${name} ${n}`;
    if (!this.passes.has(key)) {
      this.passes.set(key, new Pass(this.sizes, n, this.Float));
    }
    return this.passes.get(key);
  }

  /** Fill pass.y from pass.y[0], the inputs (in, n); returns the outputs (out, n). */
  forward(pass, depth = this.depth) {
    const { y, n } = pass;
    for (let l = 1; l <= depth; l++) {
      const [nIn, nOut] = [this.sizes[l - 1], this.sizes[l]];
      multiply(y[l - 1], this.kernels[l], this.biases[l], y[l], nIn, nOut, n);
      activate(this.activations[l], y[l], nOut * n);
    }
    return y[depth];
  }

  /** Fill `d` from its last layer down to `lowest`; 0 is the input. */
  back({ y, n }, d, lowest) {
    for (let l = this.depth; l > lowest; l--) {
      const [nIn, nOut] = [this.sizes[l - 1], this.sizes[l]];
      multiplyBack(d[l], this.kernels[l], d[l - 1], nIn, nOut, n);
      timesSlope(this.activations[l - 1], y[l - 1], d[l - 1], nIn * n);
    }
  }

  /** gradients += those of the loss whose slopes by the outputs are in pass.d. */
  addGradient(pass) {
    this.back(pass, pass.d, 1);
    this.addProducts(pass.y, pass.d, pass.n);
  }

  addProducts(inputs, slopes, n, { biases = true } = {}) {
    for (let l = 1; l <= this.depth; l++) {
      const [nIn, nOut] = [this.sizes[l - 1], this.sizes[l]];
      addOuter(inputs[l - 1], slopes[l], this.kernelGradients[l], nIn, nOut, n);
      if (biases) addSums(slopes[l], this.biasGradients[l], nOut, n);
    }
  }

  /** ∇D(x) of a network with one output, (in, n), after a pass forward. */
  slopes(pass) {
    const { p } = pass.second;
    p[this.depth].fill(1);
    this.back(pass, p, 0);
    return p[0];
  }

  /** gradients += ∂/∂weights of Σ v·∇D(x), after `slopes`; v (in, n) in second.t[0]. */
  addSlopeGradient(pass) {
    const { y, n } = pass;
    const { t, p, q } = pass.second;
    for (let l = 1; l < this.depth; l++) {
      const count = this.sizes[l] * n;
      const [nIn, nOut] = [this.sizes[l - 1], this.sizes[l]];
      // A tangent has no bias.
      multiply(t[l - 1], this.kernels[l], this.zeros, t[l], nIn, nOut, n);
      // q keeps what the curve adds: it needs the tangent before the slope is applied.
      q[l].fill(0);
      addCurve(this.activations[l], y[l], t[l], p[l], q[l], count);
      timesSlope(this.activations[l], y[l], t[l], count);
    }
    this.addProducts(t, p, n, { biases: false });
    if (!this.activations.some(isCurved)) return;
    q[this.depth].fill(0);
    const below = pass.d; // free: the loss's own gradient is done
    for (let l = this.depth; l > 1; l--) {
      const [nIn, nOut] = [this.sizes[l - 1], this.sizes[l]];
      multiplyBack(q[l], this.kernels[l], below[l - 1], nIn, nOut, n);
      timesSlope(this.activations[l - 1], y[l - 1], below[l - 1], nIn * n);
      for (let k = 0; k < nIn * n; k++) q[l - 1][k] += below[l - 1][k];
    }
    this.addProducts(y, q, n);
  }
}
