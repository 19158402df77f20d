"""The message that the live figure receives: complete, small enough, and what the engine computed."""

import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import streamlit
from eyes import APART, APART_ALIKE, EYES, STANDS_OUT, contrast, free_look, grounds, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from visit import decode, drawn, packed, said, visit

from charts.colours import PALETTES
from charts.live import FAR, live_message
from charts.thin import CONSECUTIVE, POINTS, drawn_steps
from engine import Plane, discover_optimizers, run
from engine.study import Entry, study
from surfaces.quadratic import Quadratic
from surfaces.two_minima import TwoMinima
from widgets.live_figure import HERE, PLOTLY, pack

OPTIMIZERS = discover_optimizers()
SIZE = 400_000  # bytes
WORDS = {"start": {"keys": ["start.x", "start.y"]}, "edit": "edit", "best": {"values": None, "words": ""}}
DEFAULT = Quadratic()
TURNED = Quadratic(eigenvalue_1=35.0, eigenvalue_2=0.7, angle=-52.0, minimum_x=0.4, minimum_y=-0.3)
SADDLE = Quadratic(eigenvalue_1=-3.0, eigenvalue_2=1000.0, angle=77.0)
START = (-1.5, 1.0)


def picture(surface, optimizer, eta, steps=150, start=START, others=()):
    entries = [Entry("a", optimizer, eta), *others]
    found = study(surface, entries, entries[0], start, steps, Plane.of(surface, include=start))
    return found, *live_message(surface, found, [], WORDS)


def figures(header):
    return {name: item for name, item in header.items() if isinstance(item, dict) and item.keys() == {"data", "layout"}}


def leaves(item):
    """Every string, number and array inside dictionaries and lists, keys left out."""
    if isinstance(item, dict):
        item = item.values()
    elif not isinstance(item, (list, tuple)):
        yield item
        return
    for part in item:
        yield from leaves(part)


CASES = [
    (DEFAULT, "momentum", 0.02),
    (DEFAULT, "gradient_descent", 0.1005),
    (DEFAULT, "adam", 0.3),
    (TURNED, "nesterov", 0.03),
    (TURNED, "rmsprop", 0.1),
    (SADDLE, "momentum", 0.001),
    (SADDLE, "adagrad", 1.0),
    (Quadratic(eigenvalue_1=0.0, eigenvalue_2=5.0), "gradient_descent", 10_000.0),
]
every_case = pytest.mark.parametrize(("surface", "slug", "eta"), CASES, ids=lambda item: str(item)[:24])


# --- packing -----------------------------------------------------------------------------------------------------


def test_a_message_comes_back_as_it_went():
    grid = np.arange(12.0).reshape(3, 4)
    ground = {"list": [1, None, True, {"grid": grid.T}], "row": grid[0]}
    header = {"text": "λ₁ “−∇E” </script>", "number": 0.1, "ground": ground}
    arrays = {"one": np.linspace(0.0, 1.0, 7), "none": np.empty((0, 2)), "every second": np.arange(9.0)[::2]}
    data = pack(header, arrays)
    end = 4 + int.from_bytes(data[:4], "little")
    found, blocks = decode(data)
    assert found["text"] == header["text"] and found["number"] == 0.1 and found["ground"]["list"][:3] == [1, None, True]
    for place, array in ((found["ground"]["list"][3]["grid"], grid.T), (found["ground"]["row"], grid[0])):
        assert place["rows"] == (len(array) if array.ndim == 2 else 0)
        np.testing.assert_array_equal(blocks[place["$"]], array.ravel())
    for name, array in arrays.items():
        np.testing.assert_array_equal(blocks[name], array.astype(np.float32).ravel())
    assert end % 4 == 0 and sum(len(block) for block in blocks.values()) * 4 + end == len(data)


