"""Worked calculations and times on the page Backpropagation: what they say held against what is so."""

import itertools
import json

import numpy as np
import pytest
from browser import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from visit import components, decode, inputs, visit

from charts.backpropagation_age import age_message, line
from charts.backpropagation_back import BACK
from charts.backpropagation_examples import example_message
from charts.backpropagation_hidden import hidden_message
from charts.backpropagation_network import WRITTEN, network_message
from charts.backpropagation_timing import timing_message
from charts.backpropagation_unit import EXAMPLES
from engine import elementwise, stopwatch
from engine.dataset import Dataset
from engine.hidden_loss import complex_steps, hidden_loss
from engine.margin_pair import off, pair, stepped
from engine.one_unit import off as unit_off
from engine.one_unit import rows
from engine.passes import BENDS, Layer
from engine.words import duration, number
from surfaces.data.house_prices import HousePrices
from surfaces.data.insurance import Insurance
from surfaces.data.insurance_age import InsuranceAge
from surfaces.mlp import Mlp
from widgets.backpropagation import examples, network, timing

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "backpropagation.py"
HUGE = "9" * 15_000
MINE = ("network", "examples", "timing")
NUMBERS = st.lists(st.floats(-3.0, 3.0), min_size=21, max_size=21)


def opened(view, **query):
    return visit({"backpropagation": view, **query}, PAGE)


def told(app):
    """The header of the one calculation on the page."""
    assert not app.exception and not app.error
    header, _ = decode(components(app)[0])
    sound(header)
    return header


def sound(header):
    """Every step has all of its parts, in numbers that are numbers, and lights what is there."""
    count = len(header["index"]["texts"])
    assert count == len(header["says"]) == len(header["aside"]) == len(header["formulas"]) == len(header["lit"])
    assert all(header["says"]) and all(header["formulas"]) and set(header["ways"]) <= {-1, 0, 1}
    written = json.dumps(
        [header[name] for name in ("says", "aside", "formulas", "figure", "table")], ensure_ascii=False
    )
    assert "nan" not in written and "inf" not in written and "–" not in written and "array" not in written
    names = {node["id"] for node in header["figure"]["nodes"]}
    lines = {f"{edge['from']}-{edge['to']}" for edge in header["figure"]["edges"]}
    assert all(edge["from"] in names and edge["to"] in names for edge in header["figure"]["edges"])
    assert {each for step in header["lit"] for each in step} <= names | lines
    table = header["table"]
    if table:
        assert all(len(row) == len(table["head"]) == len(table["since"]) for row in table["rows"])


def asides(header):
    return " ".join(header["aside"])


def made(values, activation, margin):
    """A margin pair of 21 numbers."""
    w = np.array(values)
    layers = Layer(w[:8].reshape(2, 4), w[8:10], activation), Layer(w[10:12][None], np.zeros(1), "linear")
    return pair(layers, w[12:16], w[16:20], margin)


# ---- the page


@pytest.mark.parametrize("view", MINE)
@pytest.mark.parametrize("bad", ["", "nan", "inf", "-1", "1e999", "0", "two", "<b>", HUGE, "9" * 20, "-9" * 20])
def test_no_address_breaks_a_view(view, bad):
    keys = inputs(opened(view))
    app = opened(view, **dict.fromkeys(keys, bad))
    assert not app.exception and not app.error and len(app.warning) <= 3
    if view != "timing":
        told(app)


@pytest.mark.parametrize("name", examples.DATA)
def test_examples_at_the_ends_of_their_inputs_are_calculations(name):
    keys = {item.key: (item.min, item.max) for item in opened("examples", example=name).sidebar.number_input}
    for low_or_high in (0, 1):
        told(opened("examples", example=name, **{key: str(ends[low_or_high]) for key, ends in keys.items()}))


@pytest.mark.parametrize(("form", "written"), [*itertools.product(BACK, WRITTEN)])
def test_both_passes_open_by_their_address(form, written):
    header = told(opened("network", form=form, written=written))
    assert header["says"][-2].startswith("Both inputs") and 1 in header["ways"] and -1 in header["ways"]
    rows_, layers = (5, 1) if written == "elements" else (3, 1)
    extra = (4 if form == "decoupled" else 2) if written == "elements" else (2 if form == "decoupled" else 1)
    outer = 2 if written == "elements" else 1
    assert len(header["says"]) == 1 + 2 * rows_ + layers + 2 * (2 + extra + outer) + 2


