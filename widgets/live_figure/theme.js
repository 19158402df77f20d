// Which of the two palettes the page wants, and its colours by the names that style sheets use.
function modeOf(root) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  const [, ...hex] = background.match(/^#(..)(..)(..)/) ?? ["", "ff", "ff", "ff"];
  const [r, g, b] = hex.map((part) => parseInt(part, 16));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? "dark" : "light";
}

function dress(root, palette) {
  for (const [name, colour] of Object.entries(palette)) root.style.setProperty(`--valley-${name}`, colour);
}
