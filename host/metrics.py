"""The page /metrics, for Prometheus and whatever else reads OpenMetrics."""

import os
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from metrics import CONTENT_TYPE, text
from metrics.instruments import Counter, Gauge

MEMORY = Path("/proc/self/statm")

if MEMORY.is_file():
    Gauge("valley_memory_bytes", "Memory of the process that is in use.", unit="bytes").read(
        lambda: float(int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    )
Counter("valley_processor_seconds", "Processor time of the process.", unit="seconds").read(time.process_time)


async def metrics(request: Request) -> Response:
    """Answer with all instruments, but not through a proxy: they are for who runs the host."""
    if "x-forwarded-for" in request.headers:
        return Response(status_code=404)
    return Response(text(), media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})
