// How far each step goes for the gradient it is given, and what the best momentum costs on the way.
const SPAN = 150; // steps whose rates are drawn
const FADED = 1e-9; // of the start's distance: below it rounding decides
const ROOM = 3.4; // how far the axis of rates reaches beyond the two limits
const FIRST_WORSE = (1 + Math.SQRT2) ** 2; // the condition number from which the best momentum first makes it worse
const KEPT = ["frac", "η", ["row", "1", "−", "μ"]];
const TURNED = ["frac", "η", ["row", "1", "+", "μ"]];

class Detail {
  constructor(root) {
    this.lead = new Lead(root);
    this.plain = root.appendChild(make("p", ""));
    const rates = root.appendChild(make("div", "valley-detail-row"));
    this.place = rates.appendChild(make("div", ""));
    this.ratios = new Chart(this.place, {
      label: "Step over gradient along each eigenvector, against the step",
      height: 230,
      x: { title: "step" },
      y: { title: "step over gradient", log: true },
    });
    const beside = rates.appendChild(make("div", ""));
    this.directions = [0, 1].map(() => {
      const words = beside.appendChild(make("p", ""));
      words.style.minHeight = "7.3em";
      return words;
    });
    this.edges = beside.appendChild(make("p", "valley-detail-quiet"));
    this.growth(root);
  }

  growth(root) {
    const title = root.appendChild(make("p", ""));
    title.style.cssText = "font-weight: 600; margin-top: 0.8rem";
    title.textContent = "What the best momentum costs on the way";
    const row = root.appendChild(make("div", "valley-detail-row"));
    this.peaks = new Chart(row.appendChild(make("div", "")), {
      label: "Largest distance along the steepest direction at the best momentum, against the condition number",
      height: 210,
      x: { title: "κ", log: true },
      y: { title: "largest |α| over its start", log: true },
    });
    const beside = row.appendChild(make("div", ""));
    this.expected = beside.appendChild(make("p", ""));
    this.expected.style.minHeight = "7.3em";
    this.own = beside.appendChild(make("p", ""));
    this.own.style.minHeight = "3em";
    const asymptote = beside.appendChild(make("p", "valley-detail-quiet"));
    asymptote.append(
      "Steepest direction, from rest: ",
      formula([
        ["sub", "α", "k"],
        "=",
        ["row", "(", "1", "+", "k", "(", "1", "+", "ρ", ")", ")"],
        ["sup", "ρ", "k"],
        ["sub", "α", "0"],
      ]),
      " with ",
      formula(["ρ", "=", ["frac", ["row", ["root", "κ"], "−", "1"], ["row", ["root", "κ"], "+", "1"]]]),
      ". Dot on the line: the best setting here; coloured dot: this run; dashed: ",
      formula([["frac", ["root", "κ"], "e"]]),
      ", which it comes near for large κ.",
    );
  }

  draw(view, header) {
    const kind = kindOf(view);
    this.lead.draw(view, kind);
    rich(this.plain, plainWords(view, kind));
    const charted = kind === "momentum" || kind === "plain";
    this.place.hidden = !charted;
    const runs = charted ? [0, 1].map((i) => travelled(view, i)) : [[], []];
    const order = view.labels[0] === "₁" ? [0, 1] : [1, 0];
    order.forEach((i, place) => {
      rich(this.directions[place], kind === "momentum" ? directionWords(view, i, runs[i]) : "");
      this.directions[place].hidden = kind !== "momentum";
    });
    rich(this.edges, edgeWords(view, kind));
    if (charted) this.drawRatios(view, kind, runs);
    this.drawGrowth(view, header);
  }

