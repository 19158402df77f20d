"""The pages without a browser: deep links, presets, every optimizer, and hostile addresses."""

import re
from urllib.parse import parse_qsl

import numpy as np
import pytest
from visit import drawn, inputs, message, said, visit, warned

from engine import Plane, discover_optimizers, theory
from engine.parameter import four_digits
from engine.study import Entry, Study, study
from surfaces.quadratic import Quadratic
from widgets.details import offered
from widgets.navigation import entries

OPTIMIZERS = discover_optimizers()
LINK = (
    "a=adam&a.decay_1=0.8&a.learning_rate=0.03&b=momentum&surface.eigenvalue_1=2&surface.angle=-40&start.x=0.5&steps=80"
)
HUGE = "9" * 50_000


def described(app) -> Study:
    """Return the study of what the inputs of a page say, by the engine alone."""
    values = {key: four_digits(value) for key, value in inputs(app).items()}
    runs = []
    for box in app.sidebar.selectbox:
        if box.value is not None:
            cls = OPTIMIZERS[box.value]
            rule = cls(**{name: values[f"{box.key}.{name}"] for name in cls.parameters()})
            runs.append(Entry(box.key, rule, values.get(f"{box.key}.learning_rate", cls.typical_learning_rate)))
    fields = {
        name: values.get(f"surface.{name}", declared.default) for name, declared in Quadratic.parameters().items()
    }
    surface = Quadratic(**fields)
    start = (values["start.x"], values["start.y"])
    return study(surface, runs, runs[0], start, int(values["steps"]), Plane.of(surface, include=start), families=False)


def modes(found: Study, surface: Quadratic, name: str) -> np.ndarray:
    """Return the modes (T+1, 2) of a run."""
    family = found.others.get(name, found.present.family)
    return surface.modes(family.trajectory.weights[:, 0])


def draws_what_it_describes(app) -> Study:
    assert not app.exception
    found = described(app)
    header, arrays = message(app)
    steps = header["steps"]
    assert steps[-1] == found.steps
    for run, entry in zip(header["runs"], found.entries, strict=True):
        path = drawn(header, arrays, run["name"])
        expected = modes(found, surface_of(app), entry.name)[steps][: len(path)]
        assert len(path)
        np.testing.assert_allclose(path, expected, rtol=0.0, atol=1e-40 + 3e-7 * np.abs(expected).max())
    assert said(header)["sentence"] == found.present.verdicts[0].sentence
    return found


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path.stem)
def test_every_page_runs(entry):
    app = visit("", entry.path)
    assert not app.exception and not app.warning and not app.error


def test_the_bare_address_leads_to_the_first_page_and_keeps_the_query():
    app = visit(LINK)
    assert sorted(app.query_params) == sorted(key for key, _ in parse_qsl(LINK))
    found = draws_what_it_describes(app)
    assert [entry.label for entry in found.entries] == [
        "Adam η = 0.03, β₁ = 0.8, β₂ = 0.999, δ = 10⁻⁸",
        "Momentum η = 0.02, μ = 0.9",
    ]
    assert (found.steps, found.start) == (80, (0.5, 1.0))


def cast(app) -> list[tuple[str, str]]:
    """Return letter and title of every run that is drawn."""
    header, arrays = message(app)
    assert all(len(drawn(header, arrays, run["name"])) for run in header["runs"])
    return [(run["name"], re.split(" η|, ", run["label"])[0]) for run in header["runs"]]


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_by_its_slug(slug):
    app = visit(f"a={slug}")
    assert not app.warning
    found = draws_what_it_describes(app)
    assert type(found.edited.optimizer) is OPTIMIZERS[slug]
    assert cast(app) == [("a", OPTIMIZERS[slug].title)]
    assert found.edited.learning_rate == four_digits(OPTIMIZERS[slug].typical_learning_rate)
    keys = {item.key for item in app.sidebar.number_input}
    assert ("a.learning_rate" in keys) == OPTIMIZERS[slug].has_learning_rate


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("a=adam&a.stabiliser_place=inside", "√(r + δ)"),
        ("a=adam&a.bias_correction=off", "uncorrected averages"),
        ("a=adamw&a.decay_form=l2", "L2 decay"),
        ("a=nadam&a.momentum_schedule=library", "growing momentum, β₁ in the mean"),
        ("a=conjugate_gradient&a.formula=fletcher-reeves", "Fletcher–Reeves"),
    ],
)
def test_a_form_stands_in_the_address_and_in_the_label(query, says):
    app = visit(query)
    assert not app.warning and not app.exception
    (run,) = message(app)[0]["runs"]
    assert run["label"].endswith(f", {says}") or run["label"].endswith(says)
    assert dict(app.query_params.items())[query.split("&")[1].split("=")[0]] == query.rsplit("=", 1)[1]


