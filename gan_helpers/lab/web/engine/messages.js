// One message in, one reply out: the protocol of messages.py, and one message more,
// "setup", with which a link or an example sets several settings at once.

const MAX_STEPS = 1000;
const MAX_MILLISECONDS = 1000;
const sent = new WeakMap(); // record to the iteration up to which views have its curves

/** Do what a message asks for; { content, buffers }, and it never throws. */
function handle(lab, message) {
  const { type, request, view } = message ?? {};
  const reply = { type: "frame", ok: true, to: type, request, view };
  try {
    if (!Object.hasOwn(ANSWERS, type)) {
      const known = Object.keys(ANSWERS).join(", ");
      throw new RangeError(`The message type ${quote(type)} is unknown, expected ${known}.`);
    }
    Object.assign(reply, ANSWERS[type](lab, message));
  } catch (error) {
    Object.assign(reply, { type: "error", ok: false, text: error.message });
  }
  return pack(reply);
}

const ANSWERS = {
  hello: (lab) => show(lab, { whole: true }),
  frame(lab, message) {
    lab.trainFor(numberOf(message, "ms", 1, MAX_MILLISECONDS));
    return show(lab);
  },
  step(lab, { who, n = 1 }) {
    const count = numberOf({ n }, "n", 1, MAX_STEPS, true);
    if (who === "both") lab.step(count);
    else if (who === "d" || who === "g") {
      for (let k = 0; k < count; k++) lab.singleStep(who);
    } else throw new RangeError(`who is ${quote(who)}, expected d, g or both.`);
    return show(lab);
  },
  set(lab, { name, value }) {
    lab.set({ [name]: value });
    // The levels at equilibrium are those of the new loss from now on.
    return show(lab, { anew: name === "loss" || name === "penalty_kind" });
  },
  /** Start anew with these settings; what does not fit is named and left out. */
  setup(lab, { values }) {
    const problems = [];
    const good = { ...new Settings().values };
    for (const [name, value] of Object.entries(values ?? {})) {
      try {
        good[name] = lab.settings.fit(name, value);
      } catch (error) {
        problems.push(error.message);
      }
    }
    lab.halted = null;
    lab.settings.assign(good);
    lab.begin();
    return { ...show(lab), problems };
  },
  scrub(lab, message) {
    const index = indexOf(lab, message);
    return { ...lab.record.frames[index].content, ...place(lab, index) };
  },
  rewind(lab, message) {
    const asked = indexOf(lab, message);
    const index = lab.rewind(asked);
    const reply = show(lab);
    if (index !== asked) {
      reply.text =
        `Frame ${asked + 1} is kept as a picture only; the nearest earlier one with ` +
        `networks is ${index + 1}. ${reply.text}`;
    }
    return reply;
  },
  reset(lab, { seed }) {
    lab.reset(seed);
    return show(lab);
  },
  draw(lab, { points }) {
    lab.draw(points);
    return show(lab);
  },
  save: (lab) => ({ type: "saved", run: encodeRun(lab), text: "Saved as a web page." }),
  ping: () => ({ type: "pong", text: "" }),
};

/** The newest frame, with the rows of the curves that the views lack. */
function show(lab, { whole = false, anew = false } = {}) {
  const { index, content } = lab.frame();
  const shown = anew && !lab.halted ? lab.look().content : content;
  const { record } = lab;
  const since = whole ? -1 : (sent.get(record) ?? -1);
  // A hello answers one view; others still wait for the rows since the last frame.
  if (!whole) sent.set(record, lab.iteration);
  const arrays = {
    ...shown.arrays,
    losses: record.losses.after(since),
    quality: record.quality.after(since),
  };
  return {
    ...shown, arrays, whole: since < 0, kind: "points",
    ...place(lab, index), settings: lab.settings.asList(),
  };
}

function place({ record: { frames }, halted }, index) {
  const iterations = frames.map(({ content }) => content.iteration);
  return { index, n_frames: frames.length, frame_iterations: iterations, halted };
}

/** The frame of this iteration, or the one before it if it was thinned out. */
function indexOf({ record: { frames } }, message) {
  const last = frames[frames.length - 1].content.iteration;
  const asked = numberOf(message, "iteration", 0, last, true);
  let index = frames.length - 1;
  while (frames[index].content.iteration > asked) index -= 1;
  return index;
}

function numberOf(message, name, minimum, maximum, whole = false) {
  const value = message[name];
  const fits = Number.isFinite(value) && value >= minimum && value <= maximum;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "a whole number" : "a number";
  throw new RangeError(
    `${name} is ${quote(value)}, expected ${kind} from ${minimum} to ${maximum}.`,
  );
}

const COLUMNS = { losses: 3, quality: 3, arrows: 4 };

/** Split a reply into what is described and the arrays' bytes, which are copies. */
function pack({ arrays = {}, ...content }) {
  const described = [];
  const buffers = [];
  for (const [name, array] of Object.entries(arrays)) {
    const bytes = array instanceof Uint8Array;
    const copy = bytes ? array.slice() : Float32Array.from(array);
    const columns = COLUMNS[name] ?? 2;
    const shape = bytes ? [N_CELLS, N_CELLS] : [array.length / columns, columns];
    described.push({ name, dtype: bytes ? "uint8" : "float32", shape });
    buffers.push(copy);
  }
  return { content: { ...content, arrays: described }, buffers };
}
