// The two plotly figures, ground and axes of the learning curve, each with a sheet of ink on it; bands lie below the ground.
const GROUND_OPTIONS = {
  displaylogo: false,
  scrollZoom: true,
  // a picture of the ground alone would lack the paths, and nothing is to leave for anybody's cloud
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage", "sendChartToCloud"],
};
const CURVE_OPTIONS = { displayModeBar: false };
const TOUCH = window.matchMedia("(pointer: coarse)");

const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

class Graphs {
  constructor(root, onChange) {
    this.onChange = onChange;
    this.plane = root.querySelector(".valley-plane");
    this.ground = root.querySelector(".valley-ground");
    this.curve = root.querySelector(".valley-axes");
    this.groundInk = new Ink(this.ground);
    this.curveInk = new Ink(this.curve);
    this.bands = new Bands(this.ground);
    this.queue = Promise.resolve();
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.ground);
    this.observer.observe(this.curve);
  }

  get ready() {
    return this.groundInk.ready && this.curveInk.ready;
  }

  // plotly.js is the copy that Streamlit ships; importing the file that holds it defines window.Plotly
  async library(name) {
    if (window.Plotly) return true;
    try {
      const entry = document.querySelector('script[type="module"][src*="/js/index."]').src;
      await import(new URL(name, entry).href);
      if (!window.Plotly) throw new Error("plotly is missing");
      return true;
    } catch (error) {
      this.plane.textContent = `The picture could not be loaded (${error.message}). Reload the page to try again.`;
      return false;
    }
  }

  // Bands and ink first, then what plotly draws: what moved is what the eye waits for. Only what differs is built anew.
  async build(header, palette, mode) {
    const before = this.built;
    const look = `${mode}|${palette.ink}|${enlarged()}`;
    this.built = {
      view: header.view,
      curve: `${look}|${header.curveId}`,
      ground: `${look}|${header.view}|${header.surface}`,
    };
    const { built } = this;
    const same = (part) => before?.[part] === built[part];
    this.field = fieldOf(header);
    this.palette = palette;
    if (same("view")) {
      if (!same("ground")) this.drawBands(header.surface);
      this.onChange();
    }
    if (same("ground") && same("curve")) return;
    this.queue = this.queue
      .then(() => same("view") && nextFrame())
      .then(async () => {
        // a message that wants something else is behind this one in the queue
        if (Object.keys(built).some((part) => built[part] !== this.built[part])) return;
        if (!same("curve")) await this.react(this.curve, header.curve, header, palette, CURVE_OPTIONS);
        if (!same("ground"))
          await this.react(this.ground, header.ground, header, palette, GROUND_OPTIONS, same("view"));
        if (!same("view")) this.drawBands(header.surface);
        this.plane.dataset.surface = header.surface;
        this.follow();
        this.onChange();
      })
      .catch((error) => console.error(error));
    await this.queue;
  }

  drawBands(surface) {
    this.bands.draw(this.field, this.palette);
    this.plane.dataset.bands = surface;
  }

  async react(graph, spec, header, palette, options, keepZoom = false) {
    const { data, layout } = grown(resolve(spec, palette, header.arrays), enlarged());
    const now = graph._fullLayout;
    if (TOUCH.matches) {
      layout.dragmode = false; // one finger scrolls the page
      options = { ...options, displayModeBar: false };
    }
    // while the view is the same the student's zoom is the student's
    if (keepZoom && now) for (const axis of ["xaxis", "yaxis"]) layout[axis].range = [...now[axis].range];
    await Plotly.react(graph, data, layout, options);
  }

  // bands and ink follow every zoom and pan
  follow() {
    if (this.following) return;
    this.following = true;
    for (const event of ["plotly_relayouting", "plotly_relayout"]) {
      this.ground.on(event, () => this.bands.draw(this.field, this.palette));
      for (const graph of [this.ground, this.curve]) graph.on(event, () => this.onChange());
    }
  }

  async resize() {
    if (!this.ready) return;
    for (const ink of [this.groundInk, this.curveInk]) {
      if (!ink.graph.clientWidth) continue;
      await Plotly.Plots.resize(ink.graph);
      ink.measure();
    }
    this.bands.measure();
    this.bands.draw(this.field, this.palette);
    this.onChange();
  }

  destroy() {
    this.observer.disconnect();
    if (window.Plotly) for (const graph of [this.ground, this.curve]) Plotly.purge(graph);
  }
}

const LENGTHS = ["size", "width", "l", "r", "t", "b"]; // of letters, marks, lines and margins

// a figure with its letters, marks, lines and margins so many times as large
function grown(spec, factor) {
  if (factor === 1 || spec === null || typeof spec !== "object" || ArrayBuffer.isView(spec)) return spec;
  if (Array.isArray(spec)) return spec.map((item) => grown(item, factor));
  const larger = ([name, value]) => [
    name,
    typeof value === "number" && LENGTHS.includes(name) ? factor * value : grown(value, factor),
  ];
  return Object.fromEntries(Object.entries(spec).map(larger));
}

function fieldOf({ ground, arrays }) {
  const { bands } = ground;
  return bands && { ...bands, height: arrays[bands.height.$], rows: bands.height.rows };
}
