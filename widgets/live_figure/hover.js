// What the pointer is over: the nearest drawn step of any run.
const REACH = 14; // px

class Hover {
  constructor(plane) {
    this.plane = plane;
    this.weights = 2; // of one weight the height in the picture is its error
    this.tip = make("div", "valley-tip", { hidden: "" });
    plane.append(this.tip);
    plane.addEventListener("pointermove", (event) => this.show(event));
    plane.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  // drawn: [{label, points (in units of the sheet), path, steps}]
  show(event) {
    const unit = enlarged();
    const box = this.plane.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top].map((length) => length / unit);
    let best = null;
    for (const run of this.drawn ?? []) {
      run.points.forEach(([px, py], k) => {
        const distance = Math.hypot(px - x, py - y);
        if (distance < (best?.distance ?? REACH)) best = { distance, run, k };
      });
    }
    this.tip.hidden = !best || event.buttons > 0;
    if (this.tip.hidden) return;
    const { run, k } = best;
    const at = [run.path.x[k], run.path.y[k]].slice(0, this.weights).map((value) => value.toPrecision(4));
    this.tip.textContent = `${run.label}: step ${run.steps[k]}, ${run.at} ${at[1] ? `(${at.join(", ")})` : at[0]}`;
    this.tip.style.left = `${Math.min(unit * (run.points[k][0] + 12), box.width - this.tip.offsetWidth - 4)}px`;
    this.tip.style.top = `${unit * (run.points[k][1] + 12)}px`;
  }
}