def test_a_form_that_does_not_exist_is_named_and_the_printed_one_used():
    app = visit("a=adam&a.stabiliser_place=middle")
    assert "stabiliser_place" in app.warning[0].value and "outside is used" in app.warning[0].value
    assert "√" not in message(app)[0]["runs"][0]["label"]


def test_a_rule_without_a_learning_rate_has_no_gauge_and_no_sliders_of_its_own():
    header, _ = message(visit("a=newton"))
    assert header["gauge"] is None and header["present"]["eta"] is None and header["families"] == {}
    assert not [slider for slider in header["sliders"] if "family" in slider]
    app = visit("a=newton&a.learning_rate=0.1")
    assert "a.learning_rate" in app.warning[0].value
    header, _ = message(visit("a=newton&surface.eigenvalue_1=-1"))
    assert header["texts"][header["present"]["verdict"][1]].startswith("Goes to w*: it seeks where the gradient")
    header, _ = message(visit("a=newton&surface.eigenvalue_1=0"))
    assert "The Hessian has an eigenvalue of zero" in header["texts"][header["present"]["verdict"][1]]


# --- presets -----------------------------------------------------------------------------------------------------


def surface_of(app) -> Quadratic:
    """Return the surface that the picture shows."""
    return eval(message(app)[0]["surface"], {"Quadratic": Quadratic})


def rate_of(found: Study, surface: Quadratic) -> float:
    return theory.rate(found.edited.optimizer, found.edited.learning_rate, surface.eigenvalues)


def errors(found: Study, name: str = "a") -> np.ndarray:
    return found.others.get(name, found.present.family).error[:, 0]


def status(found: Study) -> str:
    return found.present.verdicts[0].status


def zigzag(found, surface):
    across = np.sign(found.present.modes[:12, 0, 1])
    assert (across[1:] == -across[:-1]).all() and rate_of(found, surface) < 1.0


def with_momentum(found, surface):
    with_it, without = (type(entry.optimizer).__name__ for entry in found.entries)
    assert (with_it, without) == ("Momentum", "GradientDescent")
    assert len({entry.learning_rate for entry in found.entries}) == 1
    assert errors(found)[-1] < 1e-3 * errors(found, "b")[-1]


def just_below(found, surface):
    assert 0.98 < rate_of(found, surface) < 1.0 and 0.98 < found.edited.learning_rate / found.limit < 1.0
    assert status(found) == "good" and errors(found)[-1] < errors(found)[0]


def just_above(found, surface):
    assert 1.0 < rate_of(found, surface) < 1.02 and 1.0 < found.edited.learning_rate / found.limit < 1.02
    assert status(found) == "bad" and errors(found)[-1] > errors(found)[0]


def exactly_at_it(found, surface):
    assert found.edited.learning_rate == found.limit and abs(rate_of(found, surface) - 1.0) < 1e-12
    assert status(found) == "limit"


def saddle(found, surface):
    assert surface.verdict == "saddle" and status(found) == "bad"
    assert found.present.family.error[-1, 0] < 0.0 or np.isnan(found.present.family.error[-1, 0])


def flat_valley(found, surface):
    assert surface.verdict == "flat valley" and status(found) == "good"
    along = found.present.modes[:, 0, 0]
    np.testing.assert_allclose(along, along[0], rtol=1e-12)


def first_worse(found, surface):
    best = theory.optimal(type(found.edited.optimizer), surface.eigenvalues)
    assert 1.0 - rate_of(found, surface) > 0.9 * (1.0 - best.rate)
    assert errors(found)[1:].max() > 1.1 * errors(found)[0] and errors(found)[-1] < 1e-6 * errors(found)[0]