def test_numbers_of_the_network_are_in_the_address():
    header = told(opened("network", **{"true.1": "2", "weight.1.1": "-1", "bias.1": "0.25", "activation": "linear"}))
    found = dict(zip(header["index"]["texts"], header["formulas"], strict=True))
    layers = np.array(network.WEIGHTS)
    layers[0, 0] = -1.0
    z = layers[0] @ np.array([2.0, *network.TRUE[1:]]) + 0.25
    assert [float(z)] == pytest.approx([float(found["1/25  true: z₁"][-1][-1].replace("−", "-"))], rel=1e-2)


@pytest.mark.parametrize("form", list(BACK))
def test_the_margin_has_a_letter_of_its_own(form):
    (data,) = components(opened("network", form=form))
    header, _ = decode(data)
    told = json.dumps(header["formulas"], ensure_ascii=False)
    assert '"0", ",", "m", "+"' in told and "margin m = 1." in header["says"][0]
    assert ('"Δ"' in told) == (form == "post")


def test_a_kept_margin_sends_nothing_back():
    header = told(opened("network", margin="0", **{"out.1": "-5"}))
    assert header["index"]["texts"][-1].endswith("error 0") and -1 not in header["ways"]
    assert "every derivative is 0" in header["says"][-1]


@pytest.mark.parametrize("preset", network.PRESETS)
def test_presets_are_what_they_say(preset):
    app = opened("network", **{"true.2": "9", "activation": "tanh"})
    next(button for button in app.button if button.label == preset).click().run()
    header = told(app)
    values = {**network._first(), **network.PRESETS[preset]}
    assert {key: value for key, value in inputs(app).items() if key in values} == {
        key: value for key, value in values.items() if key != "activation"
    }
    said = " ".join(header["says"])
    assert ("nothing flows back" in said) == (preset == "The margin is kept")
    below = {node["id"]: node["back"][-1][1] for node in header["figure"]["nodes"] if node["back"]}
    if preset == "A dead ReLU":
        assert below["tz1"] == below["cz1"] == "δ₁ = 0"
    if preset == "A saturated unit":
        assert "10⁻⁶" in below["tz1"] and "10⁻⁶" in below["cz1"]


# ---- a network with a margin


@settings(max_examples=60)
@given(values=NUMBERS, activation=st.sampled_from(sorted(BENDS)), margin=st.floats(0.0, 3.0))
def test_every_number_of_the_pair_is_that_of_complex_steps(values, activation, margin):
    found = made(values, activation, margin)
    size = max(np.abs(part).max() for k in (0, 1) for part in found.gradient(k))
    assert off(found) <= 1e-13 * max(size, 1.0)
    for form, written in itertools.product(BACK, WRITTEN):
        sound(network_message(found, form, written, 0.1))
    assert stepped(found, 0.0) == found.error


def test_the_pair_is_max_margin_of_the_small_network():
    """With a margin of 2, J = max(0, 2 - (s - s_c)) is the sum of the hinges of both rows."""
    rng = np.random.default_rng(4)
    hidden, outgoing = Layer(rng.normal(size=(2, 4)), rng.normal(size=2), "sigmoid"), 0.3 * rng.normal(size=(1, 2))
    inputs_ = rng.normal(size=(2, 4))
    found = pair((hidden, Layer(outgoing, np.zeros(1), "linear")), *inputs_, 50.0)
    data = Dataset(inputs_, [[1.0], [0.0]], tuple("abcd"), ("t",), "a pair", "drawn", ("no", "yes"))
    net = Mlp(data=data, hidden=(2,), activation="sigmoid", loss="max_margin", reduction="sum")
    w = np.concatenate([hidden.weights.ravel(), hidden.biases, outgoing.ravel(), [0.0]])
    error, gradient = net.evaluate(w)
    # each row is below its margin of 1, so that both hinges are open, and s and s_c count with the same signs
    assert found.signal == 1.0 and np.abs(net.outputs(w, inputs_)).max() < 1.0
    assert found.error - 50.0 == pytest.approx(float(error) - 2.0, rel=1e-12)
    parts = [part.ravel() for k in (0, 1) for part in found.gradient(k)]
    np.testing.assert_allclose(np.concatenate(parts), gradient, rtol=1e-12, atol=1e-14)


