// A slider over given stops: the second handle of a number that an input on the page owns.
class Slider {
  constructor(onMove, onCommit) {
    this.onMove = onMove;
    this.onCommit = onCommit;
    this.pending = null; // {value, at}: a commit of ours that the page has not confirmed
    this.root = make("div", "valley-slider");
    this.name = make("span", "valley-slider-name");
    this.value = make("output", "valley-slider-value");
    this.input = make("input", "", { type: "range", step: "1", min: "0" });
    this.root.append(this.name, this.value, this.input);
    this.input.addEventListener("input", () => this.moved());
    this.input.addEventListener("pointerdown", () => {
      clearTimeout(this.timer); // else a key, or the release before this one, commits where the drag happens to be
      this.pointer = true;
      this.before = this.input.value;
    });
    this.input.addEventListener("pointerup", () => {
      this.pointer = false;
      this.commit();
    });
    this.input.addEventListener("pointercancel", () => this.cancel());
    this.input.addEventListener("keyup", () => this.later());
    this.input.addEventListener("change", () => this.later());
  }

  get index() {
    return Number(this.input.value);
  }

  // moved or committed, and the page does not know it yet
  get ahead() {
    return Boolean(this.pointer || this.dirty || this.pending);
  }

  get stop() {
    return this.stops[this.index];
  }

  // what the page is told, by the keys of the inputs that own it
  get values() {
    return this.commits ? this.commits[this.index] : { [this.key]: this.stop };
  }

  moved() {
    this.dirty = true;
    this.show();
    this.onMove(this);
  }

  // the finger scrolled the page after all
  cancel() {
    this.pointer = false;
    this.input.value = this.before;
    this.moved();
    if (this.family) this.dirty = false;
    else this.commit(); // a picture of the drag may be under way
  }

  // the keyboard commits once it has been quiet, the pointer when it lets go
  later() {
    clearTimeout(this.timer);
    if (!this.pointer) this.timer = setTimeout(() => this.commit(), 250);
  }

  commit() {
    clearTimeout(this.timer);
    if (!this.dirty) return;
    this.dirty = false;
    this.pending = { value: this.stop, at: performance.now() };
    this.onCommit(this.values);
  }

  // What the page says. An answer older than our own last commit is not adopted, unless ours is 2 s old.
  adopt({ key, label, stops, texts, value, commits, family }) {
    const other = key !== this.key;
    const mine = other ? null : this.stops[this.index];
    Object.assign(this, { key, stops, texts, commits, family, said: value });
    if (other) this.pending = null;
    if (this.pending && (this.pending.value === value || performance.now() - this.pending.at > 2000))
      this.pending = null;
    const held = !other && this.ahead;
    this.input.max = String(stops.length - 1);
    this.input.value = String(nearest(stops, held ? mine : value));
    rich(this.name, label);
    this.input.setAttribute("aria-label", label.replace(/_\{(.*?)\}/g, " $1"));
    this.show();
  }

  show() {
    const text = this.texts[this.index];
    this.value.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }
}

function nearest(stops, value) {
  let best = 0;
  for (let i = 1; i < stops.length; i += 1) if (Math.abs(stops[i] - value) < Math.abs(stops[best] - value)) best = i;
  return best;
}
