// A recorded run in the form that the player reads, as player.py writes it.

const LEVELS = 65534; // and one more, 65535, for what is not a number
const MAX_RUN = 2.6e6; // characters; page and player come on top, 3 MB in all

/** 16 bits between each column's extremes; bytes as they are. */
function encodeArray(array, columns) {
  if (array instanceof Uint8Array) {
    return { dtype: "uint8", shape: [N_CELLS, N_CELLS], data: base64(array) };
  }
  const low = new Array(columns).fill(Infinity);
  const high = new Array(columns).fill(-Infinity);
  array.forEach((value, k) => {
    if (!Number.isFinite(value)) return;
    low[k % columns] = Math.min(low[k % columns], value);
    high[k % columns] = Math.max(high[k % columns], value);
  });
  for (let c = 0; c < columns; c++) if (low[c] > high[c]) low[c] = high[c] = 0;
  const levels = Uint16Array.from(array, (value, k) => {
    const c = k % columns;
    if (!Number.isFinite(value)) return LEVELS + 1;
    return Math.round((value - low[c]) * (LEVELS / (high[c] - low[c] || 1)));
  });
  const shape = [array.length / columns, columns];
  const data = base64(new Uint8Array(levels.buffer));
  return { dtype: "float", shape, low, high, data };
}

function base64(bytes) {
  let text = "";
  for (let k = 0; k < bytes.length; k += 8192) {
    text += String.fromCharCode(...bytes.subarray(k, k + 8192));
  }
  return btoa(text);
}

/** All frames, or every second, fourth, ... of them, and the curves, as JSON. */
function encodeRun({ record, settings }) {
  const encodeAll = (arrays) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name, encodeArray(array, COLUMNS[name] ?? 2),
      ]),
    );
  const encode = ({ content }) => ({ ...content, arrays: encodeAll(content.arrays) });
  const curves = encodeAll({
    losses: record.losses.after(-1), quality: record.quality.after(-1),
  });
  const values = settings.all.map(({ label, value }) => `${label}: ${value}`).join("; ");
  let about = `Settings at the end. ${values}.`;
  for (let every = 1; ; every *= 2) {
    // The newest frame is kept whatever the stride.
    const { frames } = record;
    const kept = frames.filter((_, k) => (frames.length - 1 - k) % every === 0);
    if (every > 1) about = `${about.split(" One rec")[0]} One recorded frame in ${every} is kept.`;
    const run = { kind: "points", frames: kept.map(encode), about, curves };
    // Whatever a text says, it cannot end the script that it stands in.
    const text = JSON.stringify(run).replaceAll("<", "\\u003c");
    if (text.length <= MAX_RUN || kept.length === 1) return text;
  }
}
