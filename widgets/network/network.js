// What the network answers at the step that is looked at, and how well on both parts of the data.
const SHADES = 0.42; // how much of a class's colour lies on the paper
const CORNERS = [[0, 0], [4, 0], [4, 0.125], [3, 0], [5, 0]]; // how many, and by which part they are turned
const SIGNS = ["●", "◆", "■", "▲", "⬟"];
const DOT = { training: 4, validation: 4.6 };

class Detail {
  constructor(root) {
    this.root = root;
    const row = root.appendChild(make("div", "valley-detail-row"));
    const place = () => row.appendChild(make("div", ""));
    const first = place();
    this.title = first.appendChild(make("p", ""));
    this.answers = new Chart(first, { label: "What the network answers, with the data", height: 300 });
    this.key = first.appendChild(make("p", "valley-detail-quiet"));
    this.sentence = place().appendChild(make("p", ""));
  }

  static describe(view, header) {
    return networkWords(view, header);
  }

  draw(view, header) {
    const stale = !view.shadow && Boolean(view.header.frame.section);
    this.answers.canvas.style.opacity = stale ? 0.35 : 1;
    rich(this.sentence, stale ? "Let go to see the network of this run." : networkWords(view, header));
    if (stale || header.surface.length === 0) return;
    const k = stepInView(view, header);
    this.title.textContent = `The network at step ${header.steps[k]}`;
    if (header.spans.length === 1) this.drawCurve(view, header, k);
    else this.drawPlane(view, header, k);
  }

  drawCurve({ palette, colour }, header, k) {
    const { answers } = this;
    const { line, spans, arrays, scale, classes } = header;
    answers.horizontal.title = header.inputs[0];
    answers.vertical.title = classes.length ? `${header.target}: ${classes.join(" or ")}` : header.target;
    if (!answers.begin(palette, spans[0], [scale[0], scale[1]])) return;
    const [low, high] = spans[0];
    const xs = Array.from({ length: line }, (_, i) => low + ((high - low) * i) / (line - 1));
    answers.curve(xs, arrays.curve.subarray(k * line, (k + 1) * line), { colour, width: 2.6 });
    eachRow(header, ([x, , goal, kept]) => {
      const [tone, sides] = classes.length ? [toneOf(header, palette, goal), goal] : [palette.ink, 0];
      this.dot([answers.x(x), answers.y(goal)], tone, kept, sides);
    });
    answers.end();
    this.sayKey(header);
  }

  drawPlane({ palette }, header, k) {
    const { answers } = this;
    const { side, spans, arrays, classes } = header;
    [answers.horizontal.title, answers.vertical.title] = header.inputs;
    if (!answers.begin(palette, ...spans)) return;
    const bytes = new Uint8Array(arrays.shades.buffer, arrays.shades.byteOffset, arrays.shades.byteLength);
    const now = bytes.subarray(k * side * side, (k + 1) * side * side);
    this.paint(now, header, palette);
    const { pen, box } = answers;
    pen.imageSmoothingEnabled = classes.length <= 2;
    // the outermost points lie on the border
    const half = [box.width, box.height].map((length) => length / (side - 1) / 2);
    pen.drawImage(this.sheet, box.left - half[0], box.top - half[1], box.width + 2 * half[0], box.height + 2 * half[1]);
    if (classes.length === 2) {
      const [low, high] = header.scale;
      const level = (header.levels * (header.border - low)) / (high - low);
      const pixel = ([i, j]) => [box.left + (i / (side - 1)) * box.width, box.top + (1 - j / (side - 1)) * box.height];
      answers.line(isoline(Array.from(now), side, level).map(pixel), { colour: palette.ink, width: 2 });
    }
    const [low, high] = header.scale;
    eachRow(header, ([x, y, goal, kept]) => {
      const tone = classes.length ? toneOf(header, palette, goal) : shade((goal - low) / (high - low), palette);
      if (classes.length) this.dot([answers.x(x), answers.y(y)], tone, kept, goal);
      else this.dot([answers.x(x), answers.y(y)], tone, kept, 0, palette.ink);
    });
    answers.end();
    this.sayKey(header);
  }

