// Moving the start in the picture: drag its ring, or click anywhere.
const DOUBLE_CLICK = 220; // ms within which a second click makes a double one

class StartHandle {
  constructor(plane, { onMove, onCommit, onClick, position }) {
    Object.assign(this, { plane, onMove, onCommit, onClick, position, fixed: false });
    plane.addEventListener("pointerdown", (event) => this.down(event), true);
    plane.addEventListener("pointermove", (event) => this.hover(event), true);
    // plotly covers the page while the mouse is down, so the rest of the gesture is heard at the window
    this.rest = {
      pointermove: (event) => this.move(event),
      pointerup: (event) => this.up(event),
      pointercancel: () => this.cancel(),
    };
    // plotly listens to mouse events: a drag of the ring must not pan the plane too
    plane.addEventListener("mousedown", (event) => this.grabbed && event.stopPropagation(), true);
    const hold = (event) => {
      if (!this.grabbed) return;
      event.stopPropagation();
      event.preventDefault(); // the finger moves the ring, not the page
    };
    plane.addEventListener("touchstart", hold, { capture: true, passive: false });
  }

  get grabbed() {
    return Boolean(this.pressed?.ring);
  }

  // pixel in the plane -> weights, null outside the axes
  weights(event) {
    const layout = this.plane._fullLayout;
    if (!layout) return null;
    const box = this.plane.getBoundingClientRect();
    const { xaxis, yaxis } = layout;
    const x = event.clientX - box.left - xaxis._offset;
    const y = event.clientY - box.top - yaxis._offset;
    if (x < 0 || y < 0 || x > xaxis._length || y > yaxis._length) return null;
    return [xaxis.p2d(x), yaxis.p2d(y)].map((value) => Number(value.toPrecision(4)));
  }

  near(event) {
    if (this.fixed) return false;
    const { xaxis, yaxis } = this.plane._fullLayout;
    const box = this.plane.getBoundingClientRect();
    const [x, y] = this.position();
    const reach = event.pointerType === "touch" ? 28 : 16;
    return (
      Math.hypot(
        event.clientX - box.left - xaxis._offset - xaxis.d2p(x),
        event.clientY - box.top - yaxis._offset - yaxis.d2p(y),
      ) < reach
    );
  }

  down(event) {
    if (event.button !== 0 || !this.weights(event) || event.target.closest(".modebar")) return;
    const second = Boolean(this.click); // a double click resets the zoom and moves nothing
    clearTimeout(this.click);
    this.click = 0;
    this.pressed = { second, x: event.clientX, y: event.clientY, ring: this.near(event), moved: false };
    for (const [type, listener] of Object.entries(this.rest)) window.addEventListener(type, listener, true);
    if (this.pressed.ring) {
      event.stopPropagation();
      this.plane.setPointerCapture(event.pointerId);
    }
  }

  // what was dragged so far stays
  cancel() {
    const { pressed } = this;
    this.release();
    if (pressed.ring && pressed.moved) this.onCommit(this.position());
  }

  release() {
    this.pressed = null;
    for (const [type, listener] of Object.entries(this.rest)) window.removeEventListener(type, listener, true);
  }

  hover(event) {
    if (!this.pressed && this.plane._fullLayout) this.plane.classList.toggle("valley-grab", this.near(event));
  }

  move(event) {
    if (Math.hypot(event.clientX - this.pressed.x, event.clientY - this.pressed.y) > 4) this.pressed.moved = true;
    const weights = this.grabbed && this.pressed.moved ? this.weights(event) : null;
    if (weights) this.onMove(weights);
  }

  up(event) {
    const { pressed } = this;
    this.release();
    const weights = this.weights(event);
    if (pressed.ring && pressed.moved) this.onCommit(weights ?? this.position());
    else if (!pressed.ring && !pressed.moved && !pressed.second && weights) {
      this.click = setTimeout(() => {
        this.click = 0;
        this.onClick(weights);
      }, DOUBLE_CLICK);
    }
  }
}
