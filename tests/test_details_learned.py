"""Learning curves, gradients of layers, restarts: what is said of a network's run is what the engine did."""

import re
from dataclasses import replace

import numpy as np
import pytest
from browser import ROOT
from playwright.sync_api import Page
from scripted import scripted
from spoken import NUMBER, agrees, said_after
from test_browser import DRAWN, IDLE, SECONDS, address_has
from visit import components, decode, visit, warned

from engine import discover_optimizers, run
from engine.sampling import Batch, arguments, batches
from engine.study import Entry
from engine.validation import early_stopping
from surfaces.data import made
from surfaces.data.moons import Moons
from surfaces.fitting.layers import SCHEMES
from surfaces.himmelblau import Himmelblau
from surfaces.linear_regression import LinearRegression
from surfaces.mlp import Mlp
from widgets.details import curves, layers, offered, restarts
from widgets.details.learned import learned
from widgets.details.picture import ALIKE, Initial, Picture

PAGE = ROOT / "app_pages" / "networks" / "networks.py"
OPTIMIZERS = discover_optimizers()
TRAINING, HELD_OUT = made(Moons(rows=60, noise=0.3)).split(0.7, 0)
NET = Mlp(TRAINING, hidden=(6,))
LOST = Mlp(TRAINING, hidden=(6,), activation="relu", loss="sum_of_squares")
DESCRIBE = """([view, header]) => {
  const arrays = Object.entries(header.arrays).map(([name, values]) => [name, new Float32Array(values.flat())]);
  return Detail.describe(view, { ...header, arrays: Object.fromEntries(arrays) });
}"""


def picture(net=NET, rule="adam", eta=0.05, steps=120, validated=True, batch=None, **more):
    start = tuple(net.initial().tolist())
    entry = Entry("a", OPTIMIZERS[rule](), eta, start=start, batch=batch)
    held_out = HELD_OUT if validated else None
    drawn = np.unique([*range(0, steps + 1, 3), 37, 50, steps]) if steps > 40 else np.arange(steps + 1)
    return Picture(net, [entry], entry, start, steps, drawn, validation=held_out)._replace(**more)


def at(shown, message, step):
    """What the page's script is given: what the figure shows at a step, and a message."""
    header, arrays = message
    view = {"steps": shown.drawn.tolist(), "runs": [{"seen": int(np.searchsorted(shown.drawn, step)) + 1}]}
    return [view, {**header, "arrays": {name: values.tolist() for name, values in arrays.items()}}]


@pytest.fixture(scope="module")
def said(browser):
    with scripted(browser, "curves", DESCRIBE) as asked:
        yield asked


@pytest.fixture(scope="module")
def of_layers(browser):
    with scripted(browser, "layers", DESCRIBE) as asked:
        yield asked


@pytest.fixture(scope="module")
def of_restarts(browser):
    with scripted(browser, "restarts", DESCRIBE) as asked:
        yield asked


@pytest.mark.parametrize("net", [NET, replace(NET, reduction="sum", penalty=0.1), replace(NET, normalisation="batch")])
@pytest.mark.parametrize("step", [0, 37, 120])
def test_what_a_row_costs_is_that_of_the_run(said, net, step):
    shown = picture(net, eta=0.02)
    path = run(net, OPTIMIZERS["adam"](), 0.02, net.initial(), 120)
    words = said(at(shown, curves.sent(shown, 20), step))["here"]
    trained, unseen = (net.row_error(path.weights[step, 0], rows) for rows in (TRAINING, HELD_OUT))
    assert f"At step {step} " in words and "means of 42 and 18 rows" in words
    assert agrees(said_after(words, "a row that trains costs"), trained)
    assert agrees(said_after(words, "a row held out"), unseen)
    assert agrees(re.findall(rf"({NUMBER}) times as much", words)[0], unseen / trained)


@pytest.mark.parametrize("waits", [1, 5, 20, 1000])
@pytest.mark.parametrize("eta", [0.005, 0.05, 0.5])
def test_where_training_would_stop_is_where_waiting_ends(said, waits, eta):
    shown = picture(eta=eta)
    errors = learned(shown, shown.edited).validation
    best, kept, stop = early_stopping(errors, waits)
    message = curves.sent(shown, waits)
    words = said(at(shown, message, 9))["stopping"]
    if stop < 0:
        assert "is not stopped" in words and (best == 120 or f"at step {best}" in words)
    else:
        assert f"stop at step {stop} and keep the weights of step {kept}" in words
        assert stop == kept + waits and ("too soon" in words) == (best != kept)
    rows = {label: (step, trained, unseen) for label, step, trained, unseen in message[0]["lines"]}
    assert rows["least validation"][0] == best and rows["least validation"][2] == errors.min()
    assert rows["end"][0] == 120 and rows["start"][2] == errors[0]


