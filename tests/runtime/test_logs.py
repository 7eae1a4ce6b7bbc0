"""Each event is one line, from any logger, without anything that helps a stranger or belongs to a patient."""

import json
import logging
from typing import Literal

import pytest
import structlog

from chatserver.logs import LONGEST, configure


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("style", ["text", "json"])
def test_nothing_begins_a_new_line_or_colours_a_terminal(
    style: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(style, "info")
    evil = "/a\r\nlevel=error event=forged\x1b[31m\x00\u2028"
    structlog.get_logger("web").warning("request_refused", path=evil)
    logging.getLogger("uvicorn.error").warning("odd path %s", evil)
    told = lines(capsys)
    assert len(told) == 2
    for line in told:
        assert line.isprintable()
        assert "\\\\r\\\\n" in line or "\\r\\n" in line


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "info")
    structlog.get_logger("web").info("signed_in", consultant="0193")
    [line] = lines(capsys)
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"level": "info", "event": "signed_in", "consultant": "0193"}


@pytest.mark.parametrize(
    "sentence",
    ['192.0.2.7:50123 - "WebSocket /ws/visitor?token=secret" [accepted]', "[2001:db8::7]:443 closed", "::1 - gone"],
)
def test_uvicorn_s_addresses_and_queries_are_left_out(sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("text", "info")
    logging.getLogger("uvicorn.error").warning(sentence)
    [line] = lines(capsys)
    for part in ("192.0.2.7", "2001:db8", "::1", "secret"):
        assert part not in line


def test_an_access_log_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure("text", "debug")
    logging.getLogger("uvicorn.access").info("192.0.2.7 GET /frame?site=demo")
    assert lines(capsys) == []


def test_an_exception_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "info")
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger("web").exception("request_failed", path="/x")
    [line] = lines(capsys)
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_very_long_values_are_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "info")
    structlog.get_logger("web").info("odd", path="x" * 10_000)
    [line] = lines(capsys)
    assert len(json.loads(line)["path"]) == LONGEST


def test_events_below_the_level_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure("text", "warning")
    structlog.get_logger("web").info("signed_in")
    assert lines(capsys) == []
