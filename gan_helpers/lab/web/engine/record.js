// What a run remembers, as recording.py does: frames to look back at, states to return
// to, curves. All of it is bounded: when a list is full, every second entry goes and from
// then on half as many are added, so that the whole run stays covered evenly.

const MAX_FRAMES = 300;
const MAX_STATE_BYTES = 2e7;
const MAX_ROWS = 2000;

/** Rows of numbers against the iteration. */
class Curve {
  constructor(columns) {
    this.columns = columns;
    this.rows = new Float32Array(MAX_ROWS * columns);
    this.held = 0;
    this.stride = 1;
    this.seen = 0;
  }

  add(row) {
    if (this.seen % this.stride === 0) {
      if (this.held === MAX_ROWS) this.thin();
      this.rows.set(row, this.columns * this.held);
      this.held += 1;
    }
    this.seen += 1;
  }

  thin() {
    const { columns, rows } = this;
    this.held = MAX_ROWS / 2;
    for (let k = 0; k < this.held; k++) {
      rows.copyWithin(columns * k, 2 * columns * k, columns * (2 * k + 1));
    }
    this.stride *= 2;
  }

  /** Forget what came after `iteration`. */
  cut(iteration) {
    while (this.held && this.rows[this.columns * (this.held - 1)] > iteration) this.held -= 1;
    this.seen = this.held * this.stride;
  }

  /** The rows of later iterations than `since`, a new flat array. */
  after(since) {
    let first = this.held;
    while (first && this.rows[this.columns * (first - 1)] > since) first -= 1;
    return this.rows.slice(this.columns * first, this.columns * this.held);
  }
}

class Record {
  constructor() {
    this.frames = []; // { content, state or null, bytes, serial }, the oldest first
    this.losses = new Curve(3);
    this.quality = new Curve(3);
    this.stride = 1;
    this.serial = 0;
  }

  add(content, state, bytes) {
    // The newest frame is always kept; it gives way if it is between two strides.
    const last = this.frames[this.frames.length - 1];
    if (last && last.serial % this.stride) this.frames.pop();
    const newest = { content, state, bytes, serial: this.serial };
    this.frames.push(newest);
    this.serial += 1;
    if (this.frames.length > MAX_FRAMES) {
      this.stride *= 2;
      this.frames = this.frames.filter(({ serial }) => serial % this.stride === 0);
      if (this.frames[this.frames.length - 1] !== newest) this.frames.push(newest);
    }
    this.dropStates();
  }

  /** Give up every second state, but the first and last, while they do not fit. */
  dropStates() {
    let held = this.frames.filter(({ state }) => state);
    const size = () => held.reduce((sum, { bytes }) => sum + bytes, 0);
    while (held.length > 2 && size() > MAX_STATE_BYTES) {
      const newest = held[held.length - 1];
      let kept = held.filter((frame, k) => k % 2 === 0 && frame !== newest);
      // Three to two: the middle one goes.
      if (kept.length + 1 === held.length) kept = [held[0]];
      kept.push(newest);
      for (const frame of held) if (!kept.includes(frame)) frame.state = null;
      held = kept;
    }
  }

  /** The newest frame up to `index` whose state is kept; frame 0's always is. */
  nearestState(index) {
    while (!this.frames[index].state) index -= 1;
    return index;
  }

  /** A record without what came after frame `index`; this one is given up. */
  branch(index) {
    const branch = Object.assign(new Record(), this);
    branch.frames = this.frames.slice(0, index + 1);
    branch.serial = this.frames[index].serial + 1;
    const { iteration } = this.frames[index].content;
    branch.losses.cut(iteration);
    branch.quality.cut(iteration);
    return branch;
  }
}