def test_what_a_batch_costs_and_where_epochs_end():
    net = replace(NET, reduction="sum", penalty=0.3)
    rows = Batch(16, "reshuffle", 4)
    shown = picture(net, eta=0.001, steps=30, batch=rows)
    header, arrays = curves.sent(shown, 5)
    path = run(net, OPTIMIZERS["adam"](), 0.001, net.initial(), 30, **arguments(rows))
    np.testing.assert_allclose(path.epoch[header["epochs"]["ends"]], np.arange(1, 11))
    assert header["epochs"]["every"] == 1 and header["batched"] == 16 and len(arrays["batch"]) == 30
    # three batches are an epoch of 42 rows: 16, 16 and 10; taken together at one place they are all rows
    still = picture(net, eta=1e-12, steps=30, batch=rows)
    batch = np.array(curves.sent(still, 5)[1]["batch"][:3])
    assert batch @ [16, 16, 10] / 42 == pytest.approx(net.row_error(net.initial()), rel=1e-6)


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_what_a_batch_costs_is_without_the_sparsity_of_its_own_rows(normalisation):
    net, rows = replace(NET, sparsity=1.0, penalty=0.3, normalisation=normalisation), Batch(2, "reshuffle", 4)
    shown = picture(net, eta=0.02, steps=60, batch=rows)
    found = np.array(curves.sent(shown, 5)[1]["batch"])
    path = run(net, OPTIMIZERS["adam"](), 0.02, net.initial(), 60, **arguments(rows))
    for step, drawn in enumerate(batches(42, 2, 60, "reshuffle", 4)):
        w, seen = path.weights[step, 0], [row for row in drawn if row >= 0]
        part = replace(TRAINING, inputs=TRAINING.inputs[seen], targets=TRAINING.targets[seen])
        alone = net.outputs(w, part.inputs, net.statistics(w, seen) if normalisation == "batch" else None)
        told = -np.log(np.where(part.targets == 1.0, alone, 1.0 - alone)).sum(axis=-1).mean()
        assert found[step] == pytest.approx(told, rel=1e-6)


def test_what_there_is_not_is_not_spoken_of(said):
    alone = picture(validated=False)
    words = said(at(alone, curves.sent(alone, None), 3))
    assert "batch" not in curves.sent(alone, None)[1]
    assert "the mean of 42" in words["here"] and words["stopping"] == "" and "held out" not in words["note"]
    summed = picture(replace(NET, penalty=0.1))
    assert "Penalties are left out" in said(at(summed, curves.sent(summed, 20), 3))["note"]


def test_a_run_that_is_lost_is_told(said, of_layers):
    shown = picture(LOST, "gradient_descent", 1e4, 20)
    words = said(at(shown, curves.sent(shown, 3), 20))
    assert "lost" in words["here"] and not re.search("NaN|undefined|–", words["here"] + words["stopping"])
    assert "lost" in of_layers(at(shown, layers.sent(shown), 20))["sentence"]


@pytest.mark.parametrize("hidden", [(), (6,), (5, 4, 3)])
@pytest.mark.parametrize("step", [0, 120])
def test_gradients_of_layers_are_those_of_the_run(of_layers, hidden, step):
    net = Mlp(TRAINING, hidden=hidden)
    shown = picture(net)
    path = run(net, OPTIMIZERS["adam"](), 0.05, net.initial(), 120)
    norms = [np.linalg.norm(path.gradient[step, 0, layer.weights]) for layer in net.layers]
    found = of_layers(at(shown, layers.sent(shown), step))
    if not hidden:
        assert "no other to compare" in found["sentence"] and len(found["rows"]) == 2
    else:
        assert agrees(said_after(found["sentence"], "the first layer is"), norms[0])
        assert agrees(said_after(found["sentence"], "that of the last"), norms[-1])
        assert agrees(re.findall(rf"({NUMBER}) times it", found["sentence"])[0], norms[0] / norms[-1])
    column = found["rows"][0].index(f"step {step}")
    for norm, row in zip(norms, found["rows"][1:], strict=False):
        assert agrees(row[column], norm)
    assert [row[1] for row in found["rows"][1 : len(norms) + 1]] == [str(la.inputs * la.outputs) for la in net.layers]


def test_weights_that_are_all_zero_get_no_gradient(of_layers):
    for activation, words in (("tanh", "no weight has a gradient"), ("sigmoid", "nothing reaches the first")):
        uneven = TRAINING.taken(np.arange(41))  # of even classes no unit would have a gradient
        net = replace(NET, data=uneven, activation=activation)
        start = tuple(net.initial("zero").tolist())
        entry = Entry("a", OPTIMIZERS["gradient_descent"](), 0.1, start=start)
        shown = picture(net)._replace(entries=[entry], edited=entry, start=start)
        assert words in of_layers(at(shown, layers.sent(shown), 0))["sentence"]


