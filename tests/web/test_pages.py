"""The pages of the two apps, their policies, the built files, health, languages and error pages."""

import gzip
import json
import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatserver.web.gate.headers import frame
from chatserver.web.metrics import metrics_site

from .application import EMBEDDER, HERE, NOON, Doors

BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>')


def boot_of(html: str) -> dict[str, Any]:
    found = BOOT.search(html)
    assert found
    boot: dict[str, Any] = json.loads(found[1])
    return boot


def policy_of(browser: TestClient, path: str) -> dict[str, str]:
    """Directive → its sources."""
    directives = browser.get(path).headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (directive.partition(" ") for directive in directives)}


def test_the_frame_may_be_shown_by_its_site_alone(browser: TestClient) -> None:
    policy = policy_of(browser, "/frame?site=demo")
    assert policy["frame-ancestors"] == EMBEDDER
    assert policy["connect-src"] == "'self' ws://127.0.0.1:8000"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "X-Frame-Options" not in browser.get("/frame?site=demo").headers


def test_a_site_without_origins_is_shown_nowhere() -> None:
    assert "frame-ancestors 'none'" in frame("ws://127.0.0.1:8000", ())["Content-Security-Policy"]


def test_over_https_the_frame_speaks_wss(secure: Doors) -> None:
    policy = policy_of(secure.client, "/frame?site=demo")
    assert policy["connect-src"] == "'self' wss://chat.kangning.example"


@pytest.mark.parametrize(
    ("query", "language", "department"),
    [
        ("", "zh", None),
        ("&language=en&department=gynecology", "en", "gynecology"),
        ("&language=de&department=surgery", "zh", None),
        ("&language=%22%3E&department=%3Cscript%3E", "zh", None),
    ],
)
def test_the_frame_is_told_what_it_needs(
    browser: TestClient, query: str, language: str, department: str | None
) -> None:
    html = browser.get(f"/frame?site=demo{query}").text
    boot = boot_of(html)
    version = boot.pop("version")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert boot == {
        "site": "demo",
        "language": language,
        "department": department,
        "origins": [EMBEDDER],
        "zone": "Asia/Shanghai",
        "now": NOON,
    }
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in html


def test_the_frame_is_told_where_a_quick_exit_leads(here: Doors) -> None:
    sites = here.context.hub.hospital.sites
    sites["demo"] = replace(sites["demo"], leave_to="https://www.weather.example/")
    assert boot_of(here.client.get("/frame?site=demo").text)["leave_to"] == "https://www.weather.example/"


@pytest.mark.parametrize("query", ["", "?site=", "?site=another", "?site=DEMO"])
def test_there_is_no_frame_without_a_site(browser: TestClient, query: str) -> None:
    assert browser.get(f"/frame{query}").status_code == HTTPStatus.NOT_FOUND


def test_the_console_needs_a_sign_in(here: Doors) -> None:
    assert here.client.get("/console").headers["Location"] == "/sign-in?next=%2Fconsole"
    html = here.signed_in("limin").get("/console?lang=en").text
    assert boot_of(html)["title"] == "Kangning Hospital"
    assert boot_of(html)["language"] == "en"
    assert boot_of(html)["zone"] == "Asia/Shanghai"


@pytest.mark.parametrize("path", ["/sign-in", "/console", "/transcripts", "/nothing"])
def test_staff_pages_can_be_neither_framed_nor_cached(here: Doors, path: str) -> None:
    answer = here.signed_in("chenjing").get(path)
    browser = here.signed_in("chenjing")
    assert policy_of(browser, path)["frame-ancestors"] == "'none'"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/console", "/frame?site=demo"])
def test_the_console_and_the_chat_require_trusted_types(here: Doors, path: str) -> None:
    assert policy_of(here.signed_in("limin"), path)["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize("path", ["/sign-in", "/console", "/frame?site=demo", "/transcripts", "/nothing", "/"])
def test_no_page_holds_an_inline_script_or_style(here: Doors, path: str) -> None:
    html = here.signed_in("chenjing").get(path).text
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", html)
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.parametrize("path", ["/widget.js", "/widget-panel.js?v=2&site=demo", "/widget-swt.js"])
def test_the_scripts_of_a_tag_may_be_embedded_anywhere_and_are_revalidated(browser: TestClient, path: str) -> None:
    answer = browser.get(path, headers={"Accept-Encoding": "identity"})
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = browser.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert again.content == b""
    other = browser.get(path, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == HTTPStatus.OK


def test_files_are_compressed_for_clients_that_accept_it(here: Doors) -> None:
    packed = here.client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    plain = here.client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    loader = here.context.front.loader
    assert loader.packed is not None
    assert gzip.decompress(loader.packed) == plain.content == packed.content


def test_every_file_that_a_page_names_exists_and_is_cached_for_ever(here: Doors) -> None:
    named: set[str] = set()
    for path in ("/sign-in", "/console", "/frame?site=demo"):
        named |= set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', here.signed_in("limin").get(path).text))
    named |= set(re.findall(r'href="(/assets/[^"]+)"', here.client.get("/sign-in").text))
    assert len(named) >= 3
    for path in named:
        answer = here.client.get(path)
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fmanifest.json", "%2e%2e/manifest.json", "../loader.js"])
def test_no_other_file_is_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/assets/{name}").status_code == HTTPStatus.NOT_FOUND


def test_ready_only_when_the_hub_is(here: Doors) -> None:
    assert here.client.get("/ready").json() == {"ready": True}
    here.hub.why_not_ready = "starting"
    answer = here.client.get("/ready")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json() == {"ready": False, "why": "starting", "retry_ms": 3000}


def test_the_public_port_has_no_metrics(here: Doors) -> None:
    assert here.client.get("/metrics").status_code == HTTPStatus.NOT_FOUND
    private = TestClient(metrics_site(here.context.metrics), "http://10.1.2.3:9100")
    assert private.get("/metrics").headers["Content-Type"].startswith("text/plain; version=")
    assert "# TYPE chat_sessions gauge" in private.get("/metrics").text
    assert private.get("/").status_code == HTTPStatus.NOT_FOUND


def test_the_language_chosen_is_kept(here: Doors) -> None:
    assert "员工登录" in here.client.get("/sign-in").text
    answer = here.client.get("/sign-in?lang=en")
    assert "Staff sign-in" in answer.text
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Staff sign-in" in here.client.get("/sign-in").text


def test_an_unknown_language_is_replaced_by_the_hospital_s_own(here: Doors) -> None:
    here.client.cookies.set("language", "zz")
    answer = here.client.get("/sign-in?lang=../../etc")
    assert "员工登录" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nothing", 404, "没有这个页面"),
        ("GET", "/transcripts/a/b", 404, "没有这个页面"),
        ("DELETE", "/console", 405, "这里不能这样操作"),
        ("PUT", "/sign-in", 405, "这里不能这样操作"),
    ],
)
def test_error_pages_say_what_to_do_next(browser: TestClient, method: str, path: str, status: int, words: str) -> None:
    answer = browser.request(method, path, headers={"Origin": HERE})
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "There is no" not in answer.text


def test_error_pages_speak_the_reader_s_language(browser: TestClient) -> None:
    assert "There is no such page" in browser.get("/nothing?lang=en").text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/v1/nothing", 404, "not_found"), ("GET", "/v1/visitor/session", 405, "method_not_allowed")],
)
def test_programs_get_one_shape_of_error(browser: TestClient, method: str, path: str, status: int, code: str) -> None:
    answer = browser.request(method, path)
    assert answer.status_code == status
    assert answer.json() == {"error": {"code": code, "retry": "no", "details": {}}}