  drawRatios(view, kind, runs) {
    const { ratios } = this;
    const { palette, eta, hyper } = view;
    const mu = kind === "momentum" ? hyper.momentum : 0;
    const limits = [eta / (1 + mu), eta / (1 - mu)];
    const range = [limits[0] / ROOM, limits[1] * ROOM].map(Math.log10);
    const last = Math.max(1, ...runs.flat().map(({ step }) => step));
    const span = [-0.02 * last, 1.02 * last];
    if (!ratios.begin(palette, span, range)) return;
    const across = (rate, style) => ratios.curve(span, [rate, rate], style);
    across(eta, { colour: palette.quiet, width: 1.2, dash: "dot" });
    if (mu > 0) limits.forEach((rate) => across(rate, { colour: palette.ink, width: 1.3, dash: "dash" }));
    runs.forEach((seen, i) => this.drawDirection(seen, i ? view.colour : palette.quiet, range));
    const { left, width } = ratios.box;
    ratios.label("η", left + 0.55 * width, ratios.y(eta) - (mu > 0 ? 8 : 12), "center");
    if (mu > 0) {
      ratios.label("η/(1 − μ)", left + width - 6, ratios.y(limits[1]) - 10, "right");
      ratios.label("η/(1 + μ)", left + width - 6, ratios.y(limits[0]) + 11, "right");
    }
    ratios.end();
  }

  drawDirection(seen, colour, [low, high]) {
    const { ratios } = this;
    const { top, height } = ratios.box;
    const shown = seen.filter(({ ratio }) => ratio > 10 ** low && ratio < 10 ** high);
    ratios.points(
      shown.map(({ step }) => step),
      shown.map(({ ratio }) => ratio),
      colour,
      2.6,
    );
    for (const { step, ratio } of seen) {
      if (ratio > 10 ** low && ratio < 10 ** high) continue;
      const edge = ratio >= 10 ** high ? top : top + height - 7;
      const x = ratios.x(step);
      ratios.line(
        [
          [x, edge],
          [x, edge + 7],
        ],
        { colour, width: 2 },
      );
    }
  }

  drawGrowth(view, { arrays: { kappa, peak } }) {
    const { peaks } = this;
    const { palette, eigenvalues } = view;
    const here = eigenvalues[0] > 0 ? eigenvalues[1] / eigenvalues[0] : null;
    const own = largest(view);
    rich(this.expected, expectedWords(view));
    rich(this.own, ownWords(view, own));
    if (!peaks.begin(palette, [0, 6], [-0.12, 3])) return;
    const far = Array.from(kappa).filter((value) => value >= Math.E ** 2);
    peaks.curve(
      far,
      far.map((value) => Math.sqrt(value) / Math.E),
      { colour: palette.quiet, width: 1.3, dash: "dash" },
    );
    peaks.curve(kappa, peak, { colour: palette.ink, width: 2 });
    if (here !== null) this.markGrowth(view, here, own);
    peaks.end();
  }

  markGrowth({ palette, colour }, kappa, own) {
    const { peaks } = this;
    const expected = bestPeak(kappa).times;
    const x = peaks.x(kappa);
    peaks.curve([kappa, kappa], [1, 1000], { colour: palette.quiet, width: 1, dash: "dot" });
    peaks.points([kappa], [expected], palette.ink, 5);
    if (own && own.times < 1000) peaks.points([kappa], [own.times], colour, 4);
    const right = kappa > 1e4;
    peaks.label(`κ = ${number(kappa)}`, x + (right ? -8 : 8), peaks.y(600), right ? "right" : "left");
  }
}

// The two limits with their numbers; only the numbers change while a slider moves.
class Lead {
  constructor(root) {
    this.root = root.appendChild(make("p", ""));
    this.root.style.minHeight = "max(76px, calc(178px - 11.6cqi))"; // as many lines as it ever takes
    const [kept, turned, alone] = [0, 1, 2].map(() => make("b", ""));
    this.numbers = { kept, turned, alone };
    this.where = make("span", "");
    this.root.append(
      "Where the gradient",
      this.where,
      " stays as it is, momentum's steps grow to ",
      formula([KEPT, "="]),
      " ",
      kept,
      " times it; where it changes its sign at every step and keeps its size they settle at ",
      formula([TURNED, "="]),
      " ",
      turned,
      "; without momentum both are ",
      formula(["η", "="]),
      " ",
      alone,
      ".",
    );
    this.source = root.appendChild(make("p", "valley-detail-quiet"));
    this.source.append(
      "Bishop and Bishop (2024), (7.33) and figures 7.4 and 7.5; there the second is called “close to η”, but the sum ",
      formula(["η", "(", "1", "−", "μ", "+", ["sup", "μ", "2"], "−", "…", ")"]),
      " is ",
      formula([["frac", "η", ["row", "1", "+", "μ"]]]),
      ", between a half and all of η.",
    );
  }

