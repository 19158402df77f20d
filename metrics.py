"""Metrics: what a running Valley counts of itself. Any part may feed them; the host shows them at ``/metrics``.

Nothing here says who a student is or what was typed: labels are names that the server knows, of pages, loops, states.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

__all__ = [
    "ERRORS",
    "HEAVY",
    "HEAVY_SECONDS",
    "KERNEL_SECONDS",
    "READY",
    "REGISTRY",
    "REQUESTS",
    "RERUN_BYTES",
    "RERUN_SECONDS",
    "SESSIONS",
    "SESSIONS_OPENED",
    "WARM_UP_SECONDS",
]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)  # upper ends of a histogram's buckets

disable_created_metrics()
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory and processor time

RERUN_SECONDS = Histogram(
    "valley_rerun_seconds",
    "From a student's action to the end of its answer, as the server sees it.",
    ["page"],
    unit="seconds",
    buckets=SECONDS,
    registry=REGISTRY,
)
RERUN_BYTES = Counter("valley_rerun_bytes", "Sent over websockets.", ["page"], unit="bytes", registry=REGISTRY)
SESSIONS = Gauge("valley_sessions", "Open websockets, one for each open page.", registry=REGISTRY)
SESSIONS_OPENED = Counter("valley_sessions_opened", "Websockets that were opened.", registry=REGISTRY)
REQUESTS = Counter("valley_requests", "Answers to HTTP requests.", ["kind", "status"], registry=REGISTRY)
ERRORS = Counter("valley_errors", "What was not meant to happen, by where it did.", ["where"], registry=REGISTRY)
HEAVY = Gauge("valley_heavy_jobs", "Long computations, by whether they wait or run.", ["state"], registry=REGISTRY)
HEAVY_SECONDS = Histogram(
    "valley_heavy_seconds", "Duration of long computations.", unit="seconds", buckets=SECONDS, registry=REGISTRY
)
KERNEL_SECONDS = Counter(
    "valley_kernel_seconds", "Time in compiled loops.", ["loop"], unit="seconds", registry=REGISTRY
)
WARM_UP_SECONDS = Gauge(
    "valley_warm_up_seconds", "From the server's first line until it was ready.", unit="seconds", registry=REGISTRY
)
READY = Gauge("valley_ready", "1 once everything is warm.", registry=REGISTRY)