def test_the_last_steps_say_what_is_so():
    layers = (
        Layer(np.array(network.WEIGHTS), np.array(network.BIASES), "sigmoid"),
        Layer(np.array([network.OUTGOING]), np.zeros(1), "linear"),
    )
    found = pair(layers, np.array(network.TRUE), np.array(network.CORRUPT), 1.0)
    header = network_message(found, "pre", "elements", 0.1)
    assert "1.21 to 1.16" in header["says"][-1] and stepped(found, 0.1) == pytest.approx(1.16, abs=0.005)
    assert found.error == pytest.approx(1.21, abs=0.005)
    a, z = found.passed[0].post[1][0], found.passed[0].pre[0][0]
    printed = 1.0 / (1.0 + np.exp(z)), -np.exp(-z) / (1.0 + np.exp(-z))
    assert f"{printed[0]:.3g} in place of {a:.3g}" in asides(header)
    assert f"−{-printed[1]:.3g}, where a(1 − a) = {a * (1 - a):.3g}" in asides(header)


# ---- examples


def example(name, printed=True, weights=None):
    data = {"age": InsuranceAge(), "affordability": Insurance(), "houses": HousePrices()}[name].dataset()
    known = EXAMPLES[name]
    w = np.array(known.printed if printed else weights)
    return known, rows(data.inputs, data.targets[:, 0], w, "log_loss" if known.log else "squared")


@settings(max_examples=40)
@given(name=st.sampled_from(sorted(EXAMPLES)), weights=st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3))
def test_examples_are_those_of_the_small_network_and_of_complex_steps(name, weights):
    known, _ = example(name)
    w = np.array(weights)[-len(known.printed) :]
    _, found = example(name, printed=False, weights=w)
    net = Mlp(data=examples.DATA[name].dataset(), hidden=(), loss="cross_entropy" if known.log else "sum_of_squares")
    error, gradient = net.evaluate(w)
    factor = 1.0 if known.log else 2.0  # half of the square there
    assert found.cost == pytest.approx(factor * float(error), rel=1e-9)
    np.testing.assert_allclose(found.gradient, factor * gradient, rtol=1e-9, atol=1e-9 * np.abs(gradient).max())
    assert unit_off(found) < 1e-9
    sound(example_message(known, found, 0, 0.01))


def test_the_border_of_the_age_is_not_42():
    known, found = example("age")
    header = example_message(known, found, 0, 0.001)
    assert "from 36.4 on" in asides(header) and "age 36.4" in header["says"][3]
    ages, bought = found.inputs[:, 0], found.targets
    assert pytest.approx(0.0, abs=1e-4) == 0.042 * 36.4286 - 1.53
    assert (((ages > 42.0) == bought).sum(), ((ages >= 36.43) == bought).sum()) == (13, 13)
    assert not ((ages > 36.43) & (ages <= 42.0)).any() and "tell 13 rightly" in asides(header)
    fit = np.linalg.lstsq(np.column_stack([ages, np.ones(len(ages))]), bought, rcond=None)[0]
    crossing = (0.5 - fit[1]) / fit[0]
    assert "of a straight line; that of least squares is at one half at 43.9" in asides(header)
    assert crossing == pytest.approx(43.857, abs=1e-3) and ((ages > crossing) == bought).sum() == 13
    assert "36.4" not in asides(example_message(known, found.at(np.array([0.05, -1.5])), 0, 0.001))


@pytest.mark.parametrize("weights", [(0.042, -1.53), (-0.1, 4.0), (0.0, 1.0), (1000.0, 1000.0), (1e-3, -1000.0)])
def test_the_curve_of_the_age_is_what_the_unit_answers(weights):
    _, found = example("age", printed=False, weights=weights)
    header, arrays = age_message(found)
    z = weights[0] * arrays["age"] + weights[1]
    np.testing.assert_allclose(arrays["probability"], np.exp(-np.logaddexp(0.0, -z)), rtol=1e-9, atol=1e-300)
    assert "inf" not in header["says"] and "nan" not in header["says"]
    slope, bias = line(found)
    np.testing.assert_allclose(np.polyfit(found.inputs[:, 0], found.targets, 1), (slope, bias))
    if weights == (0.042, -1.53):
        assert header["says"].startswith("The curve is at one half at 36.4, the straight line of least squares at 43.9")
        assert slope * 43.857 + bias == pytest.approx(0.5, abs=1e-4)