def test_packing_leaves_its_arguments_alone():
    header, arrays = {"ground": {"z": np.ones(3)}}, {"x": np.zeros(2)}
    pack(header, arrays)
    assert isinstance(header["ground"]["z"], np.ndarray) and list(arrays) == ["x"]


SIX = "b=adam&c=nesterov&d=rmsprop&e=adagrad&f=gradient_descent"


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"steps=1000&shape=condition&{SIX}",
        f"a=nesterov&a.momentum=0.9876&steps=1000&shape=condition&surface.eigenvalue_1=0.001234&{SIX}",
        f"a=adam&steps=1000&surface.eigenvalue_1=1000&surface.eigenvalue_2=0.001&{SIX}",
        "a.momentum=0.999&a.learning_rate=0.0001234&steps=1000&surface.eigenvalue_1=0.001&surface.eigenvalue_2=0.001234"
        f"&start.x=99.87&start.y=-99.87&surface.angle=-179.5&surface.minimum_x=9.87&surface.minimum_y=-9.876&{SIX}",
    ],
)
def test_a_message_is_at_most_400_kilobytes(query):
    assert len(packed(visit(query))) <= SIZE


def test_streamlit_ships_exactly_one_copy_of_plotly():
    found = list((Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js"))
    assert [path.name for path in found] == [PLOTLY]


# --- contents ----------------------------------------------------------------------------------------------------


@every_case
def test_a_family_holds_the_present_value_once_and_to_the_bit(surface, slug, eta):
    eta = eta * (1.0 + 2.0**-40)
    found, header, _ = picture(surface, OPTIMIZERS[slug](), eta)
    assert [slider["family"] for slider in header["sliders"]] == list(header["families"])
    present = {"learning_rate": eta} | {
        name: getattr(found.edited.optimizer, name) for name in header["families"] if name != "learning_rate"
    }
    for slider in header["sliders"]:
        value = present[slider["family"]]
        assert slider["value"] == value and slider["stops"].count(value) == 1
        assert slider["stops"] == sorted(set(slider["stops"])) and len(slider["texts"]) == len(slider["stops"])
        assert 90 <= len(slider["stops"]) <= 110
        assert json.loads(json.dumps(slider["stops"])) == slider["stops"]


def member_weights(header, arrays, setting, r):
    """The path of one member as the browser builds it."""
    family, frame = header["families"][setting], header["frame"]
    modes = np.asarray(arrays[family["array"]], dtype=np.float32).reshape(-1, 2).astype(float)
    modes = modes[family["offsets"][r] : family["offsets"][r + 1]]
    return np.array(frame["origin"]) + modes @ np.array(frame["axes"])


@every_case
def test_every_drawn_member_is_what_run_gives(surface, slug, eta):
    _, header, arrays = picture(surface, OPTIMIZERS[slug](), eta)
    plane = Plane.of(surface, include=START)
    middle = np.array([sum(side) / 2.0 for side in plane.view])
    half = np.array([(side[1] - side[0]) / 2.0 for side in plane.view])
    for setting, slider in zip(header["families"], header["sliders"], strict=True):
        assert header["families"][setting]["offsets"][-1] * 2 == arrays[f"family.{setting}"].size
        for r, value in enumerate(slider["stops"]):
            rule = OPTIMIZERS[slug](**({} if setting == "learning_rate" else {setting: value}))
            path = run(surface, rule, value if setting == "learning_rate" else eta, START, 150)
            expected = path.weights[header["steps"], 0]
            far = ~(np.abs(expected - middle) <= FAR * half).all(axis=-1)
            last = int(far.argmax()) if far.any() else len(expected)
            if far.any() and np.isfinite(expected[last]).all():
                last += 1
            member = member_weights(header, arrays, setting, r)
            assert len(member) == last, (setting, value)
            scale = np.abs(expected[:last] - surface.stationary_point).max() + np.abs(surface.stationary_point).max()
            np.testing.assert_allclose(member, expected[:last], rtol=0.0, atol=3e-7 * scale)


@every_case
def test_nothing_in_a_message_is_not_a_number(surface, slug, eta):
    _, header, arrays = picture(surface, OPTIMIZERS[slug](), eta, steps=400)
    for item in leaves(header):
        assert not isinstance(item, float) or math.isfinite(item)
        assert not isinstance(item, np.ndarray) or np.isfinite(item).all()
    for array in arrays.values():
        assert np.isfinite(np.asarray(array, dtype=np.float32)).all()
    text = pack(header, arrays)
    assert b"NaN" not in text[: 4 + int.from_bytes(text[:4], "little")]


@every_case
def test_the_present_run_is_the_same_member_of_every_family(surface, slug, eta):
    _, header, arrays = picture(surface, OPTIMIZERS[slug](), eta)
    alone = drawn(header, arrays, "a")
    for slider in header["sliders"]:
        r, family = slider["stops"].index(slider["value"]), header["families"][slider["family"]]
        inside = arrays[family["array"]][family["offsets"][r] : family["offsets"][r + 1]]
        np.testing.assert_allclose(alone, inside, rtol=0.0, atol=1e-7 * np.abs(inside).max())
        here, present = said(header, family["verdicts"][r]), said(header)
        assert here.pop("badge")[0] == present.pop("badge")[0]  # its number is one of roundings
        assert here == present
        assert family["limits"][r] == pytest.approx(header["present"]["limit"], rel=1e-12)


@every_case
def test_a_picture_without_its_families_is_small_and_else_the_same(surface, slug, eta):
    _, whole, _ = picture(surface, OPTIMIZERS[slug](), eta)
    entry = Entry("a", OPTIMIZERS[slug](), eta)
    found = study(surface, [entry], entry, START, 150, Plane.of(surface, include=START), families=False)
    header, arrays = live_message(surface, found, [], WORDS)
    assert not header["families"] and whole["families"]
    assert header["sliders"] == whole["sliders"]
    alone, present = said(header), said(whole)
    assert alone.pop("badge")[0] == present.pop("badge")[0]  # its number is one of roundings
    assert alone == present
    assert len(pack(header, arrays)) < SIZE / 4


@pytest.mark.parametrize("families", [True, False])
@pytest.mark.parametrize("surface", [Quadratic(), TwoMinima()], ids=["quadratic", "two minima"])
@pytest.mark.parametrize("slug", [slug for slug, cls in OPTIMIZERS.items() if not cls.has_learning_rate])
def test_a_rule_without_a_learning_rate_travels_by_itself(slug, surface, families):
    entry, start = Entry("a", OPTIMIZERS[slug](), 1.0), surface.start
    found = study(surface, [entry], entry, start, 30, Plane.of(surface, include=start), families=families)
    header, arrays = live_message(surface, found, [], {})
    assert header["sliders"] == [] and header["families"] == {} and header["gauge"] is None
    assert header["present"]["eta"] is None and len(arrays[header["present"]["array"]]) > 1


@settings(max_examples=200)
@given(st.integers(0, 20_000))
def test_drawn_steps_are_few_and_come_in_neighbours(steps):
    shown = drawn_steps(steps)
    assert shown[0] == 0 and shown[-1] == steps and len(shown) <= POINTS <= 160
    apart = np.diff(shown)
    assert (apart >= 1).all()
    if steps < POINTS:
        assert (apart == 1).all()
        return
    np.testing.assert_array_equal(shown[:CONSECUTIVE], np.arange(CONSECUTIVE))
    late = shown[CONSECUTIVE:]
    assert all(k - 1 in shown or k + 1 in shown for k in late)


# --- colours -----------------------------------------------------------------------------------------------------

every_eye = pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)


@every_eye
def test_no_two_optimizers_look_alike(eyes):
    """Any two are 15 apart (CIE 1976), and 30 or more where the line is of the same kind."""
    places = {slug: seen(cls.colour, eyes) for slug, cls in OPTIMIZERS.items()}
    apart = {
        pair: float(np.linalg.norm(places[pair[0]] - places[pair[1]])) for pair in itertools.combinations(places, 2)
    }
    same = {pair for pair in apart if OPTIMIZERS[pair[0]].dash == OPTIMIZERS[pair[1]].dash}
    near = {pair: round(far, 1) for pair, far in apart.items() if far < (APART_ALIKE if pair in same else APART)}
    assert not near, f"take {' and '.join(free_look())}"


@pytest.mark.parametrize("theme", PALETTES)
@every_eye
def test_no_two_classes_look_alike(theme, eyes):
    """Their symbols differ too."""
    colours = [PALETTES[theme][f"class{k}"] for k in range(5)]
    assert min(contrast(colour, PALETTES[theme]["paper"]) for colour in colours) >= 3.0
    places = [seen(colour, eyes) for colour in colours]
    assert min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(places, 2)) > 20.0


