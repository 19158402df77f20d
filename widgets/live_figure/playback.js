const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const STILLS = 12; // pictures of a run for those who asked for little motion, one every STILL ms
const STILL = 700;

// Play, pause, single steps and the scrubber over the drawn steps, or over whatever else a figure can be at.
class Playback {
  // name: of what is gone through; say: what to call a place of it, if not by its step; reading: ms to stay at each
  constructor(
    onChange,
    name = "Step",
    say = (at) => `step ${this.steps[at]} / ${this.steps[this.steps.length - 1]}`,
    reading = 0,
  ) {
    Object.assign(this, { onChange, say, reading });
    this.position = Infinity; // Infinity: the whole run
    this.root = make("div", "valley-play", { role: "group", "aria-label": "Playback" });
    this.button("⇤", "To the start", () => this.go(0));
    this.button("−1", "One step back", () => this.go(this.at - 1));
    this.toggle = this.button("▶\uFE0E", "Play", () => (this.timer ? this.pause() : this.play()));
    this.button("+1", "One step on", () => this.go(this.at + 1));
    this.scrub = make("input", "valley-scrub", { type: "range", min: "0", step: "1", "aria-label": name });
    this.text = make("output", "valley-step");
    this.root.append(this.scrub, this.text);
    this.scrub.addEventListener("input", () => this.go(Number(this.scrub.value)));
  }

  button(text, label, action) {
    const element = make("button", "valley-button", { type: "button", "aria-label": label, title: label });
    element.textContent = text;
    element.addEventListener("click", action);
    this.root.append(element);
    return element;
  }

  setSteps(steps) {
    this.steps = steps;
    this.scrub.max = String(steps.length - 1);
    this.show();
  }

  get at() {
    return Math.min(this.position, this.steps.length - 1);
  }

  get whole() {
    return this.position >= this.steps.length - 1;
  }

  go(position, keep = false) {
    if (!keep) this.pause();
    this.position = Math.max(0, position >= this.steps.length - 1 ? Infinity : position);
    this.show();
    this.onChange();
  }

  play() {
    if (this.whole) this.position = 0;
    this.toggle.textContent = "❚❚";
    this.toggle.setAttribute("aria-label", "Pause");
    // a run lasts about six seconds, at no more than thirty pictures a second
    const stride = this.reading ? 1 : Math.ceil(this.steps.length / (CALM.matches ? STILLS : 180));
    const still = Math.max(this.reading, CALM.matches ? STILL : 1000 / 30);
    const pace = Math.max(still, CALM.matches ? 0 : (6000 * stride) / this.steps.length);
    let due = performance.now();
    const frame = (now) => {
      if (!this.timer) return;
      if (now >= due) {
        due = Math.max(due + pace, now - pace);
        this.go(this.at + stride, true);
        if (this.whole) return this.pause();
      }
      this.timer = requestAnimationFrame(frame);
    };
    this.timer = requestAnimationFrame(frame);
    this.show();
    this.onChange();
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.toggle.textContent = "▶\uFE0E";
    this.toggle.setAttribute("aria-label", "Play");
  }

  show() {
    this.scrub.value = String(this.at);
    const text = this.say(this.at);
    this.text.textContent = text;
    this.scrub.setAttribute("aria-valuetext", text);
  }
}