def x2_plus_4y2(found, surface):
    points = np.random.default_rng(1).normal(size=(20, 2))
    np.testing.assert_allclose(surface.evaluate(points)[0], points[:, 0] ** 2 + 4.0 * points[:, 1] ** 2, rtol=1e-12)


CLAIMS = {
    "Zigzag": zigzag,
    "With momentum": with_momentum,
    "Just below the limit": just_below,
    "Just above": just_above,
    "Exactly at it": exactly_at_it,
    "Saddle": saddle,
    "Flat valley": flat_valley,
    "First worse": first_worse,
    "x² + 4y²": x2_plus_4y2,
}


def preset_titles(app) -> list[str]:
    return [button.label for button in app.button]


def click(app, title):
    return next(button for button in app.button if button.label == title).click().run()


def test_every_preset_has_a_claim_that_is_tested():
    assert preset_titles(visit()) == list(CLAIMS)


@pytest.mark.parametrize("title", CLAIMS)
def test_a_preset_is_what_its_name_says_and_so_is_its_address(title):
    app = visit(LINK)
    click(app, title)
    assert not app.warning
    found = draws_what_it_describes(app)
    CLAIMS[title](found, surface_of(app))

    again = visit(dict(app.query_params.items()))
    assert not again.warning
    (first, first_arrays), (second, second_arrays) = message(app), message(again)
    assert first == second
    for name, array in first_arrays.items():
        np.testing.assert_array_equal(array, second_arrays[name])


def test_a_preset_of_one_run_leaves_one_empty_place_for_another():
    app = visit("a=momentum&b=adam")
    click(app, "Zigzag")
    assert [(box.key, box.value) for box in app.sidebar.selectbox] == [("a", "gradient_descent"), ("b", None)]


# --- hostile addresses -------------------------------------------------------------------------------------------

NUMBERS = ["a.momentum", "surface.eigenvalue_1", "surface.angle", "start.x", "steps"]
NOT_NUMBERS = [
    "nan",
    "-inf",
    "1e999",
    "",
    "0x10",
    "1,5",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "`code`",
    "**bold**",
    "$x^2$",
    "a\nb",
    "\x00",
    HUGE,
]
OUT_OF_RANGE = [
    ("a.learning_rate", "-0"),
    ("a.learning_rate", "1e5"),
    ("a.momentum", "1"),
    ("surface.eigenvalue_1", "1001"),
    ("surface.angle", "180.1"),
    ("surface.minimum_x", "11"),
    ("start.x", "1e6"),
    ("steps", "0"),
    ("steps", "1e999"),
    ("steps", HUGE),
]
SLUGS = ["unknown", "Momentum", "<b>adam</b>", "../adam", "", HUGE, "momentum "]


def one_sentence(app, key: str) -> str:
    """Return the page's one warning, which must be fit to be read; what is drawn is what the inputs then say."""
    text = warned(app, key)
    draws_what_it_describes(app)
    return text


def says_what_is_used(text: str, used: float) -> None:
    assert [float(number) for number in re.findall(r"\((\S+) is used\)", text)] == [pytest.approx(used, rel=1e-3)]


@pytest.mark.parametrize("slug", [*SLUGS, "modes,words"])
def test_a_detail_that_does_not_exist_is_named_and_nothing_opens(slug):
    app = visit({"show": slug})
    if slug:
        assert "not known here" in one_sentence(app, "show")
    assert app.pills[0].value == []


@pytest.mark.parametrize("bad", [("<script>", "zzz"), ("a1", "b2", "c3", "d4", "e5")])
def test_every_detail_that_does_not_exist_is_named(bad):
    app = visit({"show": ["words", *bad]})
    text = warned(app, "show")
    assert all(name.strip("<>") in text for name in bad[:3]) and "not known here" in text
    assert ("2 more" in text) == (len(bad) == 5)
    assert app.pills[0].value == ["words"]


@pytest.mark.parametrize("name", list(offered(Quadratic())))
@pytest.mark.parametrize("query", ["", LINK, "surface.eigenvalue_1=0&surface.eigenvalue_2=-3&a=nesterov&steps=1"])
def test_every_detail_opens_by_its_address(name, query):
    app = visit(f"show={name}&{query}")
    assert not app.exception and not app.warning
    assert app.pills[0].value == [name]


