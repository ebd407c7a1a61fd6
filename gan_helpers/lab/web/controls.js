// The controls for the settings that the kernel lists: native, labelled, by keyboard.

const STEPS_PER_DECADE = 20;

/** Positions of a slider to values and back: even on a logarithmic or a plain scale. */
function sliderScale({ kind, minimum, maximum, log }) {
  if (log) {
    const steps = Math.round(STEPS_PER_DECADE * Math.log10(maximum / minimum));
    const ratio = Math.log(maximum / minimum);
    return {
      steps,
      value: (at) => Number((minimum * Math.exp((ratio * at) / steps)).toPrecision(3)),
      place: (value) => Math.round((Math.log(value / minimum) / ratio) * steps),
    };
  }
  const whole = kind === "integer";
  const steps = whole ? maximum - minimum : 100;
  const size = (maximum - minimum) / steps;
  const round = (value) => (whole ? Math.round(value) : Number(value.toPrecision(3)));
  return {
    steps,
    value: (at) => round(minimum + at * size),
    place: (value) => Math.round((value - minimum) / size),
  };
}

/** Every control of one lab; a change of one calls `send(name, value)`. */
class Controls {
  /** `names` are those of the settings that start nothing anew, and that do. */
  constructor(id, send, names = ["Change while it trains", "Start anew with"]) {
    this.id = id;
    this.send = send;
    this.controls = new Map();
    this.running = make("div", { class: "lab-fields" });
    this.anew = make("div", { class: "lab-fields" });
    const group = (name, fields) =>
      make("fieldset", {}, make("legend", {}, name), fields);
    this.element = make(
      "div",
      { class: "lab-controls" },
      group(names[0], this.running),
      group(names[1], this.anew),
    );
  }

  /** Show the kernel's settings; those in `busy` wait for an answer and stay. */
  update(settings, busy = new Set()) {
    for (const setting of settings) {
      let control = this.controls.get(setting.name);
      if (!control || control.shape !== this.shapeOf(setting)) {
        const made = this.build(setting);
        if (control) control.element.replaceWith(made.element);
        else (setting.restarts ? this.anew : this.running).append(made.element);
        this.controls.set(setting.name, (control = made));
      }
      control.input.disabled = setting.enabled === false;
      if (!busy.has(setting.name)) control.show(setting.value);
      control.element.dataset.confirmed = setting.value;
      this.explain(control, setting);
    }
    const gone = new Set(this.controls.keys());
    settings.forEach(({ name }) => gone.delete(name));
    for (const name of gone) {
      this.controls.get(name).element.remove();
      this.controls.delete(name);
    }
    for (const fields of [this.running, this.anew]) {
      fields.parentElement.hidden = !fields.children.length;
    }
  }

  shapeOf({ kind, label, minimum, maximum, log, choices, restarts }) {
    return JSON.stringify([kind, label, minimum, maximum, log, choices, restarts]);
  }

  /** The reason why a control is off is shown; other help is there on demand. */
  explain(control, { enabled, help }) {
    control.help.textContent = help || "";
    control.help.classList.toggle("lab-hidden", enabled !== false);
    control.element.title = help || "";
  }

  build(setting) {
    const id = `${this.id}-${setting.name}`;
    const help = make("small", { id: `${id}-help` });
    const common = { id, name: setting.name, "aria-describedby": `${id}-help` };
    // Many whole numbers, as of a seed, are typed and not slid to.
    const few = setting.maximum - setting.minimum <= 256;
    const slides = setting.kind === "range" || few;
    let made;
    if (setting.kind === "choice") made = this.buildChoice(setting, common);
    else if (slides) made = this.buildSlider(setting, common);
    else made = this.buildNumber(setting, common);
    const label = make("label", { for: id }, setting.label);
    const head = make("div", { class: "lab-head" }, label, ...(made.beside || []));
    const element = make("div", { class: "lab-field", "data-setting": setting.name });
    element.append(head, made.input, help);
    return { ...made, element, help, shape: this.shapeOf(setting) };
  }

  buildChoice({ name, choices }, common) {
    const options = choices.map((choice) => make("option", { value: choice }, choice));
    const input = make("select", common, ...options);
    input.onchange = () => this.send(name, input.value);
    return { input, show: (value) => (input.value = value) };
  }

  buildSlider(setting, common) {
    const scale = sliderScale(setting);
    const output = make("span", { class: "lab-value" });
    const limits = { min: 0, max: scale.steps, step: 1 };
    const input = make("input", { ...common, ...limits, type: "range" });
    const say = (value) => {
      output.textContent = value;
      input.setAttribute("aria-valuetext", value);
    };
    input.oninput = () => {
      say(scale.value(Number(input.value)));
      if (!setting.restarts) this.send(setting.name, scale.value(Number(input.value)));
    };
    input.onchange = () => {
      if (setting.restarts) this.send(setting.name, scale.value(Number(input.value)));
    };
    const show = (value) => {
      input.value = scale.place(value);
      say(value === null ? "–" : Number(Number(value).toPrecision(3)));
    };
    return { input, beside: [output], show };
  }

  buildNumber({ name, minimum, maximum }, common) {
    const limits = { min: minimum, max: maximum, step: 1, inputmode: "numeric" };
    const input = make("input", { ...common, ...limits, type: "number" });
    // What is no number is sent too: the kernel's answer says what is expected.
    input.onchange = () => {
      const number = input.value === "" ? NaN : Number(input.value);
      this.send(name, Number.isFinite(number) ? number : input.value);
    };
    return { input, show: (value) => (input.value = value) };
  }
}