def test_the_printed_log_loss_is_not_to_be_had():
    known, found = example("affordability")
    header = example_message(known, found, 0, 0.01)
    assert found.cost == pytest.approx(230.0 / 13.0, rel=1e-9)
    at_99 = -(7.0 * np.log(0.01) + 6.0 * np.log(0.99)) / 13.0
    assert f"{found.cost:.3g}, the sum 230, and with every ŷ at the printed 0.99 it is {at_99:.3g}" in asides(header)
    assert "1 − 1.03·10⁻¹⁰" in asides(header) and "0.9999999998, not 0.9801" in asides(header)
    y = 1.0 / (1.0 + np.exp(-23.0))
    assert 1.0 - y == pytest.approx(1.03e-10, rel=0.01) and y * y == pytest.approx(0.9999999998, abs=1e-10)
    assert "after the first epoch, and no other weights than these" in asides(header)
    assert "11 + e" not in asides(example_message(known, found, 1, 0.01))


@pytest.mark.parametrize("slope", [0.0, 1e-310, -5e-324])
def test_a_slope_of_nothing_has_no_border(slope):
    known, found = example("age", printed=False, weights=(slope, 1.0))
    assert "the age does not matter" in example_message(known, found, 0, 0.01)["says"][3]
    assert "every age has the same probability" in age_message(found)[0]["says"]


@pytest.mark.parametrize(("z", "said"), [(1000.0, "1 − 5.1·10⁻⁴³⁵"), (-1000.0, "5.1·10⁻⁴³⁵")])
def test_no_probability_is_said_to_be_0_or_1(z, said):
    known, found = example("age", printed=False, weights=(0.0, z))
    assert f"{np.exp(-1000.0 + 435.0 * np.log(10.0)):.2g}" == "5.1"
    header = example_message(known, found, 0, 0.01)
    assert header["says"][2] == f"The sigmoid makes a probability of it: ŷ = {said}."


def test_a_step_too_short_to_be_seen_is_not_said_to_go_from_a_number_to_itself():
    known, found = example("age")
    after = found.at(found.weights - 1e-9 * found.gradient).cost
    said = example_message(known, found, 0, 1e-9)["says"][-1]
    assert said.endswith(f"the error falls by {number(found.cost - after, 1)} from 0.5248.")
    said = example_message(known, found, 0, 1e-3)["says"][-1]
    assert said.endswith("the error falls from 0.5248 to 0.5245.")


def test_a_hidden_loss_of_no_weight_wants_nothing():
    layers = Layer(np.ones((2, 2)), np.zeros(2), "sigmoid"), Layer(np.ones((1, 2)), np.zeros(1), "linear")
    for penalty, says in ((0.0, "With ρ = 0 the loss looks at the answer alone."), (0.1, "it wants them near 0.")):
        header = hidden_message(hidden_loss(layers, np.ones(2), 1.0, penalty), ("age/100", "affordability"), 0)
        assert says in header["says"][4]


def test_the_first_house_has_a_negative_error():
    known, found = example("houses")
    header = example_message(known, found, 0, 1e-7)
    assert found.targets[0] - found.answers[0] == -1133.0 and found.costs[0] == 1283689.0
    assert "70 − 1203 = −1133" in asides(header) and "1\u202f283\u202f689" in header["says"][3]
    np.testing.assert_allclose(found.gradients[0], [2266.0 * 1200, 2266.0 * 2, 2266.0])
    cells = header["table"]["rows"][0]
    assert cells[3:6] == ["1203", "−1133", "1.284·10⁶"]


