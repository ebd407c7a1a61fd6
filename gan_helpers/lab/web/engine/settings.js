// The settings of the page's lab: those of the notebook's lab (controls.py), and what
// only this engine can change: optimizer and number of hidden layers.

const PENALTY_HELP =
  "With s for D’s slope at a point: R1 is ½ E[s²] at real samples, R2 the same at " +
  "generated ones, and the gradient penalty is E[(s - 1)²] between them. The usual one " +
  "is what the loss comes with, if anything.";

class Settings {
  constructor() {
    const rate = { kind: "range", minimum: 1e-5, maximum: 1, log: true, value: 1e-3 };
    const steps = { kind: "integer", minimum: 1, maximum: 10, value: 1 };
    const whole = (value, minimum, maximum) => ({
      kind: "integer", value, minimum, maximum, restarts: true,
    });
    const choice = (value, choices, more) => ({ kind: "choice", value, choices, ...more });
    const restarts = { restarts: true };
    const made = {
      d_rate: ["D’s learning rate", rate],
      g_rate: ["G’s learning rate", rate],
      d_steps: ["D steps an iteration", steps],
      g_steps: ["G steps an iteration", steps],
      loss: ["Loss", choice("non-saturating", Object.keys(LOSSES))],
      penalty_kind: [
        "Penalty on D’s slope",
        choice(USUAL, PENALTY_CHOICES, { help: PENALTY_HELP }),
      ],
      penalty: [
        "Weight of the penalty",
        { kind: "range", value: 1, minimum: 0.001, maximum: 100, log: true },
      ],
      data: ["Data", choice("quadratic", DATASETS, restarts)],
      noise: ["Noise", choice("uniform", ["uniform", "normal"], restarts)],
      noise_dim: ["Noise dimensions", whole(2, 1, 16)],
      activation: ["Activation", choice("leaky ReLU", ACTIVATIONS, restarts)],
      depth: ["Hidden layers", whole(2, 1, 4)],
      width: ["Units in each", whole(16, 4, 128)],
      optimizer: ["Optimizer", choice("RMSProp", Object.keys(OPTIMIZERS), restarts)],
      seed: [
        "Seed",
        { ...whole(0, 0, 1e6), help: "Noise, batches and first weights follow from it." },
      ],
    };
    this.all = Object.entries(made).map(([name, [label, rest]]) => ({
      name, label, minimum: null, maximum: null, log: false, choices: [],
      enabled: true, restarts: false, help: "", ...rest,
    }));
    this.values = {}; // in force, by name
    for (const setting of this.all) this.values[setting.name] = setting.value;
    this.explain();
  }

  find(name) {
    const found = this.all.find((setting) => setting.name === name);
    if (found) return found;
    const names = this.all.map((setting) => setting.name).join(", ");
    throw new RangeError(`There is no setting ${quote(name)}, expected one of ${names}.`);
  }

  /** `value` as setting `name` keeps it; RangeError when it does not fit. */
  fit(name, value) {
    const { label, kind, choices, minimum, maximum } = this.find(name);
    if (kind === "choice") {
      if (choices.includes(value)) return value;
      const all = choices.join("; ");
      throw new RangeError(`${label} is ${quote(value)}, expected one of: ${all}.`);
    }
    const whole = kind === "integer";
    const fits = Number.isFinite(value) && value >= minimum && value <= maximum;
    if (fits && (!whole || Number.isInteger(value))) return value;
    const what = whole ? "a whole number" : "a number";
    throw new RangeError(
      `${label} is ${quote(value)}, expected ${what} from ${minimum} to ` +
        `${maximum.toLocaleString("en-US")}.`,
    );
  }

  /** Take over fitted values by name. */
  assign(values) {
    for (const [name, value] of Object.entries(values)) {
      this.find(name).value = value;
      this.values[name] = value;
    }
    this.explain();
  }

  /** Say whether the penalty's weight may be set. */
  explain() {
    const weight = this.find("penalty");
    weight.enabled = penaltyOf(this.values) !== null;
    weight.help = weight.enabled ? "" : "there is no penalty now; choose one first.";
  }

  /** The values that may change in the middle of a run. */
  whileTraining() {
    const kept = this.all.filter(({ restarts }) => !restarts);
    return Object.fromEntries(kept.map(({ name, value }) => [name, value]));
  }

  asList() {
    return this.all.map((setting) => ({ ...setting }));
  }
}

const quote = (value) => (typeof value === "string" ? `“${value.slice(0, 60)}”` : value);