@pytest.mark.parametrize("theme", PALETTES)
def test_every_optimizer_stands_out_from_the_ground(theme):
    """A path lies on its halo. On the bands alone one colour for both themes could not stand out from all ten."""
    under = grounds(theme)
    found = {(slug, ground): contrast(cls.colour, ground) for slug, cls in OPTIMIZERS.items() for ground in under}
    faint = {place: round(ratio, 2) for place, ratio in found.items() if ratio < STANDS_OUT}
    assert not faint, f"take {' and '.join(free_look())}"


@pytest.mark.parametrize(
    ("surface", "said"),
    [
        (Quadratic(), [("u₁", "solid"), ("u₂", "solid")]),
        (Quadratic(eigenvalue_1=-3.0), [("u₁, downhill", "dash"), ("u₂", "solid")]),
        (Quadratic(eigenvalue_1=0.0), [("u₁, flat", "dot"), ("u₂", "solid")]),
    ],
)
def test_the_axes_say_what_the_surface_does_along_them(surface, said):
    _, header, _ = picture(surface, OPTIMIZERS["momentum"](), 0.02)
    axes = header["ground"]["data"]
    assert [(axis["name"], axis["line"]["dash"]) for axis in axes] == said
    low, high = header["ground"]["layout"]["yaxis"]["range"]
    lengths = [np.hypot(axis["x"][2] - axis["x"][0], axis["y"][2] - axis["y"][0]) for axis in axes]
    assert max(lengths) == pytest.approx(0.9 * (high - low))


