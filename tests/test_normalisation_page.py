"""The page Normalisation without a browser: its views, links, hostile addresses, and what its sentences say."""

import itertools
import re

import numpy as np
import pytest
from browser import ROOT
from visit import HUGE, components, picture, presets, visit, warned

from engine.normalisation.best_descent import bound
from engine.normalisation.snapshots import curvature, ratio
from engine.normalisation.units import condition_number
from engine.normalisation.ways import WAYS, covariance, hessian
from engine.words import count, number
from surfaces.data import dataset
from surfaces.mlp import Mlp
from widgets.normalisation import inside
from widgets.normalisation.batches import SIZES
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "normalisation.py"
VIEWS = list(found("widgets.normalisation"))


def opened(**query):
    return visit(query, PAGE)


def drawn(app):
    """Return header and arrays of the one picture on the page."""
    header, arrays = picture(app)
    for said in header["says"]:
        assert said and not re.search(r"\b(nan|inf)\b", said), said
    return header, arrays


PRESETS = presets(PAGE)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(normalisation=view)
    header, _ = drawn(app)
    assert not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.normalisation')[view].TITLE}**"
    assert sum(len(data) for data in components(app)) < 400_000
    assert len(header["says"]) == len(header["index"]["texts"])


def test_views_are_in_order():
    orders = [view.ORDER for view in found("widgets.normalisation").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "inputs" and all(name.isalpha() and name.islower() for name in VIEWS)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bad", ["", "nan", "-1", "1e999", "0", "two", "<b>", HUGE])
def test_no_address_breaks_a_view(view, bad):
    keys = [item.key for item in opened(normalisation=view).sidebar.number_input]
    words = {"inputs": ["inputs.model", "inputs.moves"], "ways": ["data"], "inside": ["data", "inside.hidden"]}
    app = visit({"normalisation": view, **dict.fromkeys([*keys, *words.get(view, [])], bad)}, PAGE)
    assert not app.exception and not app.error
    assert len(app.warning) <= 3
    if app.info:
        assert not components(app)
    else:
        drawn(app)


def test_an_unknown_view_is_said_and_the_first_drawn():
    app = opened(normalisation="nothing")
    assert "normalisation" in warned(app, "normalisation")
    drawn(app)


@pytest.mark.parametrize("view", VIEWS)
def test_inputs_at_their_ends_give_a_picture_or_a_sentence(view):
    app = opened(normalisation=view)
    for item in list(app.sidebar.number_input):
        for value in (item.min, item.max):
            end = visit({"normalisation": view, item.key: str(value)}, PAGE)
            assert not end.exception and not end.error, (item.key, value)
            assert bool(end.info) != bool(components(end)), (item.key, value)
            if components(end):
                drawn(end)


def test_inputs_of_one_name_are_the_same_in_every_view():
    seen = {}
    for view in VIEWS:
        for item in opened(normalisation=view).sidebar.number_input:
            limits = (item.min, item.max, item.step)
            assert item.key.split(".")[0] in (view, "data", "seed")
            if not item.key.startswith("data."):  # these are of the set that is picked
                assert seen.setdefault(item.key, limits) == limits


@pytest.mark.parametrize("title", PRESETS)
def test_presets_are_what_their_addresses_say(title):
    app = opened()
    next(button for button in app.button if button.label == title).click().run()
    pressed = drawn(app)
    header, arrays = drawn(visit(PRESETS[title], PAGE))
    assert pressed[0]["says"] == header["says"]
    assert all(np.array_equal(pressed[1][name], array, equal_nan=True) for name, array in arrays.items())
    assert not app.warning and not app.info


def test_another_view_begins_with_its_own_data():
    app = opened(normalisation="ways")
    assert "A leaning cloud" in drawn(app)[0]["caption"]
    app.segmented_control(key="normalisation").set_value("inside").run()
    header, arrays = drawn(app)
    fresh = drawn(opened(normalisation="inside"))
    assert header["says"] == fresh[0]["says"] and np.array_equal(arrays["none.error"], fresh[1]["none.error"])


# ---- inputs


@pytest.mark.parametrize("moves", ["mean", "deviation"])
def test_the_slider_moves_one_and_begins_at_what_is_typed(moves):
    app = opened(**{"inputs.moves": moves, "inputs.mean": "2.3", "inputs.deviation": "0.8"})
    header, arrays = drawn(app)
    at = header["index"]["at"]
    assert arrays["moved"][at] == np.float32(2.3 if moves == "mean" else 0.8)
    assert (np.diff(arrays["moved"]) > 0.0).all()
    for value, kappa, told in zip(arrays["moved"], arrays["kappa"], arrays["told"], strict=True):
        mean, deviation = (float(value), 0.8) if moves == "mean" else (2.3, float(value))
        expected = float(condition_number(mean, deviation**2))
        assert kappa == pytest.approx(expected, rel=1e-4)
        assert told == pytest.approx(bound(expected), rel=1e-3, abs=1)
    assert f"κ = {number(float(arrays['kappa'][at]))}" in header["says"][at]
    assert f"{count(float(arrays['told'][at]))} predicted" in header["says"][at]


def test_the_path_begins_at_0_and_comes_to_the_minimum_where_it_is_followed():
    header, arrays = drawn(opened())
    stops = len(header["index"]["texts"])
    x, y = (arrays[f"path.{axis}"].reshape(stops, -1) for axis in "xy")
    assert not x[:, 0].any() and not y[:, 0].any()
    for k in np.flatnonzero(arrays["measured"] < 1000):
        at = arrays["minimum.x"][k], arrays["minimum.y"][k]
        assert np.hypot(x[k, -1] - at[0], y[k, -1] - at[1]) < 0.01 * np.hypot(*at)


def test_runs_that_would_take_too_long_are_predicted_and_said_not_to_be_run():
    header, arrays = drawn(opened())
    long = ~np.isfinite(arrays["measured"])
    assert long.any() and not long.all()
    for said, skipped in zip(header["says"], long, strict=True):
        assert ("predicted and not run" in said) == skipped


# ---- ways


def test_ways_say_covariance_and_condition_number():
    app = opened(normalisation="ways", data="house_prices")
    header, _ = drawn(app)
    rows = dataset("house_prices").inputs
    assert header["index"]["texts"] == list(WAYS)
    for said, way in zip(header["says"], WAYS.values(), strict=True):
        first = covariance(way(rows).of(rows))[0, 0]
        assert f"covariance [{number(float(first))}, " in said
    assert "κ = 6," in header["says"][-1] and "N = 6, not 1" in header["says"][-1]
    (table,) = (item.value for item in app.main.markdown if item.value.startswith("| inputs"))
    assert table.count("\n") == len(WAYS) + 1
    assert "| standardised | 11.8 | 36, predicted 36 |" in table and "| predicted 96\u202f000\u202f000 |" in table


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("a,t\n1,2\n2,3\n3,5\n", "two inputs"),
        ("a,b,t\n1,2,3\n2,4,4\n3,6,8\n4,8,1\n", "follows from the other"),
        ("a,b,t\n1,7,3\n2,7,4\n3,7,8\n", "in every row"),
    ],
)
def test_a_table_of_ones_own_that_cannot_be_taken_is_answered(table, fault):
    app = opened(normalisation="ways", data="own", **{"data.table": table})
    drawn(app)
    assert any(fault in item.value for item in app.sidebar.warning)


