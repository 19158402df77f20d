// A step of which nothing is known but where it led, and the comparison with a plain gradient step.
function plainStep(view) {
  const { steps, path, axes, rule, eta } = view;
  const next = (k) => k + 1 < path.x.length && steps[k + 1] === steps[k] + 1;
  const index = next(view.at) ? view.at : view.at > 0 && next(view.at - 1) ? view.at - 1 : -1;
  if (index < 0) return silent(view, "The step that begins here is not drawn.");
  const moment = {
    index,
    step: steps[index],
    heading: `Step ${steps[index]} → ${steps[index] + 1}${index < view.at ? ", the one that led here" : ""}.`,
  };
  const gradient = scaled(gradientAt(view, index), -eta);
  const change = [0, 1].map((i) => path.modes[2 * index + 2 + i] - path.modes[2 * index + i]);
  const whole = inWeights({ axes }, change);
  if (!finite([gradient, whole])) return beyond(view, moment);
  if (lost(view, index)) return tooSmall(view, moment);
  if (norm(change) < ROUNDING * norm([path.modes[2 * index], path.modes[2 * index + 1]]))
    return { ...silent(view, "The change is too small to be told from the numbers on the page."), ...moment };
  const known = { ...moment, gradient, whole };
  const angle = norm(whole) ? ` ${angleSentence(whole, gradient)}` : "";
  return {
    ...known,
    sentence: `${rule.title} moved by ${number(norm(whole))}; −η∇E is ${number(norm(gradient))} long.${norm(gradient) ? angle : ""}`,
    note: dashedNote(known),
    arrows: comparedArrows(view, known, false),
    formulas: [
      [["sup", "**w", "(τ+1)"], "−", ["sup", "**w", "(τ)"], "=", vector(whole)],
      ["−", "η", "∇", "E", "=", vector(gradient)],
    ],
    rows: [],
  };
}

// the step, its parts weight by weight, and a plain one, or only its direction where its length would be out of place
function comparedArrows({ palette, colour }, known, legs) {
  const { whole, gradient } = known;
  const arrows = [{ from: [0, 0], to: whole, text: "Δw", colour, width: 4 }];
  const corner = [whole[0], 0];
  if (legs && whole[0] && whole[1]) {
    const style = { colour: palette.quiet, width: 1.4 };
    arrows.push(
      { from: [0, 0], to: corner, text: "Δw₁", ...style },
      { from: corner, to: whole, text: "Δw₂", ...style },
    );
  }
  if (!norm(gradient)) return arrows;
  const to = fits(known) ? gradient : scaled(gradient, norm(whole) / norm(gradient));
  const text = fits(known) ? "−η∇E" : "along −∇E";
  arrows.push({ from: [0, 0], to, text, colour: palette.ink, width: 1.4, dash: "dash" });
  return arrows;
}

// whether the plain step is about as long as the real one, so that one picture can hold both
function fits({ whole, gradient }) {
  const ratio = norm(whole) ? norm(gradient) / norm(whole) : 1;
  return ratio > 0.3 && ratio < 1.5;
}

function dashedNote(known) {
  if (!norm(known.gradient)) return "";
  if (fits(known)) return "The dashed arrow is a plain gradient step with the same η.";
  const lengths = `${number(norm(known.gradient))}, Δw is ${number(norm(known.whole))}`;
  return `The dashed arrow has the direction of a plain gradient step with the same η, but not its length, ${lengths}.`;
}
