// The picture as plain text, which follows the sliders; it is read out once they have been quiet for a while.
const QUIET = 700; // ms
const TOLD = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500]; // steps, with the last
const EXCESS = "E − E(w*)";
const TINY = 1e-80; // below this the numbers on their way to the page may have become 0
const UNSEEN = { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" };

class Detail {
  constructor(root) {
    this.region = make("div", "", { role: "region", "aria-label": "The run in words", "aria-live": "off" });
    this.block = make("pre", "valley-narration");
    Object.assign(this.block.style, {
      whiteSpace: "pre-wrap",
      font: "inherit",
      lineHeight: "1.5",
      margin: "0 0 0.5rem",
    });
    Object.assign(this.block.style, { padding: "0", background: "none", border: "0", color: "inherit" });
    this.block.style.fontVariantNumeric = "tabular-nums";
    this.region.append(this.block);
    this.status = make("div", "", { role: "status" });
    Object.assign(this.status.style, UNSEEN);
    this.copy = make("button", "valley-button", { type: "button" });
    this.copy.textContent = "Copy text";
    this.copy.style.border = "1px solid var(--st-border-color, currentColor)";
    this.copy.addEventListener("click", () => this.copyText());
    root.append(this.region, this.copy, this.status);
  }

  // so that a line less does not pull up what stands below
  reserve() {
    const { clientWidth: width } = this.block;
    if (width !== this.width) this.block.style.minHeight = "";
    this.width = width;
    this.block.style.minHeight = `${this.block.offsetHeight}px`;
  }

  draw(view) {
    const text = narration(view);
    if (text === this.text) return;
    const first = this.text === undefined;
    this.text = this.block.textContent = text;
    this.reserve();
    clearTimeout(this.timer);
    // the figure reads its verdict out itself
    if (!first) this.timer = setTimeout(() => (this.status.textContent = ending(view)), QUIET);
  }

  async copyText() {
    try {
      await navigator.clipboard.writeText(this.text);
      this.say("Copied");
    } catch {
      // without a secure connection there is no clipboard: select it, ready to copy
      window.getSelection().selectAllChildren(this.block);
      this.say("Selected");
    }
  }

  say(text) {
    this.copy.textContent = text;
    setTimeout(() => (this.copy.textContent = "Copy text"), 1500);
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

function narration(view) {
  const cut = view.header.frame.section ? [view.header.frame.section.explained] : [];
  const parts = [[surfaceLine(view), runLine(view), ...cut], happening(view), itinerary(view), others(view)];
  return parts
    .filter((lines) => lines.length)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function surfaceLine(view) {
  const { eigenvalues, labels, axes, origin } = view;
  if (view.columns) return `Surface: ${view.header.alt.split(", and the paths of")[0].replace("Contours of ", "")}.`;
  const values = [...labels].map((label, i) => `λ${label} = ${number(eigenvalues[i], 4)}`).sort();
  const [low, high] = eigenvalues;
  const condition = low > 0 ? `, condition number ${number(high / low, 4)}` : "";
  const [x, y] = axes[labels.indexOf("₁")];
  const turn = `u₁ stands at ${number((Math.atan2(y, x) * 180) / Math.PI, 4)}° to the axis of w₁`;
  const kind = kindOf(low, high);
  return `Surface: quadratic, ${kind} w* = ${place(origin)}. ${values.join(", ")}${condition}; ${turn}.`;
}

function kindOf(low, high) {
  if (low > 0) return "a valley with its minimum at";
  if (high < 0) return "a hill with its maximum at";
  if (low < 0 && high > 0) return "a saddle at";
  if (low === high) return "a flat plane through";
  return low === 0 ? "a valley with a flat floor through" : "a ridge with a flat crest through";
}

function runLine({ verdict, limit, eta, rule, columns }) {
  if (columns) return `Optimizer: ${verdict.label}.`;
  const moving = rule.adaptive ? ", which moves with its averages" : "";
  const share =
    limit > 0 ? ` Its learning rate is ${percent(eta / limit)} of the limit ${number(limit, 4)}${moving}${rule.clipped ? ", where no gradient is clipped" : ""}.` : "";
  return `Optimizer: ${verdict.label}.${share}`;
}

function happening({ verdict: { sentence, facts, badge } }) {
  const said = facts.map(([what, value, comparison]) => `${what}: ${value}${comparison ? ` (${comparison})` : ""}`);
  return [sentence, ...said, badge.text].map(plain);
}

// where it is at a few steps, at the one that the picture looks at, and at the last that is drawn
function itinerary(view) {
  const { steps, path, at } = view;
  const last = path.x.length - 1;
  const told = new Set([...TOLD.map((step) => steps.findIndex((drawn) => drawn >= step)), at, last]);
  const rows = [...told].filter((k) => k >= 0 && k <= last).sort((one, other) => one - other);
  const lines = rows.map((k) => `${stepLine(view, k)}${k === at && at > 0 ? " (shown now)" : ""}`);
  if (last < steps.length - 1) lines.push(`From step ${steps[last + 1]} on it is too far away to be drawn.`);
  return lines;
}

function stepLine(view, k) {
  const { steps, path } = view;
  const what = view.header.frame.section ? "in the plane at" : "w =";
  const at = view.weights === 1 ? number(path.x[k], 4) : place([path.x[k], path.y[k]]);
  const where = `${what} ${at}${offPlane(view, k)}`;
  return `Step ${steps[k]}${k ? "" : ", the start"}: ${where}, ${excess(path, view, k)}${limitAt(view, k)}`;
}

function offPlane({ shadow }, k) {
  return shadow && Number.isFinite(shadow(k).distance) ? `, ${number(shadow(k).distance)} away from it` : "";
}

function ending(view) {
  return stepLine(view, view.at || view.path.x.length - 1);
}

// where it differs from place to place
function limitAt({ path }, k) {
  if (!path.limit || !(path.limit[k] > 0)) return "";
  return path.limit[k] < 3e38 ? `, local limit ${number(path.limit[k])}` : ", no local limit";
}

function others(view) {
  const { header } = view;
  return header.runs
    .filter((run) => !run.edited)
    .map((run) => {
      const path = readPath(header.arrays[run.array], header.frame);
      const last = path.x.length - 1;
      const gone = last < header.steps.length - 1 ? ", then too far away to be drawn" : "";
      return `Also drawn: ${run.label}: ${excess(path, view, last)} at step ${header.steps[last]}${gone}`;
    });
}

// 1/2 sum lambda_i alpha_i^2, Bishop (7.11)
function excess({ modes, above }, { eigenvalues, floor }, k) {
  if (above) return `E = ${number(floor + above[k])}`;
  const error = [0, 1].reduce((sum, i) => sum + 0.5 * eigenvalues[i] * modes[2 * k + i] ** 2, 0);
  return Math.abs(error) < TINY ? `${EXCESS} below ${number(TINY)}` : `${EXCESS} = ${number(error)}`;
}

function place(weights) {
  return `(${weights.map((value) => number(value, 4)).join(", ")})`;
}

// subscripts as the letters they are
function plain(text) {
  return text.replace(/_\{(.*?)\}/g, "$1");
}
