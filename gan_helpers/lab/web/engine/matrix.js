// The products that dense layers are made of; nine tenths of all arithmetic is here.
//
// A batch lies feature by feature, (features, n): the samples of one feature are
// neighbours in memory. Each product computes tiles of 4 by 4 sums at once, which stay
// in registers: 8 loads then serve 16 multiply-adds. n is a multiple of 4; a last row
// or column that fills no tile is computed by itself. Kernels are Keras', (in, out).

/** y (out, n) = kernelᵀ x + bias, for x (in, n). */
function multiply(x, kernel, bias, y, nIn, nOut, n) {
  let j = 0;
  for (; j + 4 <= nOut; j += 4) {
    const [b0, b1, b2, b3] = [bias[j], bias[j + 1], bias[j + 2], bias[j + 3]];
    for (let c = 0; c < n; c += 4) {
      let s00 = b0, s01 = b0, s02 = b0, s03 = b0;
      let s10 = b1, s11 = b1, s12 = b1, s13 = b1;
      let s20 = b2, s21 = b2, s22 = b2, s23 = b2;
      let s30 = b3, s31 = b3, s32 = b3, s33 = b3;
      for (let i = 0, at = c, k = j; i < nIn; i++, at += n, k += nOut) {
        const x0 = x[at], x1 = x[at + 1], x2 = x[at + 2], x3 = x[at + 3];
        const w0 = kernel[k], w1 = kernel[k + 1], w2 = kernel[k + 2], w3 = kernel[k + 3];
        s00 += w0 * x0; s01 += w0 * x1; s02 += w0 * x2; s03 += w0 * x3;
        s10 += w1 * x0; s11 += w1 * x1; s12 += w1 * x2; s13 += w1 * x3;
        s20 += w2 * x0; s21 += w2 * x1; s22 += w2 * x2; s23 += w2 * x3;
        s30 += w3 * x0; s31 += w3 * x1; s32 += w3 * x2; s33 += w3 * x3;
      }
      let to = j * n + c;
      y[to] = s00; y[to + 1] = s01; y[to + 2] = s02; y[to + 3] = s03;
      to += n;
      y[to] = s10; y[to + 1] = s11; y[to + 2] = s12; y[to + 3] = s13;
      to += n;
      y[to] = s20; y[to + 1] = s21; y[to + 2] = s22; y[to + 3] = s23;
      to += n;
      y[to] = s30; y[to + 1] = s31; y[to + 2] = s32; y[to + 3] = s33;
    }
  }
  for (; j < nOut; j++) {
    const b = bias[j];
    for (let c = 0; c < n; c += 4) {
      let s0 = b, s1 = b, s2 = b, s3 = b;
      for (let i = 0, at = c, k = j; i < nIn; i++, at += n, k += nOut) {
        const w = kernel[k];
        s0 += w * x[at]; s1 += w * x[at + 1];
        s2 += w * x[at + 2]; s3 += w * x[at + 3];
      }
      const to = j * n + c;
      y[to] = s0; y[to + 1] = s1; y[to + 2] = s2; y[to + 3] = s3;
    }
  }
}

/** x (in, n) = kernel y, for y (out, n): the way back through a layer. */
function multiplyBack(y, kernel, x, nIn, nOut, n) {
  let i = 0;
  for (; i + 4 <= nIn; i += 4) {
    for (let c = 0; c < n; c += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
      let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
      let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
      let k0 = i * nOut, k1 = k0 + nOut, k2 = k1 + nOut, k3 = k2 + nOut;
      for (let j = 0, at = c; j < nOut; j++, at += n) {
        const y0 = y[at], y1 = y[at + 1], y2 = y[at + 2], y3 = y[at + 3];
        const w0 = kernel[k0++], w1 = kernel[k1++], w2 = kernel[k2++], w3 = kernel[k3++];
        s00 += w0 * y0; s01 += w0 * y1; s02 += w0 * y2; s03 += w0 * y3;
        s10 += w1 * y0; s11 += w1 * y1; s12 += w1 * y2; s13 += w1 * y3;
        s20 += w2 * y0; s21 += w2 * y1; s22 += w2 * y2; s23 += w2 * y3;
        s30 += w3 * y0; s31 += w3 * y1; s32 += w3 * y2; s33 += w3 * y3;
      }
      let to = i * n + c;
      x[to] = s00; x[to + 1] = s01; x[to + 2] = s02; x[to + 3] = s03;
      to += n;
      x[to] = s10; x[to + 1] = s11; x[to + 2] = s12; x[to + 3] = s13;
      to += n;
      x[to] = s20; x[to + 1] = s21; x[to + 2] = s22; x[to + 3] = s23;
      to += n;
      x[to] = s30; x[to + 1] = s31; x[to + 2] = s32; x[to + 3] = s33;
    }
  }
  for (; i < nIn; i++) {
    for (let c = 0; c < n; c += 4) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let j = 0, at = c, k = i * nOut; j < nOut; j++, at += n) {
        const w = kernel[k++];
        s0 += w * y[at]; s1 += w * y[at + 1];
        s2 += w * y[at + 2]; s3 += w * y[at + 3];
      }
      const to = i * n + c;
      x[to] = s0; x[to + 1] = s1; x[to + 2] = s2; x[to + 3] = s3;
    }
  }
}

