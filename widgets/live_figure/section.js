// A plane through more than two weights: how much of the run it shows, and what it hides.

// distance of step k from the plane, and E at its foot above the floor
function shadowOf(rows, k) {
  return { distance: rows[2 * k], below: rows[2 * k + 1] };
}

function sectionWords({ header, shadow, floor, path, steps }, k) {
  const { section } = header.frame;
  if (!shadow) return `${section.explained} Let go to see how far this run is from the plane.`;
  const { distance, below } = shadow(k);
  if (!Number.isFinite(distance)) return section.explained;
  const away = `At step ${steps[k]} the run is ${number(distance)} from the plane (${number(section.farthest)} at most, on a way that leads ${number(section.length)} from the start)`;
  const errors = `its error is ${number(floor + path.above[k])}, that of the plane below it ${number(floor + below)}`;
  return `${section.explained} ${away}; ${errors}.`;
}

// the error on the plane below the run, beside the real one; and how far from the plane the run is, at the picture's scale
function drawShadow(ground, curve, { shadow, colour, palette, steps, path }, points, k) {
  if (!shadow) return;
  const below = Array.from(path.x, (_, i) => [curve.x(steps[i]), curve.y(Math.abs(shadow(i).below) || NaN)]);
  curve.line(below, { colour, width: 1.6, dash: "dot" });
  const [x, y] = below[Math.min(below.length - 1, Math.ceil(0.7 * below.length))];
  curve.label("on the plane", x, y - 12, "center");
  const radius = shadow(k).distance * Math.abs(ground.x(1) - ground.x(0));
  if (!(radius > 6)) return;
  ground.circle(points[k], radius, { colour: palette.ink, width: 1.2, dash: "dot" });
}
