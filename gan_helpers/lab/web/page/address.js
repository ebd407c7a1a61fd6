// The settings in the page's address, as #loss=hinge&d_rate=0.01: a teacher sends a
// situation to a class as a link.

/** { values, problems } of an address's part after #; what makes no sense is told. */
function readAddress(hash, settings) {
  const values = {};
  const problems = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const setting = settings.find((one) => one.name === name);
    if (!setting) problems.push(`There is no setting “${name.slice(0, 40)}”.`);
    else if (setting.kind === "choice") values[name] = text;
    else values[name] = text.trim() === "" ? text : asNumber(text);
  }
  return { values, problems };
}

const asNumber = (text) => (Number.isFinite(Number(text)) ? Number(text) : text);

/** The part after # for these settings: only what differs from the defaults. */
function writeAddress(settings, defaults) {
  const parts = new URLSearchParams();
  for (const { name, value } of settings) {
    // Drawn points are not in the address; whoever opens it has not drawn them.
    const drawn = name === "data" && value === "drawn";
    if (value !== defaults[name] && !drawn) parts.set(name, value);
  }
  return parts.toString();
}
