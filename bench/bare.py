"""How the bare references are served: one way for all of them, so that they are the same stack."""

import sys
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """On 127.0.0.1 at the port that the command line names, until killed."""
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