  draw({ eta, hyper, rule }, kind) {
    this.root.hidden = this.source.hidden = kind !== "momentum";
    if (kind !== "momentum") return;
    const mu = hyper.momentum;
    this.where.textContent = rule.lookAhead ? ", taken at the look-ahead point," : "";
    this.numbers.kept.textContent = number(eta / (1 - mu), 4);
    this.numbers.turned.textContent = number(eta / (1 + mu), 4);
    this.numbers.alone.textContent = number(eta, 4);
  }
}

// "momentum": keeps a share mu of its last step, if only 0; "plain": keeps nothing; "adaptive"; or "unknown"
function kindOf({ rule, hyper, polynomial }) {
  if (rule.linear && hyper.momentum !== undefined) return "momentum";
  if (rule.linear && polynomial?.[0].length === 2) return "plain";
  return rule.adaptive ? "adaptive" : "unknown";
}

function plainWords({ rule, eta }, kind) {
  if (kind === "plain")
    return `Every step is η = ${number(eta, 4)} times the gradient, in every direction: nothing is kept.`;
  if (kind === "adaptive") {
    return `${rule.title} gives every weight a learning rate of its own, one that changes from step to step: see “Anatomy of a step”.`;
  }
  if (kind === "unknown")
    return `The steps of ${rule.title} are not in proportion to the gradient: there is no rate to show.`;
  return "";
}

function edgeWords({ labels }, kind) {
  if (kind !== "momentum") return "";
  return (
    `Dots: the run, along u${labels[1]} in its colour, along u${labels[0]} grey. Ticks at the edges: off the axis, ` +
    "where the gradient passes through zero; at the lower edge also steps that go against it, uphill."
  );
}

const lastStep = ({ steps, path }) => steps[path.x.length - 1];

// One direction from rest, step by step: dw = -eta g + mu dw, g taken at alpha or, by a rule that looks ahead, at
// alpha + mu dw; Bishop (7.31), (7.34).
function* walk({ eta, eigenvalues, path, rule, hyper }, i, steps) {
  const mu = hyper.momentum ?? 0;
  let [alpha, change] = [path.modes[i], 0];
  for (let step = 0; step < steps; step += 1) {
    const gradient = eigenvalues[i] * (alpha + (rule.lookAhead ? mu * change : 0));
    const before = Math.max(Math.abs(alpha), Math.abs(change));
    const [kept, taken] = [mu * change, eta * gradient];
    change = Math.abs(kept - taken) <= 4 * Number.EPSILON * Math.abs(taken) ? 0 : kept - taken; // all but rounding
    alpha += change;
    yield { step, gradient, before, change, alpha };
  }
}

// by what every step divides by the gradient it was given, where rounding does not decide
function travelled(view, i) {
  const reach = Math.hypot(view.path.modes[0], view.path.modes[1]);
  const seen = [];
  for (const { step, gradient, before, change } of walk(view, i, Math.min(SPAN, lastStep(view)))) {
    const ratio = -change / gradient;
    if (before > FADED * reach && Number.isFinite(ratio)) seen.push({ step, ratio, gradient });
  }
  return seen;
}

function directionWords(view, i, seen) {
  const name = `u${view.labels[i]}`;
  if (view.eigenvalues[i] === 0) return `Along ${name} the floor is flat: no gradient and no step.`;
  if (!seen.length) return `Along ${name} the gradient is zero from the start.`;
  // of steps in a row: one whose gradient is zero, or all but gone, is passed over
  const pairs = seen.slice(1).flatMap((now, k) => (now.step === seen[k].step + 1 ? [[seen[k], now]] : []));
  if (!pairs.length && seen[0].step === 0) return `Along ${name} one step is seen, from rest: η times the gradient.`;
  if (!pairs.length) return `Along ${name} no two steps in a row are seen.`;
  const turns = pairs.filter(([before, now]) => before.gradient > 0 !== now.gradient > 0).length;
  const share = turns / pairs.length;
  if (share > 0 && share < 1) return swingWords(view, name, seen, turns, pairs.length);
  const [before, last] = pairs[pairs.length - 1];
  return (
    `Along ${name} at step ${last.step} the gradient is ${nearOne(last.gradient / before.gradient)} times the one ` +
    `before, and the step ${number(last.ratio)} times the gradient; ${limitWords(view, share)}.`
  );
}

