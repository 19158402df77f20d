// The colours of the theme at hand; a style sheet below root finds them by name, --valley-ink.
function dress(root, palettes) {
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  const [, ...hex] = background.match(/^#(..)(..)(..)/) ?? ["", "ff", "ff", "ff"];
  const [r, g, b] = hex.map((part) => parseInt(part, 16));
  const mode = 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? "dark" : "light";
  for (const [name, colour] of Object.entries(palettes[mode])) root.style.setProperty(`--valley-${name}`, colour);
  return mode;
}
