// What the figure asks the server for: the picture of what is being dragged, and the families of a picture at rest.
const PACE = 60; // ms between two pictures of a drag
const HOLD = 400; // ms that a commit waits at most for the last picture of its drag

class Asks {
  constructor() {
    this.wanted = null; // values of a drag that are still to be asked for
    this.at = -Infinity; // when a drag was last asked for
    this.ticket = 0; // number of the last picture asked for
    this.waiting = false; // for its answer
    this.painting = false; // what was answered
    this.held = []; // commits that wait for both
    this.insist = new Insist();
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
    const left = commitWaits() ? WHILE_BUSY : (this.waiting ? PATIENCE : PACE) - passed;
    if (left > 0) {
      this.timer = setTimeout(() => this.send(), left);
      return;
    }
    this.flush();
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.wanted) return;
    this.at = performance.now();
    this.waiting = true;
    this.ticket += 1;
    this.ask("ask", { values: this.wanted, ticket: this.ticket });
    this.wanted = null;
  }

  // Released. The last picture goes out first and is painted first: the browser is long busy with the inputs' answer.
  release(commit) {
    if (commitWaits()) this.wanted = null;
    this.flush();
    this.held.push(commit);
    if (this.waiting || this.painting) this.hold = setTimeout(() => this.letGo(), HOLD);
    else this.letGo();
  }

  // as a message of its own: Streamlit joins triggers of one moment and runs the fragment of the first alone
  letGo() {
    clearTimeout(this.hold);
    for (const commit of this.held.splice(0)) setTimeout(commit);
  }

  // a picture of a drag that a later one follows: to draw it would keep that waiting
  isPast(header) {
    return Boolean(header.preview) && header.preview !== this.ticket;
  }

  answered(ask, header) {
    this.ask = ask;
    this.insist.stop();
    this.waiting = false;
    this.painting = true;
    if (header.preview) this.send();
  }

  // the answer is on the screen, all of it
  painted(header) {
    this.painting = false;
    if (!this.waiting) this.letGo();
    const missing = header.sliders.map(({ family }) => family).filter((name) => name && !(name in header.families));
    if (header.preview || header.heavy || !missing.length) return;
    // all at once, and what did not fit by its name
    this.request({ families: Object.keys(header.families).length ? missing[0] : true });
  }

  // families came to a figure that is new here and has nothing to draw them on
  picture(ask) {
    this.ask = ask;
    this.request({ picture: true });
  }

  // until something is answered
  request(what) {
    if (!this.over) this.insist.ask(() => this.ask("ask", what));
  }

  destroy() {
    this.over = true;
    this.insist.stop();
    for (const timer of [this.timer, this.hold]) clearTimeout(timer);
  }
}