/** kernel (in, out) += x yᵀ, for x (in, n) and y (out, n): a kernel's gradient. */
function addOuter(x, y, kernel, nIn, nOut, n) {
  for (let i = 0; i < nIn; i += 4) {
    for (let j = 0; j < nOut; j += 4) {
      if (i + 4 <= nIn && j + 4 <= nOut) addTile(x, y, kernel, i, j, nOut, n);
      else {
        for (let r = i; r < Math.min(i + 4, nIn); r++) {
          for (let q = j; q < Math.min(j + 4, nOut); q++) {
            kernel[r * nOut + q] += dot(x, r * n, y, q * n, n);
          }
        }
      }
    }
  }
}

function addTile(x, y, kernel, i, j, nOut, n) {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  let a0 = i * n, a1 = a0 + n, a2 = a1 + n, a3 = a2 + n;
  let b0 = j * n, b1 = b0 + n, b2 = b1 + n, b3 = b2 + n;
  for (let c = 0; c < n; c++) {
    const x0 = x[a0++], x1 = x[a1++], x2 = x[a2++], x3 = x[a3++];
    const y0 = y[b0++], y1 = y[b1++], y2 = y[b2++], y3 = y[b3++];
    s00 += x0 * y0; s01 += x0 * y1; s02 += x0 * y2; s03 += x0 * y3;
    s10 += x1 * y0; s11 += x1 * y1; s12 += x1 * y2; s13 += x1 * y3;
    s20 += x2 * y0; s21 += x2 * y1; s22 += x2 * y2; s23 += x2 * y3;
    s30 += x3 * y0; s31 += x3 * y1; s32 += x3 * y2; s33 += x3 * y3;
  }
  let to = i * nOut + j;
  kernel[to] += s00; kernel[to + 1] += s01; kernel[to + 2] += s02; kernel[to + 3] += s03;
  to += nOut;
  kernel[to] += s10; kernel[to + 1] += s11; kernel[to + 2] += s12; kernel[to + 3] += s13;
  to += nOut;
  kernel[to] += s20; kernel[to + 1] += s21; kernel[to + 2] += s22; kernel[to + 3] += s23;
  to += nOut;
  kernel[to] += s30; kernel[to + 1] += s31; kernel[to + 2] += s32; kernel[to + 3] += s33;
}

function dot(x, from, y, at, n) {
  // Four sums: one alone would wait for each addition before the next.
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let c = 0; c < n; c += 4) {
    s0 += x[from + c] * y[at + c];
    s1 += x[from + c + 1] * y[at + c + 1];
    s2 += x[from + c + 2] * y[at + c + 2];
    s3 += x[from + c + 3] * y[at + c + 3];
  }
  return s0 + s1 + s2 + s3;
}

/** bias (out) += the sums of y (out, n) over the batch. */
function addSums(y, bias, nOut, n) {
  for (let j = 0, at = 0; j < nOut; j++) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (const end = at + n; at < end; at += 4) {
      s0 += y[at]; s1 += y[at + 1]; s2 += y[at + 2]; s3 += y[at + 3];
    }
    bias[j] += s0 + s1 + s2 + s3;
  }
}
