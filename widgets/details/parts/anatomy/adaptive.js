// A step of a rule with a learning rate for each weight, from the averages that the server sent.
function adaptiveStep(view, header) {
  const moment = momentOf(view);
  const found = sentRun(view, header);
  if (!found) return { ...silent(view, "Let go to see this step."), heading: moment.heading, stale: true };
  if (lost(view, moment.index)) return tooSmall(view, moment);
  const place = 2 * (found.r * header.steps.length + moment.index);
  const take = (slot, i) => header.arrays[`${found.family}.${slot}`][place + i];
  const averaged = header.slots.includes("mean");
  const gradient = averaged ? gradientAt(view, moment.index) : [0, 1].map((i) => take("gradient", i));
  if (!finite([gradient])) return beyond(view, moment);
  const correction = (slot) => (header.decays[slot] ? 1 - view.hyper[header.decays[slot]] ** (moment.step + 1) : 1);
  const stabiliser = view.hyper.stabiliser ?? 0;
  const each = [0, 1].map((i) => {
    const mean = averaged ? take("mean", i) : null;
    const squares = take("squares", i) ** 2;
    const root = take("squares", i) / Math.sqrt(correction("squares"));
    const direction = averaged ? mean / correction("mean") : gradient[i];
    const rate = view.eta / (root + stabiliser);
    const corrected = { mean: direction, squares: squares / correction("squares") };
    return { gradient: gradient[i], mean, squares, root, direction, corrected, rate, move: -rate * direction };
  });
  const whole = each.map(({ move }) => move);
  if (!finite([whole])) return beyond(view, moment);
  const known = { ...moment, each, whole, gradient: scaled(gradient, -view.eta), decays: header.decays };
  return {
    ...known,
    sentence: adaptiveSentence(view, known),
    note: `Averages and learning rates are those that this step uses. ${dashedNote(known)}`,
    arrows: comparedArrows(view, known, true),
    formulas: adaptiveFormulas(view, known),
    rows: adaptiveRows(view, known),
  };
}

// which of the runs that were sent is on the screen: {family, r}, null if none of them is
function sentRun({ header: shown, eta, hyper }, header) {
  if (!sameGround(shown, header)) return null;
  const [moved, ...more] = Object.keys(hyper).filter((name) => hyper[name] !== header.hyper[name]);
  if (more.length || (moved && eta !== header.eta)) return null;
  const value = moved ? hyper[moved] : eta;
  const places = (moved ? [moved] : ["learning_rate", "present"]).map((family) => ({
    family,
    r: header.families[family]?.indexOf(value) ?? -1,
  }));
  return places.find(({ r }) => r >= 0) ?? null;
}

function adaptiveSentence({ eta }, { each, whole, gradient }) {
  const [one, two] = each;
  const still = each.map(({ squares, move }) => squares === 0 && move === 0);
  if (still[0] && still[1]) return "No gradient: nothing moves.";
  if (still[0] || still[1]) {
    const [rest, other] = still[0] ? ["w₁", "w₂"] : ["w₂", "w₁"];
    const rate = number((still[0] ? two : one).rate);
    return `${rest} has no gradient and stays; ${other} moves with the learning rate ${rate} (η = ${number(eta, 4)}).`;
  }
  return `${rateSentence(eta, one, two)} ${angleSentence(whole, gradient)}`;
}

function rateSentence(eta, one, two) {
  const alike = (a, b, share) => Math.abs(a - b) <= share * Math.max(a, b);
  const moves = [one, two].map(({ move }) => Math.abs(move));
  const slopes = [one, two].map(({ gradient }) => Math.abs(gradient));
  const compare = `(η = ${number(eta, 4)})`;
  if (moves[0] > 0 && alike(...moves, 5e-3) && !alike(...slopes, 5e-2))
    return `Both weights move by ${number(moves[0])} ${compare}, although their gradients are ${number(one.gradient)} and ${number(two.gradient)}.`;
  const [fast, slow, names] = one.rate >= two.rate ? [one, two, ["w₁", "w₂"]] : [two, one, ["w₂", "w₁"]];
  if (alike(fast.rate, slow.rate, 1e-2))
    return `Both weights have nearly the same learning rate, ${number(one.rate)} and ${number(two.rate)} ${compare}.`;
  const times = nearOne(fast.rate / slow.rate);
  return `${names[0]} moves with ${times} times the learning rate of ${names[1]}: ${number(fast.rate)} against ${number(slow.rate)} ${compare}.`;
}

function angleSentence(whole, gradient) {
  if (!norm(gradient)) return "There is no gradient here: the averages of earlier ones move it.";
  if (!norm(whole)) return "";
  const angle = angleBetween(whole, gradient);
  const degrees = angle < 0.1 ? "less than 0.1" : number(angle);
  const uphill = angle > 90.05 ? ", so it starts uphill" : "";
  return `The step points ${degrees}° away from −∇E${uphill}.`;
}

function adaptiveFormulas({ eta, hyper, rule }, { each, decays }) {
  const low = (name, i) => ["sub", name, i];
  const hat = (name, slot, i) => low(decays[slot] ? ["hat", name] : name, i);
  const top = (i) => (each[0].mean === null ? low("g", i) : hat(...MEAN, i));
  const delta = rule.symbols.stabiliser ? ["+", "δ"] : [];
  const symbols = [
    low("Δw", "i"),
    "=",
    "−",
    ["frac", "η", ["row", ["root", hat(...SQUARES, "i")], ...delta]],
    top("i"),
  ];
  const small = rule.symbols.stabiliser ? ["+", number(hyper.stabiliser)] : [];
  const numbers = each.map(({ corrected, direction, move }, i) => [
    ...[low("Δw", String(i + 1)), "=", "−"],
    ["frac", number(eta, 4), ["row", ["root", number(corrected.squares)], ...small]],
    ...[...factorOf(direction), "=", number(move)],
  ]);
  return [symbols, ...numbers];
}

function adaptiveRows({ hyper, rule, eta }, { each, decays, gradient }) {
  const line = (tree, values) => [tree, ...values.map((value) => number(value))];
  const sign = (slot) => rule.symbols[decays[slot]];
  const corrected = ([name, slot]) => [
    ["sub", ["hat", name], "i"],
    "=",
    ["sub", name, "i"],
    "/",
    "(",
    "1",
    "−",
    ["sup", sign(slot), "τ"],
    ")",
  ];
  const rows = [[["weight"], "w₁", "w₂"], line([["sub", "g", "i"]], pick(each, "gradient"))];
  const delta = "stabiliser" in hyper ? ["+", "δ"] : [];
  for (const [name, slot] of [MEAN, SQUARES]) {
    if (each[0][slot] === null) continue;
    rows.push(line([["sub", name, "i"]], pick(each, slot)));
    if (decays[slot]) rows.push(line(corrected([name, slot]), pick(pick(each, "corrected"), slot)));
  }
  const bottom = ["sub", decays.squares ? ["hat", "r"] : "r", "i"];
  rows.push(line(["η", "/", "(", ["root", bottom], ...delta, ")"], pick(each, "rate")));
  rows.push(line([["sub", "Δw", "i"]], pick(each, "move")));
  rows.push(line(["−", "η", ["sub", "g", "i"]], gradient));
  return rows;
}
