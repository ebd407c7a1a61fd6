// The page: examples, questions, the address, and what went wrong, around one view.

const SILENT_ENGINE =
  "The engine does not answer. A very large network may need a moment; otherwise load " +
  "the page again: the address keeps the settings.";

class LabHome {
  constructor() {
    const find = (name) => document.querySelector(`.page-${name}`);
    this.presets = find("presets");
    this.question = find("question");
    this.note = find("note");
    this.pressed = null;
    const model = new PageModel((text) => this.say(text));
    model.onContent = (content) => this.follow(content);
    document.querySelector("main").classList.add("lab-whole"); // for full screen
    const words = { silent: SILENT_ENGINE, compiling: null };
    this.view = new LiveView(model, document.querySelector(".gan-lab"), words);
    this.buildPresets();
    addEventListener("hashchange", () => this.openAddress());
  }

  buildPresets() {
    this.buttons = PRESETS.map((preset) =>
      make("button", {
        type: "button", "aria-pressed": "false", onclick: () => this.choose(preset),
      }, preset.name),
    );
    const link = make("button", {
      type: "button", class: "page-link", onclick: () => this.giveLink(),
      title: "Whoever opens the link starts with these settings",
    }, "Link to these settings");
    this.presets.append(make("b", {}, "Try"), ...this.buttons, link);
  }

  // --- examples ---

  choose(preset) {
    this.setUp(preset.settings);
    this.showPressed(preset);
    const answer = make("p", { class: "page-answer", hidden: true }, preset.answer);
    const show = make("button", {
      type: "button", "aria-expanded": "false",
      onclick: () => {
        answer.hidden = !answer.hidden;
        show.setAttribute("aria-expanded", String(!answer.hidden));
      },
    }, "Answer");
    const cure = make("button", {
      type: "button", title: preset.cureText, onclick: () => this.cure(preset),
    }, "Cure");
    const text = make("p", {}, make("b", {}, "Predict, then press Play. "), preset.question);
    const buttons = preset.cure ? [show, cure] : [show];
    this.question.replaceChildren(text, ...buttons, answer);
    this.question.hidden = false;
  }

  cure({ cure, cureText }) {
    this.setUp(cure);
    const text = make("p", {}, make("b", {}, "The cure: "), `${cureText}. Press Play.`);
    this.question.replaceChildren(text);
  }

  showPressed(preset) {
    this.pressed = preset;
    this.buttons.forEach((button, k) =>
      button.setAttribute("aria-pressed", String(PRESETS[k] === preset)),
    );
  }

  setUp(values) {
    if (this.view.playing) this.view.toggle();
    this.say("");
    this.unread = []; // names in an address that no setting has
    this.view.link.ask({ type: "setup", values }, "setup");
  }

  // --- the address ---

  /** What every reply says about settings: keep the address and the problems up to date. */
  follow({ to, settings, problems }) {
    if (to === "setup") this.tell([...this.unread, ...problems]);
    if (!settings) return;
    this.settings = settings;
    if (!this.defaults) {
      this.defaults = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
      // After the view has seen this first reply.
      if (location.hash.length > 1) setTimeout(() => this.openAddress());
      return;
    }
    if (to !== "frame" && to !== "hello") this.writeAddress();
  }

  writeAddress() {
    const hash = `#${writeAddress(this.settings, this.defaults)}`;
    if (hash === this.hash) return;
    this.hash = hash;
    try {
      history.replaceState(null, "", hash === "#" ? location.pathname : hash);
    } catch {
      // A page in a sandbox may not change its address: the link button still gives it.
    }
  }

  openAddress() {
    if (!this.settings || location.hash === this.hash) return;
    const { values, problems } = readAddress(location.hash, this.settings);
    this.showPressed(null);
    this.question.hidden = true;
    this.setUp(values);
    this.unread = problems;
  }

  /** What of an address could not be used. */
  tell(problems) {
    if (!problems.length) return;
    this.say(`Not all of this address makes sense. ${problems.join(" ")} The rest is set.`);
  }

  async giveLink() {
    const place = location.href.split("#")[0];
    const address = `${place}#${writeAddress(this.settings, this.defaults)}`;
    try {
      await navigator.clipboard.writeText(address);
      this.say(`The link is copied: ${address}`);
    } catch {
      this.say(`Copy this link: ${address}`);
    }
  }

  /** One sentence that stays until it is closed; "" takes it away. */
  say(text) {
    const close = make("button", { type: "button", onclick: () => this.say("") }, "Close");
    this.note.replaceChildren(...(text ? [make("p", {}, text), close] : []));
    this.note.hidden = !text;
  }
}

new LabHome();
