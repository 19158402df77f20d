// A detail draws whenever the figure draws: both stand in one page.
class Follower {
  constructor(root) {
    this.root = root;
    root.replaceChildren(); // it may be mounted again where it stood before
    this.detail = new Detail(root);
    this.draw = () => {
      const figure = document.querySelector(".valley")?.figure;
      if (!figure?.view) return;
      this.dress(figure.view.palette);
      this.detail.draw(figure.view, this.header);
      this.name();
    };
    document.addEventListener("valley-drawn", this.draw);
    this.observer = new ResizeObserver(this.draw);
    this.observer.observe(root);
  }

  // the pictures, for those who cannot see them, with the sentence beside them, or else the figure's
  name() {
    const sentence = (this.detail.sentence ?? document.querySelector(".valley-verdict")).textContent;
    for (const picture of this.root.querySelectorAll("canvas[role=img], [role=figure]")) {
      picture.named ??= picture.getAttribute("aria-label");
      picture.setAttribute("aria-label", `${picture.named}. ${sentence}`);
    }
  }

  // the figure's colours, by the names that its style sheet uses
  dress(palette) {
    if (palette === this.palette) return;
    this.palette = palette;
    for (const [name, colour] of Object.entries(palette)) this.root.style.setProperty(`--valley-${name}`, colour);
  }

  update(data, ask) {
    this.header = decode(data);
    this.detail.receive?.(this.header, ask);
    this.draw();
  }

  destroy() {
    document.removeEventListener("valley-drawn", this.draw);
    this.observer.disconnect();
    this.detail.destroy?.();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".valley-detail");
  root.follower ??= new Follower(root);
  root.follower.update(data, setTriggerValue);
  return () => {
    root.follower?.destroy();
    root.follower = undefined;
  };
}
