"""Every address answers everybody as recorded: status, headers, and the body unless it is a built file.

Somebody signed out, a visitor (with a token, without a cookie), a consultant, a supervisor and an administrator ask for
the same things, on SQLite and on PostgreSQL; each of them has one record.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import copy
from urllib.parse import urlencode

import pytest
from sqlalchemy import Connection

from chatserver.domain.hospital import Role
from chatserver.store import accounts
from chatserver.store.database import Where
from chatserver.web.gate.passwords import hashed
from tests.setup.paths import FRONT
from tests.transactions import tx_at

from .recorded import check
from .scripts_doors import hospital
from .scripts_talk import fence, opened
from .stage import Answer, Stage, played, stage

PASSWORD = "an evening at the lake"
PEOPLE = {"nobody": "", "visitor": "", "consultant": "limin", "supervisor": "chenjing", "administrator": "admin"}
ACCOUNT = "guolan"
"""The account whose password is known, for the sign-in."""

UNTOLD = ("date", "x-request-id", "etag")
BUILT = re.compile(r"(/assets/[a-z]+)-[A-Za-z0-9_-]{8}\.")
COOKIE = re.compile(r"\b((?:__Host-)?(?:session|device))=[A-Za-z0-9_.=-]{20,}")
MOMENT = re.compile(r"\bexpires=[^;]+")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

Asked = tuple[str, str, bytes, dict[str, str]]
"""Method, path, body and headers of a request."""


@cache
def password() -> str:
    """The password as it is stored."""
    return hashed(PASSWORD)


def fill(conn: Connection, now: int) -> None:
    hospital(conn, now)
    account = accounts.NewAccount(ACCOUNT, password(), "郭兰", "030", Role.CONSULTANT, ("general",), 2)
    accounts.add(tx_at(conn, now), account)


async def conversations(hospital: Stage) -> tuple[str, str]:
    """The ids of two conversations: one of the general group that has ended, and one that waits in the children's."""
    li = await hospital.staff("limin", "online")
    visitor, other = await hospital.visitor(), await hospital.visitor("other")
    ended = await opened(visitor)
    await li.asks("message.post", conversation=ended, body="要的，请<b>空腹</b>来。", fence=1)
    await li.asks("note.post", conversation=ended, body="第一次来")
    await li.asks("conversation.close", conversation=ended, fence=fence(li, ended), outcome="booked")
    await visitor.asks("conversation.rate", conversation=ended, stars=4, comment="很好")
    waiting = await opened(other, "pediatrics", "宝宝发烧三十九度怎么办")
    await li.goes()
    return ended, waiting


def got(ended: str, waiting: str) -> Iterator[Asked]:
    """The requests that change nothing."""
    script = json.loads((FRONT / "manifest.json").read_text())["dashboard/src/console/main.tsx"]["file"]
    paths = [
        *(
            "/",
            "/?lang=en",
            "/console",
            "/console?lang=en",
            "/locks",
            "/locks?lang=en",
            "/live",
            "/ready",
            "/favicon.ico",
        ),
        *(
            "/sign-in",
            "/sign-in?lang=en",
            "/sign-in?next=/transcripts",
            "/sign-in?why=expired",
            "/sign-in?why=nonsense",
        ),
        *("/transcripts", "/transcripts?lang=en", "/transcripts?outcome=booked", "/transcripts?outcome=nonsense"),
        *("/transcripts?from=2026-11-22", "/transcripts?from=2026-11-22&to=2026-11-21", "/transcripts?page=9"),
        *(f"/transcripts/{ended}", f"/transcripts/{ended}?lang=en", f"/transcripts/{ended}?after=2"),
        *(f"/transcripts/{waiting}", "/transcripts/nothing"),
        *("/frame?site=main", "/frame?site=main&language=en&department=eyes", "/frame?site=nowhere", "/frame"),
        *("/embed-check.js", "/embed-check.js?site=main&origin=http://127.0.0.1:8001", "/widget.js", f"/{script}"),
        *("/assets/nothing.js", "/nowhere", "/nowhere?lang=en", "/v1/nowhere", "/v1/visitor/session"),
    ]
    for path in paths:
        yield "GET", path, b"", {}
    yield "HEAD", "/ready", b"", {}
    yield "HEAD", "/sign-in", b"", {}
    yield "GET", "/widget.js", b"", {"Accept-Encoding": "gzip"}
    yield "GET", "/sign-in", b"", {"Accept-Language": "en-GB,en;q=0.8"}
    yield "GET", "/sign-in", b"", {"Host": "elsewhere.example"}
    for path in ("/console", "/frame", "/transcripts", "/widget.js", "/nowhere", "/v1/nowhere"):
        yield "POST", path, b"", {}
    yield "DELETE", "/console", b"", {}
    yield "PUT", "/v1/visitor/session", b"", {}