def test_a_preset_leaves_the_details_open():
    app = visit("show=modes")
    click(app, "Zigzag")
    assert app.pills[0].value == ["modes"]


@pytest.mark.parametrize("raw", NOT_NUMBERS, ids=lambda raw: repr(raw[:20]))
def test_what_is_no_number_is_named_and_replaced(raw):
    app = visit({"a.learning_rate": raw})
    says_what_is_used(one_sentence(app, "a.learning_rate"), inputs(app)["a.learning_rate"])


@pytest.mark.parametrize("key", NUMBERS)
def test_every_kind_of_number_refuses_what_is_none(key):
    app = visit({key: "<i>nan</i>"})
    says_what_is_used(one_sentence(app, key), inputs(app)[key])


@pytest.mark.parametrize(("key", "raw"), OUT_OF_RANGE)
def test_a_number_out_of_range_is_named_and_replaced(key, raw):
    app = visit({key: raw})
    says_what_is_used(one_sentence(app, key), described_value(app, key))


@pytest.mark.parametrize(("key", "raw", "used"), [("eigenvalue_1", "1e-5", 1), ("eigenvalue_2", "-1e-300", 20)])
def test_an_eigenvalue_too_near_zero_is_named_and_replaced(key, raw, used):
    # Streamlit lets the address fill the input, whose bounds it keeps; the picture and the sentence know better
    app = visit({f"surface.{key}": raw})
    assert not app.exception
    (warning,) = app.warning
    assert f"`surface.{key}`" in warning.value and f"({used} is used)" in warning.value
    assert f"{key}={used:.1f}," in message(app)[0]["surface"]


def described_value(app, key: str) -> float:
    """Return the value that the picture uses for a key, from the message."""
    header, _ = message(app)
    if key.startswith("surface."):
        return getattr(surface_of(app), key.removeprefix("surface."))
    if key == "steps":
        return header["steps"][-1]
    if key == "start.x":
        return header["start"]["value"][0]
    return next(slider["value"] for slider in header["sliders"] if slider["key"] == key)


@pytest.mark.parametrize("slug", SLUGS, ids=lambda slug: repr(slug[:20]))
def test_an_unknown_optimizer_is_named_and_replaced(slug):
    app = visit({"a": slug})
    assert "momentum is used" in one_sentence(app, "a")
    assert cast(app) == [("a", "Momentum")]


@pytest.mark.parametrize("slug", ["unknown", "", HUGE], ids=lambda slug: repr(slug[:20]))
def test_an_unknown_second_optimizer_leaves_one_run(slug):
    app = visit({"b": slug})
    one_sentence(app, "b")
    assert cast(app) == [("a", "Momentum")]


@pytest.mark.parametrize(("key", "used"), [("shape", "eigenvalues"), ("edit", "a")])
def test_an_unknown_choice_is_named_and_replaced(key, used):
    app = visit({"b": "adam", key: "<b>z</b>"})
    assert f"{used} is used" in one_sentence(app, key)


@pytest.mark.parametrize(
    "key", ["foo", "g", "A", "a.decay_1", "b.momentum", "surface.eigenvalue_3", "valley.applied", ""]
)
def test_an_unknown_key_is_named(key):
    app = visit({key: "1"} if key else {"a.": "1"})
    assert "no such setting" in one_sentence(app, key or "a.")


@pytest.mark.parametrize("key", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "`a`", "x" * 50_000, "a\nb"])
def test_markup_in_a_key_stays_text(key):
    app = visit({key: "<img src=x onerror=alert(1)>"})
    plain = re.sub(r"[^\w]", "·", key[:24])
    text = one_sentence(app, text_key(app))
    assert plain[:3] in text and "no such setting" in text


def text_key(app) -> str:
    return app.warning[0].value.split("`")[1]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("a", ["adam", "momentum"]),
        ("a.learning_rate", ["0.01", "0.02"]),
        ("surface.angle", ["1", "nan"]),
    ],
)
def test_a_parameter_given_several_times_is_named(key, values):
    app = visit({key: values})
    one_sentence(app, key)


