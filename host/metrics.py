"""The page /metrics, for Prometheus and whatever else reads OpenMetrics."""

from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from metrics import REGISTRY


async def metrics(request: Request) -> Response:
    """Answer with all instruments, but not through a proxy: they are for who runs the host."""
    if "x-forwarded-for" in request.headers:
        return Response(status_code=404)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})
