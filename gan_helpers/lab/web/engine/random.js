// Random numbers that follow from a key, as (seed, stream, draw): a run that goes back
// to an iteration draws the same batches again, because nothing else is remembered.

const POOL_SIZE = 8192;

/** sfc32 of Doty-Humphrey's PractRand, started from whole numbers. */
class Random {
  constructor(...key) {
    this.state = new Int32Array(4);
    for (let at = 0; at < 4; at++) {
      let hash = (0x9e3779b9 * (at + 1)) | 0;
      for (const part of key) hash = mix(hash ^ mix(part + 0x85ebca6b));
      this.state[at] = hash;
    }
    for (let k = 0; k < 8; k++) this.next(); // the key reaches every bit
  }

  /** A whole number from 0 to 2³² - 1. */
  next() {
    const s = this.state;
    const sum = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + sum;
    return sum >>> 0;
  }

  /** From `low` to below `high`; 24 bits, so that float32 holds it as it is. */
  uniform(low = 0, high = 1) {
    return low + (high - low) * ((this.next() >>> 8) / 16777216);
  }

  /** A standard normal number, by Box and Muller. */
  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number from 0 to below `n`. */
  below(n) {
    return Math.floor((this.next() / 4294967296) * n);
  }

  /** 0 to n - 1 in random order. */
  permutation(n) {
    const order = Array.from({ length: n }, (_, k) => k);
    for (let k = n - 1; k > 0; k--) {
      const other = this.below(k + 1);
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  }
}

/** The final mixer of MurmurHash3. */
function mix(hash) {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
