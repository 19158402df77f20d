// What the figure asks the server for: the picture of what is being dragged, and the families of a picture at rest.
const PACE = 60; // ms between two pictures of a drag
const PATIENCE = 1000; // ms after which an answer counts as lost

class Asks {
  constructor() {
    this.wanted = null; // values of a drag that are still to be asked for
    this.at = -Infinity; // when a drag was last asked for
    this.waiting = false;
  }

  // one picture of a drag at a time, the latest
  drag(values) {
    this.wanted = values;
    this.send();
  }

  send() {
    clearTimeout(this.timer);
    if (!this.wanted) return;
    const passed = performance.now() - this.at;
    const left = (this.waiting ? PATIENCE : PACE) - passed;
    if (left > 0) {
      this.timer = setTimeout(() => this.send(), left);
      return;
    }
    this.flush();
  }

  // released: what is still wanted goes out ahead of the values, since a picture alone is sooner there than all inputs
  flush() {
    clearTimeout(this.timer);
    if (!this.wanted) return;
    this.at = performance.now();
    this.waiting = true;
    this.ask("ask", { values: this.wanted });
    this.wanted = null;
  }

  answered(ask, header) {
    this.ask = ask;
    this.waiting = false;
    if (header.preview) this.send();
    else if (header.sliders.some((spec) => spec.family) && !Object.keys(header.families).length) this.families();
  }

  // once the picture is on the screen
  families() {
    requestAnimationFrame(() => setTimeout(() => this.ask("ask", { families: true })));
  }
}
