"""The run in plain text: every number of it against the engine, on any valley and at any setting."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import scripted
from spoken import NUMBER, agrees, said_after, value_of
from valleys import OPTIMIZERS, settings_of

from charts.live import FAR, live_message
from engine import Plane, run, theory
from engine.study import Entry, study

NARRATE = """(view) => narration({
  ...view,
  verdict: readVerdict(view.header.present.verdict, view.header.texts),
})"""
STEP = re.compile(rf"^Step (\d+)(, the start)?: w = \(({NUMBER}), ({NUMBER})\), (.*?)( \(shown now\))?$", re.MULTILINE)
NO_NUMBER = re.compile(r"nan|undefined|infinity|null|\[object|_\{", re.IGNORECASE)
KINDS = {
    "minimum": "a valley with its minimum at",
    "maximum": "a hill with its maximum at",
    "saddle": "a saddle at",
    "flat plane": "a flat plane through",
    "flat valley": "a valley with a flat floor through",
    "flat ridge": "a ridge with a flat crest through",
}


@pytest.fixture(scope="module")
def narrate(browser):
    with scripted(browser, "words", NARRATE) as asked:
        yield asked


def view_of(setting, share):
    """Return what the figure tells details; run b, of RMSProp, is drawn beside it."""
    surface, rule, eta, start, steps = setting
    entries = [Entry("a", rule, eta), Entry("b", OPTIMIZERS["rmsprop"](), 0.1)]
    plane = Plane.of(surface, include=start)
    found = study(surface, entries, entries[0], start, steps, plane, families=False)
    header, arrays = live_message(surface, found, [], {"start": {}, "edit": "edit", "best": {}})
    with np.errstate(over="ignore"):
        sent = {name: np.float32(values).ravel().astype(float).tolist() for name, values in arrays.items()}
    modes = np.array(sent["run.a"]).reshape(-1, 2)
    x, y = (surface.stationary_point + modes @ surface.eigenvectors.T).T
    present = header["present"]
    return {
        **header["frame"],
        "header": {**header, "ground": None, "arrays": sent},
        "rule": header["rule"],
        "eta": eta,
        "limit": present["limit"],
        "path": {"x": x.tolist(), "y": y.tolist(), "modes": sent["run.a"]},
        "steps": header["steps"],
        "at": round(share * (len(modes) - 1)),
    }, found


def check_error(said, surface, weights):
    """Compare with 1/2 sum lambda_i alpha_i^2, Bishop (7.11): the engine's sum over weights loses small ones."""
    alpha, values = surface.modes(weights), surface.eigenvalues
    parts = 0.5 * np.abs(values) * alpha**2
    # distances of seven digits, whose parts may cancel, and what the rounding of the weights makes of them
    rounding = 1e-14 * (1.0 + np.abs(weights).max())
    slack = 1e-6 * parts.sum() + rounding * np.abs(values * alpha).max()
    error = 0.5 * (values * alpha**2).sum()
    if "below" in said:
        assert abs(error) <= 1.01e-80 + slack
    else:
        assert agrees(said_after(said, "E − E(w*) ="), error, slack)


@settings(max_examples=150)
@given(settings_of(list(OPTIMIZERS)), st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0)))
def test_what_is_told_of_the_run_is_what_the_engine_did(narrate, setting, share):
    surface, rule, eta, start, steps = setting
    view, found = view_of(setting, share)
    text = narrate(view)
    assert not NO_NUMBER.search(text), text
    path = run(surface, rule, eta, start, steps)
    rows = STEP.findall(text)
    told = [int(step) for step, *_ in rows]
    drawn = len(view["path"]["x"])
    assert told == sorted(set(told)) and told[0] == 0 and told[-1] == view["steps"][drawn - 1]
    assert [bool(first) for _, first, *_ in rows] == [step == 0 for step in told]
    shown = view["steps"][view["at"]]
    assert [int(step) for step, *_, now in rows if now] == ([shown] if shown else [])
    for step, _, x, y, error, _ in rows:
        weights = path.weights[int(step), 0]
        slack = 1e-6 * (np.abs(weights - surface.stationary_point).max() + 1e-9 * np.abs(weights).max())
        assert agrees(x, weights[0], slack) and agrees(y, weights[1], slack)
        check_error(error, surface, weights)
    gone = re.search(r"From step (\d+) on it is too far away", text)
    assert bool(gone) == (drawn < len(view["steps"]))
    if gone:
        away = path.weights[int(gone[1]), 0]
        assert not np.isfinite(away).all() or not found.plane.contains(away, FAR)


@settings(max_examples=100)
@given(settings_of(list(OPTIMIZERS)))
def test_surface_settings_and_the_other_run_are_told_as_they_are(narrate, setting):
    surface, rule, eta, start, steps = setting
    view, found = view_of(setting, 0.0)
    text = narrate(view)
    low, high = surface.eigenvalues
    assert f"Surface: quadratic, {KINDS[surface.verdict]} w* = (" in text
    assert value_of(said_after(text, "λ₁ =")) == surface.eigenvalue_1
    assert value_of(said_after(text, "λ₂ =")) == surface.eigenvalue_2
    assert ("condition number" in text) == (low > 0.0)
    if low > 0.0:
        assert agrees(said_after(text, "condition number"), high / low)
    turned = math.radians(value_of(said_after(text, "u₁ stands at")) - surface.angle)
    assert math.cos(turned) == pytest.approx(1.0, abs=1e-6)
    assert f"Optimizer: {rule.label(eta)}." in text
    verdict = found.present.verdicts[found.index]
    assert re.sub(r"_\{(.*?)\}", r"\1", verdict.sentence) in text
    limit = found.present.limits[found.index]
    assert ("of the limit" in text.split("\n")[1]) == bool(np.isfinite(limit) and limit > 0.0)
    if rule.linear and "of the limit" in text.split("\n")[1]:
        limit = theory.stability_limit(rule, surface.eigenvalues)
        assert agrees(said_after(text, "of the limit"), limit)
        assert agrees(said_after(text, "Its learning rate is"), 100.0 * eta / limit)
    (other, step) = re.findall(r"^Also drawn: RMSProp.*: (E.*?) at step (\d+)(?:,|$)", text, re.MULTILINE)[0]
    path = run(surface, OPTIMIZERS["rmsprop"](), 0.1, start, steps)
    check_error(other, surface, path.weights[int(step), 0])
