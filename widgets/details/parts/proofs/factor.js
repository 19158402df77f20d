// The factor per step: the roots of each direction's polynomial, and what the run does.
function factor(view) {
  const { rule } = view;
  const index = indices(view.labels);
  if (!rule.linear)
    return {
      head: [`The factor per step: ${rule.title} has none`],
      lines: [
        [
          rule.adaptive
            ? "Its steps are divided by averages of past gradients, which mix the directions and change from step to step: no number multiplies α."
            : "Its steps are no sum of past gradients with fixed weights: no number multiplies α.",
        ],
      ],
    };
  const all = [0, 1].map((i) => factors(view, i));
  const sizes = all.map(largest);
  const rate = Math.max(...sizes);
  const known = RULES[rule.slug];
  return {
    head: ["The factor per step in the long run: ", named("rate", sharp(rate)), ", ", ...pace(sizes, index)],
    lines: [
      [
        "Asking ",
        math("α", "=", ["sup", z, "k"]),
        " of the recurrence along an eigenvector leaves ",
        ...(known ? [math(...known.polynomial)] : ["a polynomial"]),
        ".",
      ],
      ...[0, 1].flatMap((i) => [rootLine(view, i, index[i], all[i]), runLine(view, i, index[i], sizes[i])]),
    ],
  };
}

function pace(sizes, index) {
  if (Math.abs(sizes[0] - sizes[1]) <= 1e-9 * Math.max(...sizes)) return ["of both directions"];
  return ["set by ", vector(index[sizes[1] > sizes[0] ? 1 : 0])];
}

function rootLine({ rule, polynomial, eta, eigenvalues }, i, index, pair) {
  const x = eta * eigenvalues[i];
  const start = [vector(index), ": ", math("η", lambda(index), "=", number(x, 4)), ", "];
  const [[re, im], second] = pair;
  const size = [", size ", named(`factor-${index}`, sharp(largest(pair)))];
  if (!second) return [...start, math(z, "=", number(re, 4)), ...size, "."];
  const [, b, c] = coefficients(polynomial, x);
  const equation = [math(SQUARE, ...signed(b), z, ...signed(c), "=", "0"), ": "];
  if (im === 0)
    return [
      ...start,
      ...equation,
      "real, ",
      math(z, "=", number(re, 4)),
      " and ",
      math(number(second[0], 4)),
      ...size,
      " of the larger.",
    ];
  const why = RULES[rule.slug]?.pair;
  return [
    ...start,
    ...equation,
    "complex, ",
    math(z, "=", number(re, 4), "±", number(Math.abs(im), 4), "i"),
    ...size,
    ...(why ? [" = ", why] : []),
    ".",
  ];
}

function runLine(view, i, index, size) {
  const found = measured(view, i);
  if (found.why) return ["The run: along ", vector(index), ` ${found.why}.`];
  const beside = number(size, found.digits);
  const between = `from step ${found.from} to ${found.to} `;
  return [
    `The run: ${between}`,
    distance(index),
    " has the factor ",
    { ...named(`measured-${index}`, found.text), digits: found.digits },
    `; predicted ${beside}.`,
  ];
}

const signed = (value) => [value < 0 ? "−" : "+", number(Math.abs(value), 4)];

// --- 3: the best setting ---