# ---- inside


def test_what_is_compared_are_the_first_and_the_kth_eigenvalue():
    header, arrays = drawn(opened(normalisation="inside", **{"inside.place": "6", "inside.hidden": "5"}))
    for kind in inside.KINDS:
        net = Mlp("moons", hidden=(5,), normalisation=kind)
        expected = ratio(curvature(net, net.initial(seed=1)).gauss_newton, 6)
        assert arrays[f"{kind}.ratio"][0] == pytest.approx(expected, rel=1e-4)
        assert number(expected, 2) in header["says"][0]
        assert arrays[f"{kind}.error"][0] == pytest.approx(net.evaluate(net.initial(seed=1))[0], rel=1e-5)
    assert "λ₁/λ₆" in header["says"][0]


def test_what_is_compared_is_an_eigenvalue_that_every_network_has():
    header, arrays = drawn(opened(normalisation="inside", **{"inside.place": "40", "inside.hidden": "8"}))
    assert "k = 33," in header["caption"] and header["says"][0].startswith("At step 0 λ₁/λ₃₃ is")
    net = Mlp(data=dataset("moons"), hidden=(8,), normalisation="batch")
    assert net.dim == 49
    spectrum = np.linalg.eigvalsh(net.gauss_newton(net.initial(seed=1)))[::-1]
    assert np.isinf(arrays["batch.ratio"][0]) and spectrum[32] < 1e-14 * spectrum[0]


def test_scaled_to_0_to_1_no_two_inputs_are_rounder_than_standardised():
    random = np.random.default_rng(1)
    for _ in range(200):
        inputs = random.standard_normal((random.integers(3, 9), 2)) @ random.standard_normal((2, 2))
        scaled = WAYS["min-max"](inputs).of(inputs)
        assert (scaled.std(axis=0) <= 0.5 + 1e-12).all() and (scaled.mean(axis=0) > 0.0).all()
        one, other = (np.linalg.cond(hessian(WAYS[name](inputs).of(inputs))) for name in ("min-max", "standardised"))
        assert one > other
    header, _ = drawn(opened(normalisation="ways"))
    assert "means are not 0 and their deviations at most 1/2, so that κ stays above" in header["says"][3]


def test_a_rounder_start_does_not_make_every_run_faster():
    _, arrays = drawn(opened(normalisation="inside"))
    assert arrays["layer.ratio"][0] < 0.1 * arrays["none.ratio"][0]
    assert arrays["batch.error"][-1] < arrays["none.error"][-1] < arrays["layer.error"][-1]


def test_each_kind_has_the_best_of_the_rates():
    net = Mlp("moons", hidden=(4,), normalisation="batch")
    (item,) = inside.kinds({"batch": net}, 1.0, 1, 40, lambda share: True)
    assert item.learning_rate in inside.RATES and len(item.spectra) == inside.SNAPSHOTS
    for eta in inside.RATES[::3]:
        path = inside.run(net, inside.GradientDescent(), eta, net.initial(seed=1), 40)
        assert not path.error[-1, 0] < item.error[-1]
    assert inside.kinds({"batch": net}, 1.0, 1, 40, lambda share: False) is None


