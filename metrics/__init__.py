"""Metrics: what a running Valley counts of itself. Any part may feed them; the host shows them at ``/metrics``.

Nothing here says who a student is or what was typed: labels are names of pages, loops and states.
"""

from metrics.instruments import CONTENT_TYPE, Counter, Gauge, Histogram, text

__all__ = [
    "CONTENT_TYPE",
    "ERRORS",
    "HEAVY",
    "HEAVY_SECONDS",
    "KERNEL_SECONDS",
    "READY",
    "REQUESTS",
    "RERUN_BYTES",
    "RERUN_SECONDS",
    "SESSIONS",
    "SESSIONS_OPENED",
    "WARM_UP_SECONDS",
    "text",
]

RERUN_SECONDS = Histogram(
    "valley_rerun_seconds",
    "From a student's action to the end of its answer, as the server sees it.",
    ("page",),
    unit="seconds",
)
RERUN_BYTES = Counter("valley_rerun_bytes", "Sent over websockets.", ("page",), unit="bytes")
SESSIONS = Gauge("valley_sessions", "Open websockets, one for each open page.")
SESSIONS_OPENED = Counter("valley_sessions_opened", "Websockets that were opened.")
REQUESTS = Counter("valley_requests", "Answers to HTTP requests.", ("kind", "status"))
ERRORS = Counter("valley_errors", "What was not meant to happen, by where it did.", ("where",))
HEAVY = Gauge("valley_heavy_jobs", "Long computations, by whether they wait or run.", ("state",))
HEAVY_SECONDS = Histogram("valley_heavy_seconds", "Duration of long computations.", unit="seconds")
KERNEL_SECONDS = Counter("valley_kernel_seconds", "Time in compiled loops.", ("loop",), unit="seconds")
WARM_UP_SECONDS = Gauge("valley_warm_up_seconds", "From the server's first line until it was ready.", unit="seconds")
READY = Gauge("valley_ready", "1 once everything is warm.")
