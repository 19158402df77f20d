// The limit: where the root -1 leaves the unit circle.
function limit(view) {
  const { rule, eta, eigenvalues } = view;
  const [low, high] = eigenvalues;
  const index = indices(view.labels);
  if (low === 0 && high === 0)
    return {
      head: ["The limit: none, the surface is flat"],
      lines: [["No gradient, no step: every learning rate does the same."]],
    };
  if (!rule.linear) return otherLimit(view);
  if (!(high > 0)) return { head: ["The limit: no learning rate is stable"], lines: [outward(index[0], low)] };
  const bound = edge(view.polynomial) / high;
  const along = low < 0 ? [" along ", vector(index[1])] : [];
  return {
    head: [
      "The limit",
      ...along,
      ": ",
      math("η", "="),
      " ",
      named("limit", number(bound, 4)),
      `; now ${number(eta, 4)}, ${side(eta, bound)} it`,
    ],
    lines: [
      ...limitSteps(view, index, bound),
      limitCheck(view, index[1], bound),
      ...(low < 0 ? [outward(index[0], low)] : []),
    ],
  };
}

function limitSteps({ rule, hyper, polynomial, eigenvalues }, index, bound) {
  const known = RULES[rule.slug];
  const x = edge(polynomial);
  const polynomials = known ? [math(...known.polynomial)] : ["its own polynomial"];
  return [
    ["The distance α along an eigenvector is made of powers of the roots of ", ...polynomials, "."],
    known
      ? [
          "It grows once a root is outside the unit circle. At ",
          math(z, "=", "1"),
          " a root stands only if ",
          math("η", "λ", "=", "0"),
          ". ",
          ...known.circle(hyper.momentum),
        ]
      : ["It grows once a root is outside the unit circle."],
    known
      ? [math(z, "=", "−1"), ": ", ...known.atMinusOne(hyper.momentum), "."]
      : ["The first root reaches it at ", math("η", "λ", "=", number(x, 4)), "."],
    [
      "The largest eigenvalue is there first: ",
      math("η", "=", ["frac", number(x, 4), lambda(index[1])]),
      math("=", ["frac", number(x, 4), number(eigenvalues[1], 4)]),
      math("=", number(bound, 4)),
      ".",
    ],
  ];
}

function limitCheck(view, index, bound) {
  const found = measured(view, 1);
  const along = ["The run: along ", vector(index), " "];
  if (found.why) return [...along, `${found.why}.`];
  const { size, doubt } = found;
  const where = size + doubt < 1 ? "below 1" : size - doubt > 1 ? "above 1" : "1 as far as it can tell";
  const text = ` in size, ${where}; η is ${side(view.eta, bound)} the limit.`;
  return [...along, "the factor per step is ", { ...named("limit-measured", found.text), digits: found.digits }, text];
}

function side(eta, bound) {
  const gap = eta / bound - 1;
  if (Math.abs(gap) < 1e-12) return "at";
  return gap < 0 ? "below" : "above";
}

// why nothing holds a run where the curvature is negative
function outward(index, value) {
  return [
    "Along ",
    vector(index),
    " the curvature ",
    math(lambda(index), "=", number(value, 4)),
    " is negative: there every learning rate leads away from ",
    math("**w*"),
    ".",
  ];
}

function otherLimit({ rule, eigenvalues, eta, limit: last, labels }) {
  const { title } = rule;
  if (!rule.adaptive || rule.clipped)
    return {
      head: [`The limit: none of ${title} is known in closed form`],
      lines: [["Its steps are no sum of past gradients with fixed weights."]],
    };
  if (eigenvalues[0] < 0)
    return { head: ["The limit: no learning rate is stable"], lines: [outward(indices(labels)[0], eigenvalues[0])] };
  const head =
    last === null || last === undefined
      ? []
      : ["; at the last step it is ", named("limit", number(last, 4)), `, now η = ${number(eta, 4)}`];
  return {
    head: ["The limit moves with what divides the gradient", ...head],
    lines: [
      [
        `With P, what divides the gradient of each weight, held still, ${title} is`,
        rule.hyper?.decay_1 === undefined
          ? " gradient descent"
          : ", but for its first steps, gradient descent with momentum",
        " on the Hessian ",
        math(["sup", "P", "−1"], "H"),
        ". Its limit follows from the largest eigenvalue of that, and changes as P does (Cohen et al., 2022, arXiv:2207.14484).",
      ],
    ],
  };
}

// --- 2: the factor ---
