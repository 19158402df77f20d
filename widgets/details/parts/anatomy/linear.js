// A step of a rule that keeps the directions apart, read from its polynomial.
function anatomy(view, header) {
  if (view.columns) return landscapeStep(view, header);
  const split = splitOf(view.polynomial);
  if (split) return linearStep(view, split);
  if (view.rule.adaptive) {
    if (header?.slug !== view.rule.slug) return { ...silent(view, "Let go to see this step."), stale: true };
    if (header.slots) return adaptiveStep(view, header);
  }
  return plainStep(view);
}

// A linear rule's step as -eta g(w + ahead dw) + mu dw, with dw the last change: alpha' = -c1 alpha - c2 alpha_before,
// every c affine in eta lambda. Null where its polynomial is of another kind.
function splitOf(polynomial) {
  if (!polynomial || polynomial[0].length > 3) return null;
  const [[, b0, c0 = 0], [, b1, c1 = 0]] = polynomial;
  const [here, before] = [b1 - b0, c1 - c0];
  const near = (one, other) => Math.abs(one - other) < 1e-12;
  return near(1 + b0 + c0, 0) && near(here + before, 1) ? { mu: c0, ahead: -before } : null;
}

// which step is looked at: the one that begins here, at the end of the run the one that led there
function momentOf({ steps, at }) {
  const closing = at > 0 && at === steps.length - 1;
  const index = closing ? at - 1 : at;
  const step = closing ? steps[at] - 1 : steps[at];
  const heading = `Step ${step} → ${step + 1}${closing ? ", the last one: it led here" : ""}.`;
  return { index, step, heading };
}

// The run over again: from the numbers that were sent the change of a small step could not be told.
function replay({ eta, eigenvalues, path }, { mu, ahead }, i, step) {
  let [distance, change, used, before] = [path.modes[i], 0, 0, 0];
  for (let k = 0; ; k += 1) {
    before = used;
    used = eigenvalues[i] * (distance + ahead * change);
    const [gradient, kept] = [-eta * used, mu * change];
    if (k === step) return { distance, gradient, kept, whole: gradient + kept, used, before };
    change = gradient + kept;
    distance += change;
  }
}

function linearStep(view, split) {
  const moment = momentOf(view);
  const modes = [0, 1].map((i) => replay(view, split, i, moment.step));
  const there = (name) =>
    inWeights(
      view,
      modes.map((mode) => mode[name]),
    );
  const [gradient, kept, whole, used] = ["gradient", "kept", "whole", "used"].map(there);
  if (!finite([gradient, kept, whole, used])) return beyond(view, moment);
  const known = { ...moment, split, modes, gradient, kept, whole, used };
  return {
    ...known,
    sentence: linearSentence(view, known),
    note: linearNote(view, split),
    arrows: linearArrows(view, known),
    ring: split.ahead && norm(kept) ? scaled(kept, split.ahead / split.mu) : null,
    formulas: linearFormulas(view, known),
    rows: linearRows(view, known),
  };
}

function linearArrows({ palette, colour }, { split, gradient, kept, whole }) {
  const sum = { from: [0, 0], to: whole, text: "Δw", colour, width: 4 };
  if (!split.mu || !norm(kept)) return [{ ...sum, text: "Δw = −η∇E" }];
  const early = split.ahead ? [kept, gradient] : [gradient, kept];
  const names = split.ahead ? ["μΔw before", "−η∇E there"] : ["−η∇E", "μΔw before"];
  const colours = split.ahead ? [palette.quiet, palette.ink] : [palette.ink, palette.quiet];
  const parts = early.map((part, i) => ({
    from: i ? early[0] : [0, 0],
    to: i ? whole : part,
    text: names[i],
    colour: colours[i],
    width: 2,
    part: i + 1,
  }));
  return [sum, ...parts];
}

function linearFormulas({ eta }, { step, split, used, kept, whole }) {
  const [now, then] = [
    ["sup", "**w", "(τ)"],
    ["sup", "**Δw", "(τ−1)"],
  ];
  const place = split.ahead ? ["row", now, "+", "μ", then] : now;
  const momentum = split.mu > 0 ? ["+", "μ", then] : [];
  const symbols = [["sup", "**Δw", "(τ)"], "=", "−", "η", "∇", "E", "(", place, ")", ...momentum];
  const last = split.mu > 0 ? scaled(kept, 1 / split.mu) : [0, 0];
  const numbers = [
    ...[["sup", "**Δw", `(${step})`], "=", "−", number(eta, 4), vector(used)],
    ...(split.mu > 0 ? ["+", number(split.mu, 4), vector(last)] : []),
    ...["=", vector(whole)],
  ];
  return [symbols, numbers];
}

