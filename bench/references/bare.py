"""Serves the bare references, all in the same way, so that they use the same stack."""

import sys
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """Serve on 127.0.0.1, at the port that the command line names, until killed."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
        access_log=False,
        backlog=2048,
    )