def posted() -> Iterator[Asked]:
    """The requests that change something."""
    for form in (
        {"login": ACCOUNT, "password": "wrong"},
        {"login": "no such", "password": "wrong"},
        {"login": ACCOUNT, "password": PASSWORD},
        {"login": ACCOUNT, "password": PASSWORD, "next": "/transcripts?page=2"},
        {"login": ACCOUNT, "password": PASSWORD, "next": "https://elsewhere.example"},
        {},
    ):
        yield "POST", "/sign-in", urlencode(form).encode(), FORM
    yield "POST", "/sign-in", b"login=x", JSON
    yield "POST", "/sign-in", b"login=x", {**FORM, "Origin": "https://elsewhere.example"}
    for login in (ACCOUNT, "admin", "nobody"):
        yield "POST", "/locks", urlencode({"login": login}).encode(), FORM
    for body in (
        b'{"site":"main","language":"zh","touch":true}',
        b'{"site":"nowhere","language":"zh","touch":true}',
        b'{"site":"main","language":"fr","touch":true}',
        b'{"site":"main","language":"zh"}',
        b'{"site":"main","language":"zh","touch":true,"more":1}',
        b"{",
        b"[" * 3_000,
    ):
        yield "POST", "/v1/visitor/session", body, JSON
    yield "POST", "/v1/visitor/session", b"{}", FORM
    yield "POST", "/v1/visitor/session", b"{}", {**JSON, "Origin": "null"}
    yield "DELETE", "/v1/visitor/session", b"", {"Authorization": "Bearer " + "t" * 43}
    yield "DELETE", "/v1/visitor/session", b"", {"Authorization": "Basic x"}
    yield "DELETE", "/v1/visitor/session", b"", {}
    yield "POST", "/sign-out", b"", {"Origin": "https://elsewhere.example"}
    yield "POST", "/sign-out", b"", {}
    yield "GET", "/console", b"", {}


class Record:
    """The answers that one person got."""

    def __init__(self, hospital: Stage) -> None:
        self._hospital = hospital
        self._bodies: dict[str, str] = {}
        self.lines: list[str] = []

    def add(self, asked: Asked, answer: Answer) -> None:
        method, path, body, headers = asked
        shown = [f"{name}: {value}" for name, value in headers.items()]
        words = body.decode()
        what = self._plain(f"{method} {path}")
        told = [f"{name}: {_ordered(name, value)}" for name, value in answer.headers if name not in UNTOLD]
        if path.startswith(("/widget.js", "/assets/")) and answer.status == 200:
            told = [each for each in told if not each.startswith("content-length")]
            shown_body = "(a built file)" if answer.body else ""
        else:
            shown_body = answer.body.decode().replace(answer.header("x-request-id") or "\0", "<request>")
        self.lines += ["", f"=== {what}", *shown, *([self._plain(words[:200])] if words else [])]
        self.lines += [f"--- {answer.status}", *map(self._plain, told)]
        if not shown_body:
            return
        shown_body = self._plain(shown_body).rstrip("\n")
        first = self._bodies.setdefault(shown_body, what)
        self.lines += ["", shown_body if first == what or "\n" not in shown_body else f"(the body of {first})"]

    @property
    def text(self) -> str:
        return "\n".join(self.lines[1:]) + "\n"

    def _plain(self, text: str) -> str:
        text = BUILT.sub(r"\1-<hash>.", COOKIE.sub(r"\1=<secret>", MOMENT.sub("expires=<then>", text)))
        return self._hospital.names.plain(text)