def test_the_learning_curve_shows_ten_decades_and_the_target():
    _, header, _ = picture(DEFAULT, OPTIMIZERS["momentum"](), 0.02)
    error = float(DEFAULT.evaluate(np.array(START))[0])
    assert header["curve"]["data"][0]["y"] == pytest.approx([1e-6 * error] * 2)
    low, high = header["curve"]["layout"]["yaxis"]["range"]
    assert low <= np.log10(error) - 10.0 and np.log10(error) + 2.0 <= high


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("name", ["ink", "quiet", "good", "limit", "bad", "open"])
def test_words_can_be_read(theme, name):
    assert contrast(PALETTES[theme][name], PALETTES[theme]["paper"]) >= 4.5


def test_every_colour_of_a_figure_stands_in_both_palettes():
    assert list(PALETTES) == ["light", "dark"]
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()
    others = [Entry(letter, cls(), 0.01) for letter, cls in zip("bcdef", OPTIMIZERS.values(), strict=False)]
    _, header, _ = picture(SADDLE, OPTIMIZERS["adam"](), 0.02, others=others)
    used = {item[1:] for item in leaves(figures(header)) if isinstance(item, str) and item.startswith("@")}
    assert used > {"ink", "quiet"}
    scripts = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.js"))
    used |= set(re.findall(r"palette\.([a-z]\w*)", scripts))
    assert used > {"band1", "halo", "line", "paper"}
    assert used <= PALETTES["light"].keys()
