"""What the details say of a run whose gradients are clipped: nothing that only closed forms know."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from scripted import scripted
from spoken import agrees, said_after
from test_verdict import clips
from valleys import OPTIMIZERS, settings_of

from charts.live import live_message
from engine import Plane, run
from engine.study import Entry, study

CLIPPED = [slug for slug, cls in OPTIMIZERS.items() if not cls.iterates]
TOLD = {
    "proofs": "(view) => Detail.proofs.map((proof) => proof(view, 30))",
    "rates": "(view) => [kindOf(view), plainWords(view, kindOf(view)), edgeWords(view, kindOf(view))]",
    "frames": "(view) => Detail.words(view).apart",
    "words": "(view) => runLine(view)",
    "anatomy": "(view) => Detail.describe(view, { slug: view.rule.slug }).sentence",
}


@pytest.fixture(scope="module", params=TOLD)
def detail(request, browser):
    with scripted(browser, request.param, TOLD[request.param]) as asked:
        yield request.param, asked


def view_of(setting, clip):
    """Return what the figure tells a detail, and the lengths of the run's gradients."""
    surface, rule, eta, start, steps = setting
    entry, plane = Entry("a", rule, eta, clip), Plane.of(surface, include=start)
    found = study(surface, [entry], entry, start, steps, plane, families=False)
    header, arrays = live_message(surface, found, [], {"start": {}, "edit": "edit", "best": None})
    modes = np.float32(arrays["run.a"]).astype(float).reshape(-1, 2)
    x, y = (surface.stationary_point + modes @ surface.eigenvectors.T).T
    texts, places = header["texts"], header["present"]["verdict"]
    return {
        **header["frame"],
        "header": {"runs": header["runs"]},
        "rule": header["rule"],
        "eta": eta,
        "hyper": header["rule"]["hyper"],
        "polynomial": None,
        "limit": header["present"]["limit"],
        "verdict": {"label": texts[places[2]]},
        "path": {"x": x.tolist(), "y": y.tolist(), "modes": modes.ravel().tolist()},
        "runs": [{"name": "a", "seen": len(modes)}],
        "steps": header["steps"],
        "start": list(start),
        "at": 0,
        "palette": {},
        "colour": "",
    }


@settings(max_examples=40)
@given(settings_of(CLIPPED), clips)
def test_no_detail_claims_of_a_clipped_run_what_holds_without_clipping(detail, setting, clip):
    name, asked = detail
    surface, rule, eta, start, _ = setting
    view = view_of(setting, clip)
    said = asked(view)
    text = json.dumps(said, ensure_ascii=False)
    assert not any(bad in text for bad in ("NaN", "undefined", "Infinity"))
    low, high = surface.eigenvalues
    if name == "proofs":
        names = [
            part["name"]
            for proof in said[:4]
            for line in [proof["head"], *proof["lines"]]
            for part in line
            if "name" in part
        ]
        assert not names  # no limit, factor, best setting or effective learning rate
        assert f"{rule.title} with clipping has none" in text
    elif name == "rates":
        assert said[0] == ("adaptive" if rule.adaptive else "unknown") and f"{rule.title} with clipping" in said[1]
    elif name == "frames":
        assert said.startswith(
            "The surface is flat" if low == high == 0.0 else "A gradient is clipped by its whole length"
        )
    elif name == "words":
        assert "clipped at |g| = " in said and ("% of the limit" not in said or "where no gradient is clipped" in said)
    elif "moved by" in said:
        assert said.startswith(f"{rule.title} with clipping moved by")
        path = run(surface, rule, eta, start, 1, clip=clip)
        moved = float(np.linalg.norm(path.weights[1, 0] - path.weights[0, 0]))
        assert agrees(
            said_after(said, "moved by"), moved, slack=0.02 * moved + 1e-6 * np.abs(view["path"]["modes"][:2]).max()
        )
