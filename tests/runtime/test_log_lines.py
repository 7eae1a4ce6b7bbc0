"""A stranger can neither fill the log nor leave tracebacks in it, however often they try."""

import asyncio
import json
import logging

import pytest
import structlog
from starlette.requests import ClientDisconnect

from chatserver.log_lines import BY_A_STRANGER, LINES_A_MINUTE, OTHERS
from chatserver.logs import configure
from tests.runtime.test_logs import lines


class Clock:
    """Seconds, which pass only when the test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def logging_by() -> Clock:
    """Log to where this test reads, with a clock that is stopped."""
    clock = Clock()
    configure("json", "info", clock)
    return clock


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines(capsys)]


def test_an_event_has_a_limit_of_lines_a_minute_then_one_with_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    clock = logging_by()
    log = structlog.get_logger("web")
    for number in range(1_000):
        log.warning("upgrade_refused", path="other", number=number)
        clock.at += 0.01
    log.warning("sign_in_failed")
    said = told(capsys)
    assert [each["number"] for each in said[:-1]] == [*range(LINES_A_MINUTE)]
    assert said[-1]["event"] == "sign_in_failed", "another kind has its own count"
    clock.at += 60
    log.info("signed_in")
    left_out, after = told(capsys)
    assert f"lines={1_000 - LINES_A_MINUTE}" in left_out["event"]
    assert "upgrade_refused" in left_out["event"]
    assert after["event"] == "signed_in"
    log.warning("upgrade_refused", path="other")
    [again] = told(capsys)
    assert again["event"] == "upgrade_refused", "a new minute"


def test_suppressed_lines_are_reported_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    for _ in range(LINES_A_MINUTE + 3):
        structlog.get_logger("web").warning("sign_in_failed")
    logging.getLogger().handlers[0].close()
    assert "lines=3" in told(capsys)[-1]["event"]


def test_the_servers_own_events_are_never_suppressed(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    for _ in range(LINES_A_MINUTE * 3):
        structlog.get_logger("web").info("signed_in", consultant="0193")
    assert len(told(capsys)) == LINES_A_MINUTE * 3


def test_sentences_that_differ_only_in_values_are_one_event(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    for number in range(500):
        logging.getLogger("uvicorn.error").warning("odd path %s", number)
        logging.getLogger("asyncio").error(f"Fatal error on transport\ntransport: <0x{number:x}>")
    assert len(told(capsys)) == 2 * LINES_A_MINUTE


def test_more_events_than_expected_are_counted_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    for number in range(OTHERS * 2):
        structlog.get_logger("web").warning(f"invented_{number}")
    assert len(told(capsys)) == OTHERS + LINES_A_MINUTE


@pytest.mark.parametrize("sentence", BY_A_STRANGER)
def test_uvicorns_errors_about_strangers_have_no_traceback(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    logging_by()
    try:
        b"\xff".decode()
    except UnicodeDecodeError:
        logging.getLogger("uvicorn.error").exception(sentence)
    [line] = told(capsys)
    assert line["event"] == BY_A_STRANGER[sentence]
    assert line["level"] == "warning"
    assert "exception" not in line


@pytest.mark.parametrize("gone", [ClientDisconnect(), ConnectionResetError(), asyncio.CancelledError(), TimeoutError()])
@pytest.mark.parametrize("logger", ["uvicorn.error", "asyncio", "websockets.server"])
def test_a_connection_that_ended_logs_no_traceback(
    capsys: pytest.CaptureFixture[str], gone: BaseException, logger: str
) -> None:
    logging_by()
    logging.getLogger(logger).error("Exception in ASGI application\n", exc_info=gone)
    [line] = told(capsys)
    assert (line["event"], line["level"]) == ("connection_broken_off", "warning")
    assert "exception" not in line


def test_a_refused_upgrade_has_no_false_error(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    logging.getLogger("uvicorn.error").error("ASGI callable returned without completing handshake.")
    assert told(capsys) == []


def test_a_bug_of_ours_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logging_by()
    try:
        raise ValueError("broken")
    except ValueError as fault:
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=fault)
        structlog.get_logger("hub").exception("command_failed")
    assert all("ValueError: broken" in line["exception"] for line in told(capsys))