function swingWords(view, name, seen, turns, of) {
  const share = turns / of;
  const fit = seen.reduce((sum, { ratio, gradient }) => sum + ratio * gradient * gradient, 0);
  const whole = seen.reduce((sum, { gradient }) => sum + gradient * gradient, 0);
  const near = share < 0.1 || share > 0.9;
  return (
    `Along ${name} the gradient changes its sign at ${turns} of ${of} steps` +
    `${near ? "" : ": neither case, and the rate keeps changing"}. The one multiple of it that fits these steps best ` +
    `is ${number(fit / whole)}${near ? `; ${limitWords(view, share)}` : ""}.`
  );
}

function limitWords({ eta, hyper: { momentum } }, share) {
  const [over, rate] = share < 0.5 ? ["−", eta / (1 - momentum)] : ["+", eta / (1 + momentum)];
  return `η/(1 ${over} μ) is ${number(rate, 4)}`;
}

// the largest of (1 + k (1 + rho)) rho^k, rho = (sqrt kappa - 1)/(sqrt kappa + 1), and its step
function bestPeak(kappa) {
  const rho = (Math.sqrt(kappa) - 1) / (Math.sqrt(kappa) + 1);
  const top = rho > 0 ? Math.max(0, -1 / Math.log(rho) - 1 / (1 + rho)) : 0;
  const [one, other] = [Math.floor(top), Math.ceil(top)].map((step) => ({
    step,
    times: (1 + step * (1 + rho)) * rho ** step,
  }));
  return other.times > one.times ? other : one;
}

function expectedWords({ eigenvalues: [low, high], labels }) {
  if (!(low > 0)) {
    return `A best momentum needs two positive eigenvalues; λ${labels[0]} = ${number(low)} is not, so there is no κ to mark.`;
  }
  const kappa = high / low;
  if (kappa <= FIRST_WORSE) {
    return (
      `At its best η and μ for κ = ${number(kappa)} momentum, started from rest, never carries |α${labels[1]}| beyond ` +
      `its start; above κ = (1 + √2)² = ${number(FIRST_WORSE)} it does.`
    );
  }
  const { step, times } = bestPeak(kappa);
  return (
    `At its best η and μ for κ = ${number(kappa)} momentum, started from rest, first carries |α${labels[1]}| to ` +
    `${nearOne(times)} times its start, at step ${step}, and that direction's part of the error to ${nearOne(times ** 2)} times.`
  );
}

// the present run's largest distance along the steepest direction: of all its steps where they are known
function largest(view) {
  const { path, steps } = view;
  const start = Math.abs(path.modes[1]);
  if (!(start > FADED * Math.hypot(path.modes[0], path.modes[1]))) return null;
  const known = ["momentum", "plain"].includes(kindOf(view));
  const all = known
    ? Array.from(walk(view, 1, lastStep(view)), ({ step, alpha }) => ({
        step: step + 1,
        times: Math.abs(alpha) / start,
      }))
    : Array.from(path.x, (_, k) => ({ step: steps[k], times: Math.abs(path.modes[2 * k + 1]) / start }));
  const found = all.reduce((most, one) => (one.times > most.times ? one : most), { step: 0, times: 1 });
  return { ...found, some: !known && path.x.length <= lastStep(view) };
}

function ownWords(view, own) {
  const label = view.labels[1];
  if (!own) return `This run starts at 0 along u${label}.`;
  const run = own.some ? "In the steps that are drawn this run" : "This run";
  if (own.times < 1.0005) return `${run} never carries |α${label}| beyond its start.`;
  const last = own.step === lastStep(view) ? ", the last that is drawn" : "";
  return `${run} carries |α${label}| to ${nearOne(own.times)} times its start, at step ${own.step}${last}.`;
}
