"""Clipping on the pages: off unless asked for, named wherever it is on, gone where a step is made of no gradient."""

import pytest
from test_landscapes_page import PAGE
from visit import inputs, message, presets, said, visit

from widgets.runs import CLIP


def label(app) -> str:
    return message(app)[0]["runs"][0]["label"]


@pytest.mark.parametrize("page", [None, PAGE], ids=["valley", "landscapes"])
def test_a_link_clips_and_the_figure_says_so(page):
    query = {"a": "momentum", "a.clip": "0.5", "show": "code"}
    app = visit(query, page) if page else visit(query)
    assert not app.exception and not app.warning
    assert inputs(app)["a.clip"] == 0.5
    header, _ = message(app)
    assert label(app).endswith("clipped at |g| = 0.5") and "clipped at |g| = 0.5" in header["alt"]
    assert dict(app.query_params.items())["a.clip"] == ["0.5"] or app.query_params["a.clip"] == "0.5"
    assert "clip = 0.5  # gradients that are longer are shortened to this" in app.code[0].value


def test_without_it_nothing_is_clipped_and_the_address_says_nothing():
    app = visit("a=momentum")
    box = app.sidebar.number_input(key="a.clip")
    assert box.value is None and box.placeholder == CLIP.empty == "off" and "clip" not in label(app)
    assert "a.clip" not in app.query_params


@pytest.mark.parametrize(("value", "used"), [("-1", "0 is used"), ("0.0001", "0 is used"), ("nan", "0 is used")])
def test_a_length_that_is_none_is_named(value, used):
    app = visit(f"a=momentum&a.clip={value}")
    assert not app.exception
    assert "a.clip" in app.warning[0].value and used in app.warning[0].value
    assert "clip" not in label(app)


@pytest.mark.parametrize("slug", ["newton", "exact_line_search", "conjugate_gradient"])
def test_a_rule_whose_steps_are_no_multiples_of_gradients_has_no_input(slug):
    app = visit(f"a={slug}")
    assert "a.clip" not in {item.key for item in app.sidebar.number_input}
    app = visit(f"a={slug}&a.clip=1")
    assert "a.clip" in app.warning[0].value and "no such setting here" in app.warning[0].value


def test_a_newly_chosen_optimizer_and_a_preset_are_not_clipped():
    app = visit("a=momentum&a.clip=0.5")
    app.selectbox(key="a").set_value("adam").run()
    assert "Adam" in label(app) and "clip" not in label(app)
    app = visit("a=momentum&a.clip=0.5")
    next(button for button in app.button if button.label == "Zigzag").click().run()
    assert "clip" not in label(app) and not app.warning


def test_the_preset_at_the_cliff_shows_what_clipping_is_for():
    app = visit(presets(PAGE)["Clipped at the cliff"], PAGE)
    header, arrays = message(app)
    assert [run["label"].endswith("clipped at |g| = 1") for run in header["runs"]] == [True, False]
    assert said(header)["sentence"].startswith("Settles at the minimum (0.75, 0)")
    assert arrays["run.b"].reshape(-1, 5)[:, 0].min() < -30.0  # thrown far back


def test_there_is_no_best_setting_to_offer_where_gradients_are_clipped():
    best = message(visit("a=gradient_descent&a.clip=1"))[0]["best"]
    assert best["values"] is None and "clipped" in best["words"]


def test_a_run_opened_from_a_map_is_not_clipped_as_that_of_the_map_is_not():
    app = visit("a=momentum&a.clip=0.5")
    app.switch_page("app_pages/families/maps.py").run()
    next(button for button in app.button if button.label.startswith("Open this run")).click().run()
    assert not app.exception and "clip" not in label(app)