@pytest.mark.parametrize("validated", [True, False])
def test_restarts_are_the_runs_of_every_scheme_and_seed(of_restarts, validated):
    shown = picture(steps=40, validated=validated, initial=Initial(seed=2))
    start = tuple(NET.initial(seed=2).tolist())
    shown = shown._replace(edited=shown.edited._replace(start=start), start=start)
    wanted = restarts.wanted_of(shown, 4)
    found = restarts.compute(wanted, lambda share: True)
    assert [item.scheme for item in found] == list(SCHEMES)
    for item in found:
        assert len(item.training) == (1 if item.scheme in ALIKE else 4)
        for seed in range(len(item.training)):
            w = run(NET, OPTIMIZERS["adam"](), 0.05, NET.initial(item.scheme, seed=seed), 40).weights[-1, 0]
            assert item.training[seed] == pytest.approx(NET.row_error(w), rel=1e-12)
            if validated:
                assert item.validation[seed] == pytest.approx(NET.row_error(w, HELD_OUT), rel=1e-12)
    header, arrays = restarts.sent(shown, wanted, found)
    assert header["shown"] == ["xavier", 2]
    judged = {item.scheme: item.validation if validated else item.training for item in found}
    best = min(judged, key=lambda scheme: judged[scheme].min())
    words = of_restarts([{}, at(shown, (header, arrays), 0)[1]])
    assert f"seed {judged[best].argmin()} of “{best}” ends lowest" in words["sentence"]
    assert "seeds of each of 4 schemes and one run of each of 2 more, seed" in words["sentence"]
    assert agrees(
        said_after(words["sentence"], "rows held out, at" if validated else "that train, at"), judged[best].min()
    )
    assert agrees(said_after(words["sentence"], "on the page ends at"), judged["xavier"][2])
    for (scheme, errors), row in zip(judged.items(), words["rows"][1:], strict=True):
        assert row[:2] == [scheme, f"seed {errors.argmin()}"]
        for text, value in zip(row[2:], (errors.min(), np.median(errors), errors.max()), strict=False):
            assert agrees(text, value)


def test_restarts_that_are_lost_are_counted_and_stopping_leaves_nothing(of_restarts):
    shown = picture(LOST, "gradient_descent", 1e4, 30, initial=Initial())
    wanted = restarts.wanted_of(shown, 3)
    assert restarts.compute(wanted, lambda share: False) is None
    words = of_restarts(
        [{}, at(shown, restarts.sent(shown, wanted, restarts.compute(wanted, lambda share: True)), 0)[1]]
    )
    assert not re.search("NaN|undefined|null", str(words)) and "3 of 3 lost" in str(words["rows"])


def test_details_are_offered_where_they_have_something_to_say():
    assert {"curves", "layers", "restarts"} <= offered(NET).keys()
    for other in (LinearRegression(), Himmelblau()):
        assert not {"curves", "layers", "restarts"} & offered(other).keys()


@pytest.mark.usefixtures("patient")
def test_the_page_opens_all_three_from_its_address():
    query = {"steps": 30, "restarts.runs": 3, "curves.patience": 4, "initial.scheme": "he", "initial.seed": 1}
    app = visit(query | {"show": ["curves", "layers", "restarts"]}, PAGE)
    assert not app.exception and not app.warning
    headers = [decode(data)[0] for data in components(app)]
    (told,) = (header for header in headers if "patience" in header)
    assert told["patience"] == 4 and told["rows"] == [70, 30]
    (ends,) = (header for header in headers if "schemes" in header)
    assert ends["shown"] == ["he", 1] and ends["runs"] == 3 and ends["taken"]["seed"] == "initial.seed"
    assert any("norms" in header["arrays"] for header in headers)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("key", "raw"), [("curves.patience", "0"), ("curves.patience", "nan"), ("restarts.runs", "1e9")]
)
def test_what_does_not_fit_is_named_and_replaced(key, raw):
    warned(visit({"steps": "20", "show": key.partition(".")[0], key: raw}, PAGE), key)


def test_nothing_held_out_is_said_in_a_sentence():
    app = visit({"steps": "20", "share": "1", "show": "curves"}, PAGE)
    assert not app.exception and any("No rows are held out" in item.value for item in app.caption)


def test_a_run_that_is_picked_comes_onto_the_page(page: Page, server):
    page.set_default_timeout(20 * SECONDS)
    page.goto(f"{server}/networks?steps=30&show=restarts&restarts.runs=3&a=adam")
    page.wait_for_function(DRAWN, timeout=60 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    take = page.get_by_role("button", name=re.compile(r"Take seed \d of gaussian"))
    seed = int(re.search(r"\d", take.inner_text())[0])
    take.press("Enter")
    address_has(page, **{"initial.scheme": "gaussian", "initial.seed": seed or None})
    canvas = page.locator(".st-key-detail-restarts canvas").first
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    canvas.focus()
    canvas.press("ArrowRight")
    spoken = page.locator(".st-key-detail-restarts [aria-live=polite]").first.inner_text()
    seed, scheme = re.match(r"Seed (\d) of “(\w+)”", spoken).groups()
    canvas.press("Enter")
    address_has(page, **{"initial.scheme": None if scheme == "xavier" else scheme, "initial.seed": int(seed) or None})
