// A detail draws whenever the figure draws: both stand in one page.
class Follower {
  constructor(root) {
    this.root = root;
    root.replaceChildren(); // it may be mounted again where it stood before
    this.detail = new Detail(root);
    this.draw = () => {
      const figure = document.querySelector(".valley")?.figure;
      if (!figure?.view) return;
      const { palette } = figure.view;
      if (palette !== this.palette) dress(root, palette);
      this.palette = palette;
      this.detail.draw(figure.view, this.header);
    };
    document.addEventListener("valley-drawn", this.draw);
    this.observer = new ResizeObserver(this.draw);
    this.observer.observe(root);
  }

  update(data) {
    this.header = decode(data);
    this.draw();
  }

  destroy() {
    document.removeEventListener("valley-drawn", this.draw);
    this.observer.disconnect();
    this.detail.destroy?.();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".valley-detail");
  root.follower ??= new Follower(root);
  root.follower.update(data);
  return () => {
    root.follower?.destroy();
    root.follower = undefined;
  };
}
