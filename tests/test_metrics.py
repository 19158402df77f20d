"""Metrics: what is fed is written, as OpenMetrics, and the engine tells whoever listens."""

from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import metrics
from engine import run, timing
from engine.optimizers.momentum import Momentum
from metrics import REGISTRY
from surfaces.quadratic import Quadratic


def test_all_that_is_counted_is_written_and_can_be_read():
    families = {family.name: family for family in text_string_to_metric_families(generate_latest(REGISTRY).decode())}
    for name in metrics.__all__:
        if name != "REGISTRY":
            (described,) = getattr(metrics, name).describe()
            assert families[described.name].type == described.type
            assert families[described.name].documentation.endswith(".")
    assert not [name for name in families if name.endswith("_created")]


def test_whoever_listens_hears_of_loops(monkeypatch):
    heard = []
    monkeypatch.setattr(timing, "_listeners", [])
    timing.listen(lambda loop, seconds: heard.append((loop, seconds)))
    run(Quadratic(), Momentum(), 0.02, (-1.5, 1.0), 10)
    assert {loop for loop, _ in heard} >= {"run"} and all(seconds > 0.0 for _, seconds in heard)
