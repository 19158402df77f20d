// What the proofs share: short ways to write, and what they say of each rule.
// enough digits to see how far a factor is from 1, and as many as a run is measured with
const sharp = (value) => (Math.abs(1 - Math.abs(value)) < 0.1 ? nearOne(value) : number(value, 4));
const math = (...tree) => ({ math: tree });
const named = (name, text) => ({ name, text });
const lambda = (index) => ["sub", "λ", index];
const vector = (index) => math(["sub", "**u", index]);
const distance = (index) => math(["sub", "α", index]);
const indices = (labels) =>
  [...labels].map((label) => ("₁₂".includes(label) ? String("₁₂".indexOf(label) + 1) : label));
const z = "z";
const SQUARE = ["sup", "z", "2"];

// --- the rules whose formulas stand here; of another linear one only its polynomial is known ---

const RULES = {
  gradient_descent: {
    polynomial: [z, "−", "(", "1", "−", "η", "λ", ")", "=", "0"],
    circle: () => ["It has one root, and this is real: it leaves at ", math(z, "=", "−1"), "."],
    atMinusOne: () => [math("−1", "−", "(", "1", "−", "η", "λ", ")", "=", "0"), " gives ", math("η", "λ", "=", "2")],
    coefficients: (x) => [1, x - 1],
    best: (low, high) => ({ eta: 2 / (low + high) }),
    ends: () => [
      [
        "The factors ",
        math("1", "−", "η", "λ"),
        " of the two ends pull against each other: a larger η helps the flat one and hurts the steep one. The larger " +
          "of the two sizes is least where they are equal.",
      ],
    ],
    solved: ([low, high]) => [
      math("1", "−", "η", lambda(low), "=", "−", "(", "1", "−", "η", lambda(high), ")"),
      " gives ",
      math("η", "=", ["frac", "2", ["row", lambda(low), "+", lambda(high)]]),
      ", and the factor ",
      math(["frac", ["row", "κ", "−", "1"], ["row", "κ", "+", "1"]]),
    ],
  },
  momentum: {
    polynomial: [SQUARE, "−", "(", "1", "+", "μ", "−", "η", "λ", ")", z, "+", "μ", "=", "0"],
    circle: (mu) => [
      "A complex pair cannot leave: its ",
      math(["sup", ["row", "|", z, "|"], "2"], "=", "μ", "=", number(mu, 4)),
      " is below 1. What is left is ",
      math(z, "=", "−1"),
      ".",
    ],
    atMinusOne: (mu) => [
      math("1", "+", "(", "1", "+", "μ", "−", "η", "λ", ")", "+", "μ", "=", "0"),
      " gives ",
      math("η", "λ", "=", "2", "+", "2", "μ", "=", number(2 + 2 * mu, 4)),
    ],
    pair: math(["root", "μ"]),
    coefficients: (x, mu) => [1, x - 1 - mu, mu],
    best(low, high) {
      const total = Math.sqrt(low) + Math.sqrt(high);
      return { eta: (2 / total) ** 2, mu: ((Math.sqrt(high) - Math.sqrt(low)) / total) ** 2 };
    },
    ends: () => [
      [
        "A complex pair has size ",
        math(["root", "μ"]),
        ": the smaller μ the better, until the roots of one end meet and turn real, one of them then larger. Both " +
          "ends meet at once if",
      ],
    ],
    solved: ([low, high]) => [
      math(["root", "μ"], "=", "1", "−", ["root", ["row", "η", lambda(low)]]),
      math("=", ["root", ["row", "η", lambda(high)]], "−", "1"),
      ". So ",
      math(["root", "η"], "=", ["frac", "2", ["row", ["root", lambda(low)], "+", ["root", lambda(high)]]]),
      ", and the factor ",
      math(["root", "μ"], "=", ["frac", ["row", ["root", "κ"], "−", "1"], ["row", ["root", "κ"], "+", "1"]]),
    ],
  },
  nesterov: {
    polynomial: [
      SQUARE,
      ...[
        "−",
        "(",
        "1",
        "+",
        "μ",
        ")",
        "(",
        "1",
        "−",
        "η",
        "λ",
        ")",
        z,
        "+",
        "μ",
        "(",
        "1",
        "−",
        "η",
        "λ",
        ")",
        "=",
        "0",
      ],
    ],
    circle: () => [
      "A complex pair cannot leave: its ",
      math(["sup", ["row", "|", z, "|"], "2"], "=", "μ", "(", "1", "−", "η", "λ", ")"),
      " is below 1. What is left is ",
      math(z, "=", "−1"),
      ".",
    ],
    atMinusOne: (mu) => [
      math("1", "+", "(", "1", "+", "2", "μ", ")", "(", "1", "−", "η", "λ", ")", "=", "0"),
      " gives ",
      math("η", "λ", "=", ["frac", ["row", "2", "+", "2", "μ"], ["row", "1", "+", "2", "μ"]]),
      math("=", number((2 + 2 * mu) / (1 + 2 * mu), 4)),
    ],
    pair: math(["root", ["row", "μ", "(", "1", "−", "η", "λ", ")"]]),
    coefficients: (x, mu) => [1, -(1 + mu) * (1 - x), mu * (1 - x)],
    best(low, high) {
      const s = Math.sqrt((3 * high) / low + 1);
      return { eta: 4 / (3 * high + low), mu: (s - 2) / (s + 2) };
    },
    ends: ([low, high]) => [
      [
        "At ",
        math(lambda(low)),
        " the two roots should just meet, at ",
        math(z, "=", "1", "−", ["root", ["row", "η", lambda(low)]]),
        ", which takes ",
        math("μ", "=", [
          "frac",
          ["row", "1", "−", ["root", ["row", "η", lambda(low)]]],
          ["row", "1", "+", ["root", ["row", "η", lambda(low)]]],
        ]),
        ".",
      ],
      [
        "At ",
        math(lambda(high)),
        " the negative root should be as large: putting minus that number into the polynomial leaves",
      ],
    ],
    solved: ([low, high]) => [
      math("1", "−", "η", lambda(high), "=", "−", "(", "1", "−", "η", lambda(low), ")", "/", "3"),
      ". So ",
      math("η", "=", ["frac", "4", ["row", "3", lambda(high), "+", lambda(low)]]),
      ", and the factor ",
      math("1", "−", ["frac", "2", ["root", ["row", "3", "κ", "+", "1"]]]),
    ],
  },
};

// --- 1: the limit ---