@settings(max_examples=40)
@given(weights=st.lists(st.floats(-3.0, 3.0), min_size=9, max_size=9), rho=st.floats(0.0, 1.0), row=st.integers(0, 12))
def test_a_hidden_loss_needs_the_slope(weights, rho, row):
    w, data = np.array(weights), Insurance().dataset()
    layers = Layer(w[:4].reshape(2, 2), w[4:6], "sigmoid"), Layer(w[6:8][None], w[8:], "linear")
    x, target = data.inputs[row] / (100.0, 1.0), float(data.targets[row, 0])
    found = hidden_loss(layers, x, target, rho)
    np.testing.assert_allclose(found.back.weights[0], complex_steps(found), rtol=1e-11, atol=1e-14)
    sound(hidden_message(found, ("age/100", "affordability"), row))
    h, above = found.passed.post[1], found.layers[1].weights[0] * found.back.delta[1]
    told_ = above * h + rho / (1.0 + np.exp(-h))
    np.testing.assert_allclose(found.printed, told_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.back.delta[0], (above + rho) * h * (1.0 - h), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("z", [-800.0, -60.0, 0.0, 30.0, 60.0, 700.0])
def test_slopes_are_right_where_activations_round_to_their_limits(z):
    for name, told_ in (
        ("sigmoid", np.exp(-abs(z)) / (1.0 + np.exp(-abs(z))) ** 2),
        ("tanh", np.cosh(min(abs(z), 700.0)) ** -2.0),
    ):
        bend = BENDS[name]
        assert bend.slope(z, bend.value(z)) == pytest.approx(told_, rel=1e-12, abs=1e-300)


# ---- times


def test_three_ways_are_one_gradient():
    for size, layers in ((2, 1), (5, 3), (16, 4)):
        arrays, other = elementwise.stack(size, layers), elementwise.stack(size, layers)
        in_lists = arrays.in_lists
        elementwise.interpreted()(*in_lists)
        elementwise.Loops.compiled(*arrays)
        elementwise.vectors(*other)
        for part in ("post", "delta", "gradient"):
            first = np.array(getattr(in_lists, part))
            np.testing.assert_array_equal(first, getattr(arrays, part))
            np.testing.assert_allclose(first, getattr(other, part), rtol=1e-12, atol=1e-13)


def test_it_is_the_gradient_of_the_small_network():
    found = elementwise.stack(4, 3)
    elementwise.vectors(*found)
    score = found.outgoing @ found.post[-1]
    data = Dataset(found.post[:1], [[score - 1.0]], tuple("abcd"), ("t",), "one row", "drawn")
    net = Mlp(data=data, hidden=(4, 4, 4), activation="softsign", loss="sum_of_squares")
    parts = [part.ravel() for pair_ in zip(found.weights, found.biases, strict=True) for part in pair_]
    error, gradient = net.evaluate(np.concatenate([*parts, found.outgoing, [0.0]]))
    told_ = [part.ravel() for pair_ in zip(found.gradient, found.delta, strict=True) for part in pair_]
    assert float(error) == pytest.approx(0.5)
    np.testing.assert_allclose(gradient, np.concatenate([*told_, found.post[-1], [1.0]]), rtol=1e-12, atol=1e-14)


def test_times_are_measured_and_results_are_equal(monkeypatch):
    monkeypatch.setattr(stopwatch, "BUDGET", 0.001)
    shares = []
    found = stopwatch.measured([2, 8, 16], 2, lambda share: shares.append(share) or True)
    assert found is not None and [item.size for item in found] == [2, 8, 16]
    assert all(seconds > 0.0 for item in found for seconds in item.seconds.values())
    assert all(count >= stopwatch.FEWEST for item in found for count in item.samples.values())
    assert all(item.apart["python"] == item.apart["compiled"] == 0.0 and item.apart["numpy"] < 1e-13 for item in found)
    header, arrays = timing_message(2, found, "Here.")
    assert len(header["says"]) == 3 and arrays["python.gain"].tolist() == [1.0] * 3
    assert all(duration(item.seconds["python"]) in said for item, said in zip(found, header["says"], strict=True))


def test_a_measurement_can_be_stopped_and_is_alone(monkeypatch):
    monkeypatch.setattr(stopwatch, "BUDGET", 0.001)
    asked = []
    with stopwatch._one:
        assert stopwatch.measured([2], 1, lambda share: asked.append(share) or len(asked) < 2) is None
    assert asked == [0.0, 0.0]
    assert stopwatch.measured([2], 1, lambda _: True) is not None


def test_the_button_measures_what_is_asked_for(monkeypatch):
    monkeypatch.setattr(stopwatch, "BUDGET", 0.001)
    app = opened("timing", **{"timing.largest": "16", "timing.layers": "1"})
    assert not components(app) and "Measure on" in app.button[0].label
    app.button[0].click().run()
    assert not app.exception
    header, arrays = decode(components(app)[0])
    assert arrays["size"].tolist() == [2.0, 4.0, 8.0, 16.0] and "1 layer of 16 units" in header["says"][-1]
    before = components(app)[0]
    app.run()
    assert components(app)[0] == before and app.button[0].label == "Measure again"
    measured = []
    monkeypatch.setattr(timing, "measured", lambda *given: measured.append(given) or stopwatch.measured(*given))
    app.button[0].click().run()
    assert len(measured) == 1 and components(app)  # who asks again gets times of their own
    app.sidebar.number_input[0].set_value(8).run()
    assert not components(app) and "Measure on" in app.button[0].label


def test_sizes_are_powers_of_two_and_the_largest():
    assert timing.sizes(8) == [2, 4, 8] and timing.sizes(100) == [2, 4, 8, 16, 32, 64, 100]
    assert timing.sizes(512)[-2:] == [256, 512]
    assert "row, z = weights" in timing.body(elementwise.interpreted()) and '"""' not in timing.body(
        elementwise.vectors
    )
