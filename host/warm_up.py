"""Warm-up: what the first student would wait for happens before the host says that it is ready."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from engine import timing
from host import assets
from host.kernels import compile_all
from host.logs import complain, say, take_over
from host.memory import give_back, keep_tidy
from host.rehearsal import rehearse
from metrics import ERRORS, KERNEL_SECONDS, READY, REGISTRY, WARM_UP_SECONDS

_began = time.monotonic()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Warm up while the server already answers; until that is done /readyz says no."""
    take_over()
    task = asyncio.create_task(_warm_up(), name="warm-up")
    tidy = asyncio.create_task(keep_tidy(), name="tidy")
    yield
    READY.set(0.0)
    task.cancel()
    tidy.cancel()


async def readyz(request: Request) -> PlainTextResponse:
    """Answer 200 once everything is warm, 503 before and while the server stops."""
    ready = REGISTRY.get_sample_value("valley_ready") == 1.0
    answer = PlainTextResponse("ready" if ready else "warming up", 200 if ready else 503)
    answer.headers["cache-control"] = "no-store"
    return answer


async def _warm_up() -> None:
    try:
        kernels, compiled = await asyncio.to_thread(compile_all)
        timing.listen(lambda loop, seconds: KERNEL_SECONDS.labels(loop).inc(seconds))
        await _rehearsal()
        await asyncio.to_thread(assets.prepare)
    except Exception as error:
        ERRORS.labels("warm-up").inc()
        complain("error", error, path="warm-up")
        return
    take_over()  # of loggers that were made meanwhile
    # what is there now stays: no collection looks at it again
    gc.collect()
    gc.freeze()
    give_back()
    seconds = time.monotonic() - _began
    WARM_UP_SECONDS.set(seconds)
    READY.set(1.0)
    say("ready", kernels=kernels, compiled=compiled, seconds=round(seconds, 2))


async def _rehearsal() -> None:
    """Run every page. A broken one is logged and does not keep the others from the students; the first must work."""
    from widgets.navigation import entries

    if not await rehearse(""):
        raise RuntimeError("the first page shows an error")
    for entry in entries()[1:]:
        if not await rehearse(entry.path.stem):
            ERRORS.labels("warm-up").inc()
            complain("error", page=entry.path.stem, message="this page shows an error")
