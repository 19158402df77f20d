// Each mode against the step, the roots that multiply it, and its share of the error.
const SPAN = 60; // steps in sight

class Detail {
  constructor(root) {
    const row = make("div", "valley-detail-row");
    const place = () => row.appendChild(make("div", ""));
    root.append(row);
    this.modes = new Chart(place(), {
      label: "Distance along each eigenvector against the step",
      x: { title: "step" },
      y: { title: "α" },
    });
    const plane = place();
    this.roots = new Chart(plane, {
      label: "What multiplies each distance, in the complex plane with the unit circle",
      x: { title: "real" },
      y: { title: "imaginary" },
      equal: true,
    });
    this.rootWords = plane.appendChild(make("p", "valley-detail-quiet"));
    this.shares = new Chart(place(), {
      label: "Share of the error that each direction holds, against the step",
      x: { title: "step" },
      y: { title: "share of the error" },
    });
  }

  draw(view) {
    this.drawModes(view);
    this.drawRoots(view);
    this.drawShares(view);
  }

  drawModes(view) {
    const { modes } = this;
    const { palette, steps, path, labels } = view;
    const shown = steps.filter((step, k) => step <= SPAN && k < path.x.length);
    const along = [0, 1].map((i) => shown.map((_, k) => path.modes[2 * k + i]));
    const reach = Math.max(...along.map(([first]) => Math.abs(first)), 1e-300);
    const range = spread(along.flat().map((value) => Math.max(-4 * reach, Math.min(4 * reach, value))));
    if (!modes.begin(palette, [0, Math.max(1, shown[shown.length - 1])], range)) return;
    modes.line(
      [modes.x(0), modes.x(SPAN)].map((x) => [x, modes.y(0)]),
      { colour: palette.quiet, width: 1 },
    );
    along.forEach((values, i) => {
      const colour = i ? view.colour : palette.quiet;
      const closed = view.polynomial ? shown.map((step) => closedForm(factors(view, i), step) * values[0]) : values;
      modes.curve(shown, closed, { colour, width: 1.6 });
      modes.points(shown, values, colour, 2.6);
      modes.label(`u${labels[i]}`, modes.x(shown[0]) + 8, modes.y(values[0]));
    });
    const now = modes.x(steps[view.at]);
    modes.line(
      [
        [now, modes.box.top],
        [now, modes.box.top + modes.box.height],
      ],
      { colour: palette.quiet, width: 1, dash: "dot" },
    );
    modes.end();
  }

  drawRoots(view) {
    const { roots } = this;
    const { palette, labels } = view;
    if (!view.polynomial) {
      this.rootWords.textContent = `The steps of ${view.rule.title} mix the directions: no number multiplies one of them.`;
      roots.canvas.hidden = true;
      return;
    }
    roots.canvas.hidden = false;
    const all = [0, 1].map((i) => factors(view, i));
    const reach = 1.15 * Math.max(1, ...all.flat().map(([re, im]) => Math.min(2.5, Math.hypot(re, im))));
    if (!roots.begin(palette, [-reach, reach], [-reach, reach])) return;
    const turn = Array.from({ length: 121 }, (_, k) => (k * Math.PI) / 60);
    roots.curve(turn.map(Math.cos), turn.map(Math.sin), { colour: palette.quiet, width: 1.4, dash: "dash" });
    all.forEach((pair, i) => {
      roots.points(
        pair.map(([re]) => re),
        pair.map(([, im]) => im),
        i ? view.colour : palette.quiet,
        5,
      );
      const [re, im] = pair[0];
      roots.label(`u${labels[i]}`, roots.x(re) + 8, roots.y(Math.abs(im)) - 9);
    });
    roots.end();
    rich(this.rootWords, rootSentence(all, labels));
  }

  drawShares(view) {
    const { shares } = this;
    const { palette, steps, path, eigenvalues } = view;
    const shown = steps.filter((step, k) => step <= SPAN && k < path.x.length);
    const last = Math.max(1, shown[shown.length - 1]);
    if (!shares.begin(palette, [-0.5, last + 0.5], [0, 1])) return;
    const width = Math.max(1, shares.x(1) - shares.x(0) - 1);
    shown.forEach((step, k) => {
      const held = [0, 1].map((i) => Math.abs(eigenvalues[i]) * path.modes[2 * k + i] ** 2);
      const whole = held[0] + held[1];
      if (!(whole > 0) || !Number.isFinite(whole)) return;
      const part = held[1] / whole;
      const bar = (from, to, colour) => {
        shares.pen.fillStyle = colour;
        shares.pen.fillRect(shares.x(step) - width / 2, shares.y(to), width, shares.y(from) - shares.y(to));
      };
      bar(0, part, view.colour);
      bar(part, 1, palette.quiet);
    });
    shares.end();
  }
}

function rootSentence(all, labels) {
  const sizes = all.map((pair) => Math.max(...pair.map(([re, im]) => Math.hypot(re, im))));
  const i = sizes[1] >= sizes[0] ? 1 : 0;
  if (sizes[i] < 1 - 1e-9)
    return `All inside the circle; the largest, along u${labels[i]}, is ${nearOne(sizes[i])} in size.`;
  if (sizes[i] > 1 + 1e-9)
    return `Outside the circle along u${labels[i]}: in the long run ${nearOne(sizes[i])} times a step.`;
  return `On the circle along u${labels[i]}: there the distance neither shrinks nor grows in the long run.`;
}

// what is left of a mode after k steps from rest, S(k + 1) - z1 z2 S(k) with S(k) = (z1^k - z2^k)/(z1 - z2)
function closedForm(roots, k) {
  const [[re, im], second] = roots;
  if (!second) return re ** k;
  const product = im !== 0 ? re * re + im * im : re * second[0];
  return powers(roots, k + 1) - product * powers(roots, k);
}

function powers([[re, im], [other]], k) {
  if (im !== 0) {
    const [size, turn] = [Math.hypot(re, im), Math.atan2(im, re)];
    return (size ** (k - 1) * Math.sin(k * turn)) / Math.sin(turn);
  }
  let total = 0; // without the quotient, which fails where the roots meet
  for (let j = 0; j < k; j += 1) total += re ** (k - 1 - j) * other ** j;
  return total;
}
