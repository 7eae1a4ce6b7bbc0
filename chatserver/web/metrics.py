"""`/metrics` for a Prometheus server, on a port of its own, never on the public one."""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatserver.hub.metrics import Metrics


def metrics_site(metrics: Metrics) -> Starlette:
    """The application behind that port."""

    async def show(_request: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/metrics", show)])
