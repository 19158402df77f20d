// What a handle of the figure commits goes this way, so that the inputs are drawn again; the rest concerns the figure alone.
// One commit after the other, each once the page has heard of the one before (``commitWaits``).
class Line {
  constructor() {
    this.unheard = []; // [number, values]
    this.last = 0;
    this.insist = new Insist(pageRuns);
  }

  commit(values) {
    this.last = Math.max(performance.now(), this.last + 1); // counts on where an older line of this page stopped
    this.unheard.push([this.last, values]);
    if (this.unheard.length === 1) this.send();
  }

  send() {
    this.say();
    this.insist.later(() => this.say());
  }

  say() {
    this.tell("commit", { commits: this.unheard });
  }

  // by the page, up to that number
  heard(last, tell) {
    this.tell = tell;
    const left = this.unheard.filter(([number]) => number > last);
    if (left.length === this.unheard.length) return;
    this.unheard = left;
    this.insist.stop();
    if (left.length) setTimeout(() => this.send()); // the inputs get their new values first
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".valley-line");
  root.line ??= new Line();
  root.line.heard(data.heard, setTriggerValue);
  root.commit = (values) => root.line.commit(values);
  return () => root.line.insist.stop();
}
