// Strips: a row for each of many numbers of one kind, every number a dot, the middle half a box, the median a line.
const BAND = 9; // px that the box reaches above and below its middle
const CLEAR = 6; // px from the name of a row down to its box

function drawStrips(panel, strips) {
  const { chart, palette } = panel;
  const { pen, box } = chart;
  const high = box.height / strips.length;
  strips.forEach(({ label, note, colour, values, five, absent }, i) => {
    const top = box.top + i * high;
    const middle = top + 16 + CLEAR + BAND;
    const right = box.left + box.width;
    const room = right - (absent ? pen.measureText(absent).width + 16 : 0);
    nameStrip(chart, palette, label, note, box.left + 2, top + 8, room);
    const [low, first, half, third, last] = five.map((value) => (value === null ? right : chart.x(value)));
    const level = (from, to, style) => chart.line([[from, middle], [to, middle]], style); // prettier-ignore
    level(low, last, { colour, width: 1.5, alpha: 0.6 });
    pen.globalAlpha = 0.28;
    pen.fillStyle = colour;
    pen.fillRect(first, middle - BAND, Math.max(2, third - first), 2 * BAND);
    pen.globalAlpha = 0.75;
    const dots = Array.from(panel.row(values), (value, k) => [chart.x(value), middle + spreadOut(k) * (BAND - 2)]);
    chart.dots(dots.filter(([x]) => Number.isFinite(x)), colour, 2);
    pen.globalAlpha = 1;
    chart.line([[half, middle - BAND - 2], [half, middle + BAND + 2]], { colour: palette.ink, width: 2.5 }); // prettier-ignore
    if (absent) chart.label(absent, right - 4, top + 8, "right");
  });
}

function nameStrip(chart, palette, label, note, x, y, end) {
  const { pen } = chart;
  const plain = pen.font;
  pen.font = `600 ${plain}`;
  chart.label(label, x, y);
  const wide = pen.measureText(label).width;
  pen.font = plain.replace("13px", "12px");
  pen.fillStyle = palette.quiet;
  pen.fillText(cut(pen, note, end - x - wide - 12), x + wide + 8, y);
  pen.font = plain;
}

// as much of a text as there is room for
function cut(pen, text, room) {
  let short = text;
  while (short && pen.measureText(short).width > room) short = `${short.slice(0, -2).trimEnd()}…`;
  return short.length > 1 ? short : "";
}

// from -1 to 1, no two neighbours alike, and the same at every draw: multiples of the golden ratio
const spreadOut = (k) => 2 * ((k * 0.618034) % 1) - 1;
