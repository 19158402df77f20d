// The plane as a file, for a slide: ground, ink, legend and verdict as one SVG, or as pixels.
const PICTURE_PAD = 14; // px around the words
const PICTURE_ROW = 20; // px from line to line
const PICTURE_SCALE = 2; // pixels of a PNG for one of the screen
const SWATCH_ROOM = 42; // px

class Picture {
  constructor(figure) {
    this.figure = figure;
    for (const format of ["svg", "png"]) {
      figure.root.querySelector(`.valley-${format}`).addEventListener("click", () => this.save(format));
    }
  }

  async save(format) {
    if (!this.figure.graphs.ready) return;
    const drawing = await this.drawing();
    download(await (format === "svg" ? asFile : asPixels)(drawing), `${this.name}.${format}`);
  }

  get edited() {
    return this.figure.header.runs.find((run) => run.edited);
  }

  // valley-momentum
  get name() {
    const title = this.edited.label.split("η")[0].toLowerCase();
    return ["valley", ...(title.match(/[a-z0-9]+/g) ?? [])].join("-");
  }

  async drawing() {
    const { graphs, palette, header, root } = this.figure;
    const { width, height } = graphs.groundInk.size;
    const family = getComputedStyle(root).fontFamily;
    const ground = await groundDrawing(graphs.ground, width, height, family);
    const bands = recorded(graphs.bands, () => graphs.bands.draw(graphs.field, palette));
    const { ink, bottom } = this.ink(width, height, family);
    const size = { width, height: bottom, viewBox: `0 0 ${width} ${bottom}` };
    const drawing = svgElement("svg", { ...size, role: "img", "aria-label": graphs.plane.getAttribute("aria-label") });
    drawing.append(svgElement("rect", { width, height: bottom, fill: palette.paper }), bands, ground, ink);
    return drawing;
  }

  // the very strokes that the screen shows, on a sheet that keeps them
  ink(width, height, family) {
    const { groundInk } = this.figure.graphs;
    let bottom;
    const ink = recorded(groundInk, () => {
      this.figure.draw();
      const caption = new Caption(groundInk, width - 2 * PICTURE_PAD, family);
      bottom = caption.write(this.figure, height + PICTURE_PAD);
    });
    return { ink, bottom };
  }
}

// what is drawn with a pen, as elements of SVG
function recorded(pad, draw) {
  const screen = pad.pen;
  const sheet = new SvgContext();
  pad.pen = sheet;
  try {
    draw();
  } finally {
    pad.pen = screen;
  }
  return sheet.root;
}

// The legend and the verdict's first sentence beneath the plane.
class Caption {
  constructor(ink, width, family) {
    Object.assign(this, { ink, width, family });
    this.ruler = document.createElement("canvas").getContext("2d");
  }

  // from this height down; returns where it ends
  write({ header, drawn, words }, top) {
    const labels = new Map(drawn.map((run) => [run.name, run.label]));
    const lines = flow(header.runs, (run) => SWATCH_ROOM + this.length(labels.get(run.name)), 18, this.width);
    for (const line of lines) {
      for (const { item, x } of line) this.entry(item, labels.get(item.name), PICTURE_PAD + x, top);
      top += PICTURE_ROW;
    }
    const sentence = firstSentence(words.sentence.written).split(" ");
    for (const line of flow(sentence, (word) => this.length(word), this.length(" "), this.width)) {
      this.text(line.map(({ item }) => item).join(" "), PICTURE_PAD, top);
      top += PICTURE_ROW;
    }
    return top;
  }

  entry(run, label, x, y) {
    const ends = [
      [x, y],
      [x + 34, y],
    ];
    this.ink.line(ends, { colour: run.colour, width: 3, dash: run.dash });
    this.text(label, x + SWATCH_ROOM, y);
  }

  // a_{b} as a subscript
  text(text, x, y) {
    const { pen, palette } = this.ink;
    Object.assign(pen, { fillStyle: palette.ink, textAlign: "left", textBaseline: "middle" });
    for (const { part, font, low } of this.parts(text)) {
      pen.font = font;
      pen.fillText(part, x, y + low);
      x += this.measure(part, font);
    }
  }

  length(text) {
    return this.parts(text).reduce((sum, { part, font }) => sum + this.measure(part, font), 0);
  }

  parts(text) {
    const style = (size, low) => ({ font: `${size}px ${this.family}`, low });
    return text
      .split(/(_\{[^}]*\})/)
      .filter(Boolean)
      .map((part) =>
        part.startsWith("_{") ? { part: part.slice(2, -1), ...style(10, 4) } : { part, ...style(13, 0) },
      );
  }

  measure(text, font) {
    this.ruler.font = font;
    return this.ruler.measureText(text).width;
  }
}

// a full stop ends it, a decimal point does not
function firstSentence(text) {
  return text.split(/(?<=\.) (?=\p{Lu})/u)[0];
}

// items side by side, as many to a line as there is room for
function flow(items, lengthOf, gap, room) {
  const lines = [];
  let end = Infinity;
  for (const item of items) {
    const length = lengthOf(item);
    if (end + gap + length > room) {
      lines.push([]);
      end = -gap;
    }
    lines.at(-1).push({ item, x: end + gap });
    end += gap + length;
  }
  return lines;
}

// what plotly draws, with the page's font by name: a file knows no variables of the page
async function groundDrawing(graph, width, height, family) {
  const [wide, high] = [width, height].map((length) => length * enlarged());
  const address = await Plotly.toImage(graph, { format: "svg", width: wide, height: high });
  const text = decodeURIComponent(address.slice(address.indexOf(",") + 1));
  const ground = document.adoptNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${wide} ${high}` })) ground.setAttribute(name, value);
  for (const element of ground.querySelectorAll("text, tspan")) {
    if (element.style.fontFamily) element.style.fontFamily = family;
  }
  return ground;
}

function asFile(drawing) {
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
}

async function asPixels(drawing) {
  const address = URL.createObjectURL(asFile(drawing));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = PICTURE_SCALE * image.width;
    canvas.height = PICTURE_SCALE * image.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(blob, name) {
  const link = make("a", "", { download: name, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