def test_a_thousand_unknown_keys_give_one_short_sentence():
    app = visit({f"k{i}": "v" for i in range(1000)})
    assert "997 more" in one_sentence(app, "k0")


def test_many_faults_give_one_sentence_and_the_good_values_stay():
    app = visit({"a": "nope", "a.learning_rate": "nan", "surface.angle": "1e9", "b": "adam", "steps": "40", "x": "<b>"})
    text = one_sentence(app, "a")
    assert "`a.learning_rate`" in text and "`surface.angle`" in text and "1 more" in text
    header, _ = message(app)
    assert cast(app) == [("a", "Momentum"), ("b", "Adam")] and header["steps"][-1] == 40


@pytest.mark.parametrize(
    "query",
    [
        "shape=condition&surface.eigenvalue_1=-1",
        "shape=condition&surface.eigenvalue_1=0&surface.eigenvalue_2=0",
        "shape=condition&surface.eigenvalue_1=9&surface.eigenvalue_2=1",
        "surface.eigenvalue_1=0&surface.eigenvalue_2=0",
        "surface.eigenvalue_1=-1000&surface.eigenvalue_2=1000&a.learning_rate=10000&steps=1000",
        "surface.eigenvalue_1=-0.001&surface.eigenvalue_2=-0.001",
        "surface.eigenvalue_1=1e-3&surface.eigenvalue_2=1e3&a=nesterov&a.momentum=0.999",
        "start.x=0&start.y=0",
        "start.x=0&start.y=0&a=adam",
        "start.x=0&start.y=0&a=rmsprop&a.stabiliser=1e-12",
        "a=adam&a.learning_rate=10000&start.x=100&start.y=-100&steps=1000",
        "a=adam&surface.eigenvalue_1=0&surface.eigenvalue_2=0",
        "a=adagrad&surface.eigenvalue_1=-5&surface.eigenvalue_2=0",
        "start.x=0&start.y=1e-320&a=adagrad",
        "start.x=0&start.y=1e-320",
        "steps=1",
        "b=adam&c=adam&d=adam&e=adam&f=adam&edit=f",
        "c=adam",
        "f=adam&edit=f",
    ],
)
def test_allowed_but_strange_settings_are_drawn_without_a_word_of_nan(query):
    app = visit(query)
    assert not app.exception and not app.warning
    header, arrays = message(app)
    assert all(np.isfinite(array).all() for array in arrays.values())
    spoken = str([said(header), header["alt"], header["gauge"], header["runs"], header["best"]])
    assert not re.search(r"\b(nan|inf|None_|undefined)\b", spoken)
    if "edit=f" not in query:
        draws_what_it_describes(app)


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("a.learning_rate", "0.0123456789"),
        ("a.momentum", "0.87654321"),
        ("surface.eigenvalue_1", "3.14159265"),
        ("surface.eigenvalue_2", "٣"),
        ("surface.angle", "12.3456"),
        ("start.x", "-1.23456"),
        ("start.x", "-0"),
        ("start.x", "1e-320"),
        ("a.learning_rate", " 0.05 "),
    ],
)
def test_the_picture_uses_what_the_input_holds_to_four_digits(key, raw):
    app = visit({key: raw})
    assert not app.warning
    draws_what_it_describes(app)
    assert described_value(app, key) == four_digits(inputs(app)[key]) == four_digits(float(raw))


def test_steps_are_whole_in_the_input_and_in_the_picture():
    app = visit("steps=12.7")
    assert inputs(app)["steps"] == message(app)[0]["steps"][-1]
    says_what_is_used(one_sentence(app, "steps"), inputs(app)["steps"])


@pytest.mark.parametrize(("kappa", "scale"), [(50.0, 20.0), (20.0, 5.0), (1.0, 1000.0), (1e6, 1000.0)])
def test_condition_number_and_scale_move_the_two_eigenvalues(kappa, scale):
    app = visit("shape=condition")
    app.sidebar.number_input(key="shape.scale").set_value(scale).run()
    app.sidebar.number_input(key="shape.condition_number").set_value(kappa).run()
    surface = surface_of(app)
    assert not app.exception and not app.warning
    assert surface.eigenvalue_2 == scale
    assert surface.eigenvalue_1 == four_digits(scale / kappa)
