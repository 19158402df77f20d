// Exercises 7.1 to 7.3 on the present surface.
function exercises(view, angle) {
  const { eigenvalues, labels, axes } = view;
  const [low, high] = eigenvalues;
  const index = indices(labels);
  return {
    head: [
      "Exercises 7.1 to 7.3: ",
      math(["sup", "**v", "T"], "**H", "**v"),
      " lies between ",
      named("lowest", number(low, 4)),
      " and ",
      named("highest", number(high, 4)),
      `, so w* ${kind(low, high)}`,
    ],
    lines: [
      sameError(view, index),
      [
        "7.2: ",
        math(["sup", "**v", "T"], "**H", "**v"),
        " is ",
        math(lambda(index[0]), "=", number(low, 4)),
        " for ",
        math("**v", "=", ["sub", "**u", index[0]]),
        ", ",
        math(lambda(index[1]), "=", number(high, 4)),
        " for ",
        math("**v", "=", ["sub", "**u", index[1]]),
        ", and ",
        math(["subsup", "c", index[0], "2"], lambda(index[0]), "+", ["subsup", "c", index[1], "2"], lambda(index[1])),
        " for ",
        math(
          "**v",
          "=",
          ["sub", "c", index[0]],
          ["sub", "**u", index[0]],
          "+",
          ["sub", "c", index[1]],
          ["sub", "**u", index[1]],
        ),
        ".",
      ],
      meaning(low, high, index[0]),
      [
        "The converse fails for other surfaces: ",
        math(["sup", "x", "4"]),
        " has a minimum at 0, where its second derivative is 0. So positive definite is enough for a minimum (7.3), not necessary; and 7.12 needs ",
        math("**v"),
        " other than 0.",
      ],
      turned(eigenvalues, shares(axes, angle), hessian(view), angle, index),
    ],
  };
}

function kind(low, high) {
  if (low > 0) return "is a minimum";
  if (high < 0) return "is a maximum";
  if (low < 0 && high > 0) return "is a saddle";
  if (low === 0 && high === 0) return "lies on a plane";
  return high > 0 ? "lies in a flat valley" : "lies on a flat ridge";
}

function meaning(low, high, index) {
  const start = "7.3: ";
  if (low > 0)
    return [
      start,
      "both are positive, so E rises in every direction away from ",
      math("**w*"),
      ": a minimum, and the only one.",
    ];
  if (high < 0)
    return [start, "both are negative, so E falls in every direction away from ", math("**w*"), ": a maximum."];
  if (low < 0 && high > 0)
    return [start, "the signs differ, so E falls in some directions and rises in others: a saddle."];
  if (low === 0 && high === 0) return [start, "both are 0, so E is the same everywhere."];
  if (high > 0)
    return [
      start,
      "one is 0: E stays the same along ",
      vector(index),
      " and rises elsewhere, so every point of that line is as low as ",
      math("**w*"),
      ".",
    ];
  return [start, "one is 0 and one negative: E falls wherever it changes, so ", math("**w*"), " is no minimum."];
}

function sameError(view, index) {
  const { eigenvalues, path, steps, at } = view;
  const [a, b] = [path.modes[2 * at], path.modes[2 * at + 1]];
  const sum = 0.5 * (eigenvalues[0] * a * a + eigenvalues[1] * b * b);
  const d = [0, 1].map((j) => a * view.axes[0][j] + b * view.axes[1][j]);
  const whole = 0.5 * product(hessian(view), d);
  const noise = 1e-12 * (Math.abs(eigenvalues[0]) * a * a + Math.abs(eigenvalues[1]) * b * b);
  const said = (value) => number(Math.abs(value) <= noise ? 0 : value, 4);
  return [
    "7.1: ",
    math("½", "(", "**w", "−", ["row", "**w*"], ")", ["sup", "", "T"], "**H", "(", "**w", "−", "**w*", ")"),
    ` at step ${steps[at]} is `,
    named("error-whole", said(whole)),
    ". As the eigenvectors are at right angles, only their squares stay: ",
    math(
      "½",
      "(",
      lambda(index[0]),
      ["subsup", "α", index[0], "2"],
      "+",
      lambda(index[1]),
      ["subsup", "α", index[1], "2"],
      ")",
    ),
    " is ",
    named("error-sum", said(sum)),
    ".",
  ];
}

function turned(eigenvalues, [c1, c2], h, angle, index) {
  const sum = curvature(eigenvalues, [c1, c2]);
  const v = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const noise = 1e-12 * Math.max(...eigenvalues.map(Math.abs));
  const said = (value) => number(Math.abs(value) <= noise ? 0 : value, 4);
  const rounded = (value) => number(Math.abs(value) < 1e-12 ? 0 : value, 3);
  const follows =
    Math.abs(sum) <= noise
      ? "0: along this v E stays as it is"
      : sum > 0
        ? "positive: along this v E rises on both sides"
        : "negative: along this v E falls on both sides";
  return [
    `Turn v: at ${angle}° `,
    math(["sub", "c", index[0]], "=", rounded(c1)),
    ", ",
    math(["sub", "c", index[1]], "=", rounded(c2)),
    ", the sum is ",
    named("curvature-sum", said(sum)),
    " and ",
    math(["sup", "**v", "T"], "**H", "**v"),
    " with H itself ",
    named("curvature", said(product(h, v))),
    `, ${follows}.`,
  ];
}

// --- what is computed ---
