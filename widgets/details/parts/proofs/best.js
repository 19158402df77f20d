// The best setting: both ends of the spectrum shrink alike.
function best(view) {
  const { rule, eigenvalues } = view;
  const [low, high] = eigenvalues;
  const index = indices(view.labels);
  const known = rule.linear && RULES[rule.slug];
  if (!known)
    return {
      head: [`The best setting: none of ${rule.title} is known in closed form`],
      lines: [[rule.adaptive ? "It depends on the start, and is found by trying." : "It is found by trying."]],
    };
  if (!(low > 0))
    return {
      head: [`The best setting: none, ${low < 0 ? "a curvature is negative" : "a curvature is zero"}`],
      lines: [noBest(low, index[0])],
    };
  const { eta, mu } = known.best(low, high);
  const sizes = eigenvalues.map((value) => largest(roots(known.coefficients(eta * value, mu))));
  const rate = bestRate(rule.slug, low, high);
  const now = Math.max(...[0, 1].map((i) => largest(factors(view, i))));
  return {
    head: ["The best setting: ", ...setting(eta, mu), ", factor ", named("best-rate", sharp(rate))],
    lines: [
      ...known.ends(index),
      [...known.solved(index), "."],
      [
        "With ",
        math(lambda(index[0]), "=", number(low, 4)),
        " and ",
        math(lambda(index[1]), "=", number(high, 4)),
        ", so ",
        math("κ", "=", number(high / low, 4)),
        ": ",
        ...setting(eta, mu, "-again"),
        ".",
      ],
      [
        "Check, from the roots at that setting: ",
        ...sizes.flatMap((size, i) => [
          i ? " and " : "",
          named(`best-root-${index[i]}`, sharp(size)),
          " along ",
          vector(index[i]),
        ]),
        `; at the present setting the larger is ${sharp(now)}.`,
      ],
    ],
  };
}

function setting(eta, mu, again = "") {
  const momentum = mu === undefined ? [] : [", ", math("μ", "="), " ", named(`best-mu${again}`, sharp(mu))];
  return [math("η", "="), " ", named(`best-eta${again}`, number(eta, 4)), ...momentum];
}

function bestRate(slug, low, high) {
  if (slug === "gradient_descent") return (high - low) / (high + low);
  if (slug === "nesterov") return 1 - 2 / Math.sqrt((3 * high) / low + 1);
  return (Math.sqrt(high) - Math.sqrt(low)) / (Math.sqrt(high) + Math.sqrt(low));
}

function noBest(low, index) {
  const here = ["Along ", vector(index), ", where ", math(lambda(index), "=", number(low, 4)), ", "];
  if (low < 0) return [...here, "every learning rate has a factor above 1: no setting converges, so none is best."];
  return [
    ...here,
    "every learning rate has the factor 1: nothing moves there, and no setting brings the largest factor below 1.",
  ];
}

// --- 4: the effective learning rate ---