@pytest.mark.parametrize(
    ("hidden", "said"), [("none", "without hidden units"), ("100, 100", "may have 500 weights"), ("30", "up to 120")]
)
def test_networks_that_cannot_be_shown_are_answered(hidden, said):
    app = opened(normalisation="inside", **{"inside.hidden": hidden})
    assert not app.exception and not components(app)
    assert said in app.info[0].value.replace("\\", "")


@pytest.mark.parametrize("slug", ["noisy_line", "spirals", "house_prices"])
@pytest.mark.parametrize("scaling", ["raw", "scaled"])
def test_other_data_are_learned_as_well(slug, scaling):
    drawn(opened(normalisation="inside", data=slug, **{"data.scaling": scaling, "inside.steps": "40"}))


# ---- batches, inference, validation


def test_a_batch_of_one_row_is_said_to_let_nothing_through():
    header, arrays = drawn(opened(normalisation="batches"))
    assert "nothing of the inputs comes through" in header["says"][0]
    assert arrays["variance"][0] == arrays["variance.told"][0] == 0.0
    for size, said in zip(SIZES[1:], header["says"][1:], strict=True):
        assert f"1/√B = {number(1.0 / np.sqrt(size))} is predicted" in said
        assert f"(B − 1)/B = {number((size - 1.0) / size)}." in said


def test_the_answers_of_inference_are_said():
    header, arrays = drawn(opened(normalisation="inference", **{"inference.row": "7"}))
    told = arrays["told"].reshape(-1, 2)
    for said, value in zip(header["says"], told[:, 0], strict=True):
        assert (
            said.startswith("For row 7 the net answers ") and f"in inference mode always {number(float(value))}" in said
        )
    sigma = {form: arrays[f"deviation.{form}"] for form in ("variance", "deviation", "unbiased")}
    assert (sigma["deviation"] <= sigma["variance"] * (1.0 + 1e-6)).all()
    np.testing.assert_allclose(sigma["unbiased"], sigma["variance"] * np.sqrt(8.0 / 7.0), rtol=1e-5)


@pytest.mark.parametrize(("size", "share"), [(2, 0.505), (8, 0.884), (50, 0.99), (100, 1.0)])
def test_the_variance_of_a_batch_without_replacement_is_what_is_said(size, share):
    header, _ = drawn(opened(normalisation="inference", **{"inference.batch": str(size), "inference.steps": "20"}))
    assert f"of all N = 100 rows on average, {number(share)} here:" in header["caption"]
    assert (1.0 - 1.0 / size) / (1.0 - 1.0 / 100.0) == pytest.approx(share, rel=2e-3)


@pytest.mark.parametrize("size", [2, 3, 5, 7])
def test_the_variance_of_all_batches_without_replacement_is_that_share_of_all_rows(size):
    values = np.random.default_rng(2).standard_normal(7)
    every = np.array(list(itertools.combinations(values, size)))
    assert every.var(axis=1).mean() / values.var() == pytest.approx((1.0 - 1.0 / size) / (1.0 - 1.0 / 7.0))


def test_a_run_that_diverges_is_said():
    app = opened(
        normalisation="inference", **{"inference.rate": "3", "inference.batch": "2", "inference.steps": "1000"}
    )
    assert bool(app.info) != bool(components(app))


def test_without_noise_the_right_way_is_right_but_for_rounding():
    header, _ = drawn(opened(normalisation="validation", **{"validation.noise": "0"}))
    assert all("its error is 0 but for rounding, predicted 0;" in said for said in header["says"])
    assert "be it drift or that 60 are few" in header["caption"]  # there is no drift, and yet something is left
    assert "Of ever more rows 0 is left" not in header["caption"]


def test_validation_says_both_errors():
    header, arrays = drawn(opened(normalisation="validation", **{"validation.drift": "1"}))
    for said, floor, own in zip(header["says"], arrays["right.told"], arrays["own.told"], strict=True):
        assert f"predicted {number(float(floor))};" in said and f"predicted {number(float(own))}," in said
    assert (arrays["own.told"] > 5.0 * arrays["right.told"]).all()  # the drift that own statistics hide


def test_steps_that_nobody_took_are_called_predicted():
    header, _ = drawn(opened(normalisation="ways"))
    for said in header["says"][1:]:
        assert re.search(r"As they came, κ = \S+, [\d\u202f]+ steps predicted\.", said), said


@pytest.mark.parametrize("view", VIEWS)
def test_sentences_and_legends_need_no_book(view):
    header, _ = drawn(opened(normalisation=view))
    names = [curve.get("label", "") for panel in header["panels"] for curve in panel.get("curves", ())]
    said = header["says"] if isinstance(header["says"], list) else [header["says"]]
    for text in [*said, *map(str, names)]:
        assert not re.search(r"\(7\.\d|\bnotes\b|\bslides\b", text), text
