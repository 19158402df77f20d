// A step on any surface: what the server says of the present run, its gradient, the one that was used and the change.
function landscapeStep(view, header) {
  const moment = momentOf(view);
  if (!view.local) return { ...silent(view, "Let go to see this step."), heading: moment.heading, stale: true };
  const { gradient, change, used } = view.local(moment.index);
  if (!finite([gradient, change, used])) return beyond(view, moment);
  const split = splitOf(view.polynomial);
  if (split) return summedStep(view, moment, split, { change, used });
  if (view.rule.adaptive && header?.slots && header.slug === view.rule.slug) return adaptiveStep(view, header);
  const known = { ...moment, whole: change, gradient: scaled(gradient, -view.eta) };
  return comparedStep(view, known);
}

// w' = w - eta g(w + ahead) + mu dw, whatever the surface
function summedStep(view, moment, split, { change, used }) {
  const gradient = scaled(used, -view.eta);
  const kept = [0, 1].map((i) => change[i] - gradient[i]);
  const small = norm(kept) < ROUNDING * (norm(gradient) + norm(change));
  const known = { ...moment, split, gradient, kept: small ? [0, 0] : kept, whole: change, used };
  return {
    ...known,
    sentence: summedSentence(known),
    note: "The thin lines are the eigenvectors of the Hessian at this point.",
    arrows: linearArrows(view, known),
    ring: split.ahead && norm(known.kept) ? scaled(known.kept, split.ahead / split.mu) : null,
    formulas: linearFormulas(view, known),
    rows: [],
  };
}

function summedSentence({ gradient, kept, whole, split }) {
  const [a, b] = [norm(gradient), norm(kept)];
  const there = split.ahead ? " at the look-ahead point" : "";
  if (!(a > 0) && !(b > 0)) return "No gradient and no step before: the run stays where it is.";
  if (!split.mu) return `The step is −η∇E, ${number(a)} long.`;
  if (!(b > 0)) return `There is no change to keep: the step is −η∇E${there} alone, ${number(a)} long.`;
  const turn = angleBetween(gradient, kept);
  const how = turn < 60 ? "pull the same way" : turn > 120 ? "pull against each other" : "pull across each other";
  return `The gradient${there} adds ${number(a)}, momentum ${number(b)}: they ${how}, ${number(turn, 2)}° apart, and make a step ${number(norm(whole))} long.`;
}

function comparedStep(view, known) {
  const angle = norm(known.whole) && norm(known.gradient) ? ` ${angleSentence(known.whole, known.gradient)}` : "";
  return {
    ...known,
    sentence: `${view.rule.title} moved by ${number(norm(known.whole))}; −η∇E is ${number(norm(known.gradient))} long.${angle}`,
    note: dashedNote(known),
    arrows: comparedArrows(view, known, false),
    formulas: [
      [["sup", "**w", "(τ+1)"], "−", ["sup", "**w", "(τ)"], "=", vector(known.whole)],
      ["−", "η", "∇", "E", "=", vector(known.gradient)],
    ],
    rows: [],
  };
}

// a quadratic has its eigenvectors everywhere, another surface those of the point at hand
function withDirections(view) {
  if (!view.columns) return view;
  const axes = view.local ? eigenOf(view.local(momentOf(view).index).hessian).vectors : [];
  return { ...view, axes: axes.flat().every(Number.isFinite) ? axes : [], labels: ["₁", "₂"] };
}