function linearRows({ labels, eta, eigenvalues }, { split, modes }) {
  const along = [0, 1].map((i) => `u${labels[i]}`);
  const line = (tree, name) => [tree, ...modes.map((mode) => number(mode[name]))];
  const rows = [[["along"], ...along], line(["α"], "distance"), line(["−", "η", "∇", "E"], "gradient")];
  if (split.mu > 0) rows.push(line(["μ", "**Δw"], "kept"), line(["**Δw"], "whole"));
  else rows.push([["η", "λ"], ...[0, 1].map((i) => nearOne(eta * eigenvalues[i]))]);
  return rows;
}

function linearNote({ rule }, { mu, ahead }) {
  const parts = "The thin lines are the eigenvectors; α is the distance to w* along them.";
  if (!mu && "momentum" in rule.hyper) return `${parts} μ = 0: this is gradient descent.`;
  if (!mu) return parts;
  const ring = ahead ? " The ring is the look-ahead point, where the gradient is taken." : "";
  return `${parts}${ring} Δw before is the change of the step before, (0, 0) at the start.`;
}

function linearSentence(view, known) {
  const { modes, split, step } = known;
  const sizes = modes.map(({ gradient, kept }) => Math.abs(gradient) + Math.abs(kept));
  if (!(Math.max(...sizes) > 0))
    return split.mu > 0 ? "No gradient and no step before: the run stays where it is." : "No gradient: the run stays.";
  const i = sizes[1] >= sizes[0] ? 1 : 0;
  if (!split.mu) return lengthSentence(view, i);
  if (step === 0) return "From rest there is no change to keep: the first step is −η∇E alone.";
  return modeSentence(view, known, i);
}

// gradient descent multiplies every distance by 1 - eta lambda, Bishop and Bishop (2024), 7.27
function lengthSentence({ eta, eigenvalues, labels }, i) {
  const x = eta * eigenvalues[i];
  const [u, share] = [`u${labels[i]}`, `ηλ${labels[i]} = ${nearOne(x)}`];
  const said = (text) => `Most of the step is along ${u}: ${text}`;
  if (x < 0)
    return said(`the surface bends down there, and the distance to w* grows ${nearOne(1 - x)} times (${share} < 0).`);
  if (Math.abs(x - 1) < FAINT) return said(`${share}, it covers exactly the distance to w*.`);
  if (x < 1) return said(`it covers ${percent(x)} of the distance to w* (${share}; 1 covers it exactly).`);
  const other = said(`${share} is more than 1, so it lands on the other side of w*,`);
  if (Math.abs(x - 2) < FAINT) return `${other} exactly as far away.`;
  if (x < 2) return `${other} nearer: ${nearOne(x - 1)} of the distance (from 2 on it comes no nearer).`;
  return `${other} farther away: ${nearOne(x - 1)} times the distance (at 2 it is as far).`;
}

function modeSentence({ labels }, { modes, split: { mu, ahead } }, i) {
  const { gradient, kept, whole, used, before } = modes[i];
  const [u, there] = [`u${labels[i]}`, ahead ? " at the look-ahead point" : ""];
  const [a, b] = [Math.abs(gradient), Math.abs(kept)];
  const sizes = `(${number(Math.min(a, b))} against ${number(Math.max(a, b))})`;
  if (b <= FAINT * a) return `Along ${u} nothing is left of the step before: the gradient${there} alone moves it.`;
  if (a <= FAINT * b) return `Along ${u} there is no gradient${there}: momentum alone moves it.`;
  if (gradient > 0 === kept > 0) {
    const most = `in the long run a gradient that stays the same makes it 1/(1 − μ) = ${number(1 / (1 - mu))} times`;
    const times = nearOne(whole / gradient);
    return `Both parts point the same way along ${u}: momentum made the step ${times} times as long as the gradient alone (${most}).`;
  }
  const turned = before !== 0 && before > 0 !== used > 0;
  const opening = turned ? `The gradient along ${u}${there} changed sign, so` : `Along ${u} the parts are opposed:`;
  if (Math.abs(a - b) <= FAINT * a) return `${opening} the parts cancel exactly.`;
  if (a < b)
    return `${opening} ${turned ? "it" : "the gradient"} cancelled ${percent(a / b)} of the momentum ${sizes}.`;
  if (!turned) return `${opening} the momentum cancelled ${percent(b / a)} of −η∇E ${sizes}.`;
  const steady = `μ/(1 + μ) = ${percent(mu / (1 + mu))} where it changes sign at every step and keeps its size`;
  return `${opening} the momentum cancelled ${percent(b / a)} of it ${sizes}; in the long run ${steady}.`;
}
