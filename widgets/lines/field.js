// Field: bands of height under a panel's curves, with thin lines between them, from a grid of heights from 0 to 1.
function drawField(panel, field) {
  const { chart, palette } = panel;
  const heights = panel.row(field.values);
  const [left, right] = field.x.map(chart.x);
  const [bottom, top] = field.y.map(chart.y);
  const size = [right - left, bottom - top].map((length) => Math.max(1, Math.round(length * chart.fine)));
  const { made } = panel;
  const same = made && made.palette === palette && made.heights.buffer === heights.buffer;
  if (!same || made.heights.byteOffset !== heights.byteOffset || String(made.size) !== String(size)) {
    panel.made = { heights, palette, size, sheet: fieldSheet(heights, field, size, palette) };
  }
  chart.pen.drawImage(panel.made.sheet, left, top, right - left, bottom - top);
}

// the picture alone, so many pixels wide and high; where there is no height it stays clear
function fieldSheet(heights, { columns, levels }, [wide, high], palette) {
  const bands = bandOf(heights, columns, levels, wide, high);
  const colours = Array.from({ length: levels }, (_, k) => shade(palette, k / Math.max(1, levels - 1)));
  const [red, green, blue, alpha] = palette.line.match(/[\d.]+/g).map(Number);
  const image = new ImageData(wide, high);
  for (let at = 0; at < bands.length; at += 1) {
    if (bands[at] < 0) continue;
    const [here, next, below] = [bands[at], at % wide < wide - 1 ? bands[at + 1] : bands[at], bands[at + wide] ?? bands[at]];
    const edge = here !== next || here !== below ? alpha : 0;
    const [r, g, b] = colours[here];
    image.data[4 * at] = r + edge * (red - r);
    image.data[4 * at + 1] = g + edge * (green - g);
    image.data[4 * at + 2] = b + edge * (blue - b);
    image.data[4 * at + 3] = 255;
  }
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [wide, high];
  sheet.getContext("2d").putImageData(image, 0, 0);
  return sheet;
}

// the band of every pixel, heights between grid points being linear along both sides; -1 where there is none
function bandOf(heights, columns, levels, wide, high) {
  const rows = heights.length / columns;
  const bands = new Int16Array(wide * high).fill(-1);
  for (let j = 0; j < high; j += 1) {
    const v = (1 - (j + 0.5) / high) * (rows - 1);
    const y = Math.min(Math.floor(v), rows - 2);
    for (let i = 0; i < wide; i += 1) {
      const u = ((i + 0.5) / wide) * (columns - 1);
      const x = Math.min(Math.floor(u), columns - 2);
      const at = y * columns + x;
      const low = heights[at] + (u - x) * (heights[at + 1] - heights[at]);
      const above = heights[at + columns] + (u - x) * (heights[at + columns + 1] - heights[at + columns]);
      const height = low + (v - y) * (above - low);
      if (height === height) bands[j * wide + i] = Math.max(0, Math.min(levels - 1, Math.floor(height * levels)));
    }
  }
  return bands;
}

// the colour of a share of the way up, [r, g, b]
function shade(palette, share) {
  const place = 4 * share;
  const first = Math.min(Math.floor(place), 3);
  const [one, other] = [first, first + 1].map((k) =>
    palette[`band${k}`].match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16)),
  );
  return one.map((low, c) => low + (place - first) * (other[c] - low));
}