  // one pixel a point, the first row below
  paint(values, { side, classes, levels, colours }, palette) {
    this.sheet ??= make("canvas", "");
    Object.assign(this.sheet, { width: side, height: side });
    const pen = this.sheet.getContext("2d");
    const image = pen.createImageData(side, side);
    const paper = channelsOf(palette.paper);
    const pair = colours.map((name) => mixed(paper, channelsOf(palette[name]), SHADES));
    for (let j = 0; j < side; j += 1)
      for (let i = 0; i < side; i += 1) {
        const value = values[(side - 1 - j) * side + i];
        let tone;
        if (classes.length > 2) tone = pair[value % pair.length];
        else if (classes.length) {
          const part = value / levels;
          tone = part < 0.5 ? mixed(paper, pair[0], 1 - 2 * part) : mixed(paper, pair[1], 2 * part - 1);
        } else tone = channelsOf(shade(value / levels, palette));
        image.data.set([...tone, 255], 4 * (j * side + i));
      }
    pen.putImageData(image, 0, 0);
  }

  // a class has its shape, too: circle, diamond, square, triangle, pentagon
  dot([x, y], colour, kept, shape, edge) {
    const { pen, palette } = this.answers;
    const radius = kept ? DOT.validation : DOT.training;
    pen.beginPath();
    const [corners, turn] = CORNERS[shape % CORNERS.length];
    if (!corners) pen.arc(x, y, radius, 0, 2 * Math.PI);
    for (let i = 0; i < corners; i += 1) {
      const angle = 2 * Math.PI * (i / corners + turn);
      pen.lineTo(x + 1.25 * radius * Math.sin(angle), y - 1.25 * radius * Math.cos(angle));
    }
    pen.closePath();
    pen.fillStyle = kept ? palette.paper : colour;
    pen.fill();
    pen.lineWidth = kept ? 2 : 1;
    pen.strokeStyle = edge ?? (kept ? colour : palette.paper);
    pen.stroke();
  }

  sayKey({ classes, colours, validated, inputs, target }) {
    const told = classes.map((name, i) => `${SIGNS[i % SIGNS.length]} ${name}`).join(", ");
    const what = classes.length ? `${target}: ${told}.` : inputs.length > 1 ? `${bright(this.answers.palette.paper) ? "Darker" : "Brighter"}: larger ${target}.` : "";
    const more = inputs.length > 2 ? ` All inputs but ${inputs[0]} and ${inputs[1]} are at their mean.` : "";
    this.key.textContent = `${what}${more}${validated ? " Hollow: kept for validation." : ""}`.trim();
  }
}

function toneOf({ colours }, palette, goal) {
  return palette[colours[goal % colours.length]];
}

function eachRow({ arrays }, act) {
  for (let i = 0; i < arrays.points.length; i += 4) act(arrays.points.subarray(i, i + 4));
}

function bright(hex) {
  return channelsOf(hex).reduce((sum, value) => sum + value) > 384;
}

function channelsOf(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function mixed(one, other, part) {
  return one.map((value, i) => Math.round(value + part * (other[i] - value)));
}

// of a number between the lowest and the highest, in the picture's bands
function shade(part, palette) {
  const place = 6 * Math.min(1, Math.max(0, Number.isFinite(part) ? part : 0));
  const i = Math.min(5, Math.floor(place));
  const tone = mixed(channelsOf(palette[`heat${6 - i}`]), channelsOf(palette[`heat${5 - i}`]), place - i);
  return `#${tone.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function networkWords(view, header) {
  const { arrays, classes, validated } = header;
  const k = stepInView(view, header);
  const row = arrays.told.subarray(4 * k, 4 * k + 4);
  if (!Number.isFinite(row[0])) return `At step ${header.steps[k]} the run is lost: the network answers with no numbers.`;
  const share = (value) => (classes.length ? `, ${percent(value)} of the rows told rightly` : "");
  const trained = `At step ${header.steps[k]} a training row costs ${number(row[0])}${share(row[2])}`;
  if (!validated) return `${trained}. No rows are kept for validation.`;
  const unseen = `a validation row ${number(row[1])}${share(row[3])}`;
  return `${trained}; ${unseen}.`;
}