def _ordered(name: str, value: str) -> str:
    """Sorts the methods of `Allow`, which come from a set."""
    return ", ".join(sorted(value.split(", "))) if name == "allow" else value


async def record(place: Where) -> dict[str, str]:
    texts = {}
    async with stage(place, {}, fill) as hospital:
        hospital.names.know(hospital.id_of("limin"), "limin")
        ended, waiting = await conversations(hospital)
        hospital.names.know(ended, "ended")
        hospital.names.know(waiting, "waiting")
        for person, login in PEOPLE.items():
            token = await hospital.token() if person == "visitor" else ""
            record = Record(hospital)
            for asked in (*got(ended, waiting), *posted()):
                # A new sign-in each time, because some of these requests end the session.
                own = {"Cookie": f"session={hospital.cookie(login)}"} if login else {}
                if token:
                    own["Authorization"] = f"Bearer {token}"
                await _ask(hospital, record, asked, own)
            texts[person] = record.text
    return texts


def test_every_address_answers_everybody_as_recorded(place: Where, migrated: Path) -> None:
    where = Path(copy(migrated, place / "chat.db")) if isinstance(place, Path) else place
    for person, text in played(record(where)).items():
        check(f"http/{person}.txt", text)


async def record_behind_https(place: Where) -> str:
    """Requests through a proxy that terminates https: the cookies' names differ, and so do some headers."""
    public = "https://chat.kangning.example"
    async with stage(place, {"CHATSERVER_PUBLIC_URL": public}, fill) as hospital:
        record = Record(hospital)
        here = {"Host": public.partition("//")[2], "Origin": public}
        form = urlencode({"login": ACCOUNT, "password": PASSWORD}).encode()
        asked: tuple[tuple[Asked, str], ...] = (
            (("GET", "/sign-in", b"", {}), ""),
            (("GET", "/sign-in", b"", here), ""),
            (("GET", "/frame?site=main", b"", here), ""),
            (("POST", "/sign-in", form, {**here, **FORM}), ""),
            (("GET", "/console", b"", here), "session"),
            (("GET", "/console", b"", here), "__Host-session"),
            (("POST", "/sign-out", b"", {**here, "Origin": public.replace("https", "http")}), "__Host-session"),
            (("POST", "/sign-out", b"", here), "__Host-session"),
        )
        for each, cookie in asked:
            own = {"Cookie": f"{cookie}={hospital.cookie(ACCOUNT)}"} if cookie else {}
            record.lines += ["", f"(with a cookie {cookie})"] if cookie else []
            await _ask(hospital, record, each, own)
        return record.text


async def _ask(hospital: Stage, record: Record, asked: Asked, own: dict[str, str]) -> None:
    """`own`: the headers that say who is asking."""
    method, path, body, headers = asked
    record.add(asked, await hospital.http(method, path, body, {**own, **headers}))
    # Long enough that no limit on tries is reached.
    hospital.clock.at += 60_000


def test_behind_https_every_answer_is_as_recorded(tmp_path: Path, migrated: Path) -> None:
    check("http/https.txt", played(record_behind_https(Path(copy(migrated, tmp_path / "chat.db")))))


@pytest.mark.parametrize("person", PEOPLE)
def test_no_answer_is_a_fault_of_ours(person: str) -> None:
    """The records themselves are right, as far as a status can show it."""
    text = (Path(__file__).with_name("http") / f"{person}.txt").read_text("utf-8")
    assert "--- 500" not in text
    assert "--- 200" in text
