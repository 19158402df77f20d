"""Every colour of every figure, for the light and the dark theme.

A figure names a colour ``@name``; whoever draws it looks the name up in the palette of the theme at hand, so a change
of theme needs no new figure. The runs' own colours stand with the optimizers.
"""

PALETTES = {
    "light": {
        "paper": "#ffffff",
        "ink": "#1d2a35",
        "quiet": "#5b6b79",
        "grid": "#e3e9ee",
        "line": "rgba(90, 115, 138, 0.38)",
        "band0": "#f7f9fb",
        "band1": "#e9eff4",
        "band2": "#d9e3eb",
        "band3": "#c6d4df",
        "band4": "#b2c4d2",
        "halo": "rgba(255, 255, 255, 0.85)",
        "good": "#1f7a4d",
        "limit": "#9a6700",
        "bad": "#b42318",
        "open": "#3d5a73",
        "safe": "#cfe5da",
        "unsafe": "#f3d3cf",
        "heat0": "#073b5c",
        "heat1": "#125f7f",
        "heat2": "#2b849a",
        "heat3": "#58a6ad",
        "heat4": "#8cc5c1",
        "heat5": "#bfdfd9",
        "heat6": "#e4f1ed",
    },
    "dark": {
        "paper": "#10171e",
        "ink": "#e6edf3",
        "quiet": "#9aaab8",
        "grid": "#26323d",
        "line": "rgba(150, 175, 197, 0.28)",
        "band0": "#18222c",
        "band1": "#1f2c38",
        "band2": "#283846",
        "band3": "#334656",
        "band4": "#405668",
        "halo": "rgba(16, 23, 30, 0.85)",
        "good": "#5fce98",
        "limit": "#e3b341",
        "bad": "#ff8a7a",
        "open": "#9cc2e5",
        "safe": "#1d4434",
        "unsafe": "#5a2a26",
        "heat0": "#dcf7e2",
        "heat1": "#a3dfc5",
        "heat2": "#69c0ac",
        "heat3": "#419d98",
        "heat4": "#2d787f",
        "heat5": "#245564",
        "heat6": "#1d3946",
    },
}

BANDS = [[i / 4, f"@band{i}"] for i in range(5)]
HEAT = [f"@heat{i}" for i in range(7)]  # from the best value, which is loud, to the worst
FONT = {"family": "var(--st-font, system-ui), system-ui, sans-serif", "size": 13, "color": "@ink"}
