"""When the chat does not load, the console of the embedding page is told why."""

import json

import pytest
from starlette.testclient import TestClient

from chatserver.web.embedding import CALL_OR_GO, LOAD_ANEW

from .application import EMBEDDER


def line_of(browser: TestClient, **asked: str) -> str:
    answer = browser.get("/embed-check.js", params=asked)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("console.error(")
    assert answer.text.endswith(");\n")
    line: str = json.loads(answer.text.removeprefix("console.error(").removesuffix(");\n"))
    assert line.startswith("[hchat] ")
    assert "docs/operations.md" in line
    return line


@pytest.mark.parametrize("site", ["nowhere", "", "DEMO"])
def test_a_site_that_does_not_exist_is_named(browser: TestClient, site: str) -> None:
    assert f'there is no site "{site}"' in line_of(browser, site=site, host=EMBEDDER)


def test_the_launcher_of_a_site_that_does_not_exist_goes(browser: TestClient) -> None:
    spoilt = '</script>";alert(1)//'
    for site in ("nowhere", spoilt, "x" * 10_000):
        answer = browser.get("/widget-panel.js", params={"site": site})
        said, rest = answer.text.split("\n", 1)
        line = json.loads(said.removeprefix("console.error(").removesuffix(");"))
        assert f'there is no site "{site[:100]}"' in line
        assert rest == CALL_OR_GO
        assert answer.headers["Cache-Control"] == "no-store"
    for query in ("?v=2", "?v=2&site=demo"):
        assert CALL_OR_GO not in browser.get(f"/widget-panel.js{query}").text
        assert browser.get(f"/widget-panel.js{query}").headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("query", ["", "?site=demo", "?v=1&site=demo"])
def test_a_loader_of_an_earlier_version_is_replaced(browser: TestClient, query: str) -> None:
    answer = browser.get(f"/widget-panel.js{query}")
    assert answer.text == LOAD_ANEW
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["https://elsewhere.example", "null", "", f"{EMBEDDER}/"])
def test_an_origin_that_is_not_listed_is_named(browser: TestClient, page: str) -> None:
    assert f'{page} is not among the origins of the site "demo"' in line_of(browser, site="demo", host=page)


def test_when_all_settings_are_right_the_page_itself_is_suspected(browser: TestClient) -> None:
    line = line_of(browser, site="demo", host=EMBEDDER)
    assert "did not open in time" in line
    assert "frame-src" in line


def test_the_request_is_quoted_as_short_text(browser: TestClient) -> None:
    tricky = 'x");alert(1)//\n\u2028</script>'
    assert tricky in line_of(browser, site=tricky)
    assert browser.get("/embed-check.js", params={"site": tricky}).text.count("\n") == 1
    assert len(line_of(browser, site="demo", host="y" * 10_000)) < 300
