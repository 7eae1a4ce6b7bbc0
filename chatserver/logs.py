"""Logs one line per event, as text or JSON, on stderr.

Lines hold ids, codes, sizes and durations; never words of a conversation, names, tokens or addresses. uvicorn's loggers
write here too, without their addresses and query strings. What a client sends cannot begin a new line, colour a
terminal, fill the disk or cause a traceback (log_lines.py).
"""

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Literal

import structlog
from structlog.typing import Processor

from chatserver.log_lines import BoundedHandler

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.asgi")
LONGEST = 500
"""Characters of one value; a longer one is cut."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[?(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\]?")
_QUERY = re.compile(r"\?\S*")

Event = MutableMapping[str, Any]


def configure(style: Literal["text", "json"], level: str, clock: Callable[[], float] = time.monotonic) -> None:
    """Send everything that is logged, ours and uvicorn's, to stderr in that style. `clock` counts seconds."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        escaped,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = BoundedHandler(sys.stderr, clock)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_of_a_stranger, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(style)],
        )
    )
    _route(handler, level.upper())


def escaped(_logger: object, _method: str, event: Event) -> Event:
    """Make every value safe for one line: control characters escaped, long texts cut."""
    for name, value in event.items():
        if isinstance(value, str):
            limit = None if name == "exception" else LONGEST
            event[name] = _CONTROLS.sub(_spelled, value[:limit])
    return event


def _spelled(found: re.Match[str]) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(found[0], f"\\u{ord(found[0]):04x}")


def _of_a_stranger(_logger: object, _method: str, event: Event) -> Event:
    """Remove the addresses and query strings that uvicorn puts into its messages."""
    if isinstance(event.get("event"), str):
        event["event"] = _QUERY.sub("", _ADDRESS.sub("(address)", event["event"]))
    return event


def _renderer(style: Literal["text", "json"]) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True)


def _route(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in UVICORN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # At INFO uvicorn logs the opening and closing of every socket, which the hub logs with more information.
    logging.getLogger("uvicorn.error").setLevel(max(logging.WARNING, root.level))
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    # alembic logs the context of each revision; our command prints what matters.
    logging.getLogger("alembic").setLevel(logging.WARNING)
