// The effective learning rate: a geometric series.
const ADAPTED = {
  adagrad: "Each weight has its own, η/(√r + δ), where r is the sum of its squared gradients: it can only fall.",
  rmsprop:
    "Each weight has its own, η/(√r + δ), where r averages its squared gradients: while a gradient far above δ stays the same, the step tends to η in size.",
  adam: "Each weight has its own, η/(√r̂ + δ), where r̂ averages its squared gradients: while a gradient far above δ stays the same from the start, every step is η in size.",
};

function effective(view) {
  const { rule, eta, hyper } = view;
  const mu = hyper.momentum;
  const told = number(eta, 4);
  if (rule.linear && rule.slug === "gradient_descent")
    return {
      head: ["The effective learning rate: η itself, ", named("effective-constant", told)],
      lines: [
        ["Nothing is kept of earlier steps: whether the gradient stays the same or alternates, each counts once."],
      ],
    };
  if (!rule.linear || !RULES[rule.slug]) {
    const known = rule.form?.length || rule.clipped ? undefined : ADAPTED[rule.slug]; // of the printed form
    return {
      head: [`The effective learning rate: ${rule.adaptive ? "another one for each weight" : "not a fixed one"}`],
      lines: [[known ?? `What ${rule.title} makes of a gradient does not follow from η alone.`]],
    };
  }
  const [constant, alternating] = [eta / (1 - mu), eta / (1 + mu)];
  return {
    head: [
      "The effective learning rate: ",
      named("effective-constant", number(constant, 4)),
      " for a constant gradient, ",
      named("effective-alternating", number(alternating, 4)),
      " for one that alternates",
    ],
    lines: [
      [
        "Each step keeps the share ",
        math("μ", "=", number(mu, 4)),
        " of the one before. If the gradient that the rule takes stays the same, a step tends to ",
        math("−", "η", "∇", "E", "(", "1", "+", "μ", "+", ["sup", "μ", "2"], "+", "…", ")"),
        ".",
      ],
      [
        "This series is geometric (Bishop and Bishop, 2024, before 7.33, print arithmetic, a slip): ",
        ...sums(mu, "constant"),
        ", so ",
        math(["frac", "η", ["row", "1", "−", "μ"]], "=", number(constant, 4)),
        ".",
      ],
      [
        "If it alternates in sign, every second term is taken off: ",
        ...sums(-mu, "alternating"),
        ", so ",
        math(["frac", "η", ["row", "1", "+", "μ"]], "=", number(alternating, 4)),
        ".",
      ],
      ...atTheLimit(view, mu),
    ],
  };
}

// the first terms of 1 + q + q^2 + ..., added one by one, beside the whole
function sums(q, name) {
  const many = q === 0 ? 10 : Math.max(10, Math.ceil(Math.log(1e-4) / Math.log(Math.abs(q))));
  const counts = many > 10 ? [10, many] : [10];
  let [total, term, done] = [0, 1, 0];
  const added = counts.map((count) => {
    for (; done < count; done += 1) {
      total += term;
      term *= q;
    }
    return [`${count} terms `, named(`sum-${name}-${count}`, number(total, 4)), ", "];
  });
  return [
    ...added.flat(),
    "all ",
    math(["frac", "1", ["row", "1", name === "constant" ? "−" : "+", "μ"]], "=", number(1 / (1 - q), 4)),
  ];
}

function atTheLimit({ rule, polynomial, eigenvalues, labels }, mu) {
  const [, high] = eigenvalues;
  if (!(high > 0)) return [];
  const index = indices(labels)[1];
  const ahead = rule.slug === "nesterov";
  const gain = ahead ? 1 + 2 * mu : 1;
  const rate = ((edge(polynomial) / high) * gain) / (1 + mu);
  return [
    [
      "At the limit the gradient along ",
      vector(index),
      " alternates; ",
      ahead ? "the rule takes it farther out, where it is 1 + 2μ times as large. With that, " : "",
      math(...(ahead ? ["(", "1", "+", "2", "μ", ")"] : []), "η", "/", "(", "1", "+", "μ", ")"),
      " is there ",
      named("limit-effective", number(rate, 4)),
      ", gradient descent's own limit ",
      math("2", "/", lambda(index), "=", number(2 / high, 4)),
      ".",
    ],
  ];
}

// --- 5: Bishop and Bishop's exercises ---
