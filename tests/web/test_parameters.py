"""Which parameters of an address a page keeps: those of the hospital's list, and no other."""

import re
from dataclasses import replace

import pytest

from chatserver.domain.sources import BUILT_IN, CLICK_IDS, LISTED, SourceRule, Sources
from chatserver.paths import front_folder
from chatserver.web import parameters

from .application import Doors

PANEL = (front_folder() / "panel.js").read_bytes()
OTHERS = [*CLICK_IDS, "qr", "q", "utm_", "utm_id", "hm", "hmxx", "planet", "keywords", "ee", "name", "phone", ""]


def kept(script: bytes) -> re.Pattern[str]:
    [found] = re.findall(rb"/(\^\([^/]*utm_[^/]*\)\$)/", script)
    return re.compile(found.decode())


def of(*rules: SourceRule) -> Sources:
    return Sources((*rules, *BUILT_IN), own=True)


def test_the_script_has_each_of_the_two_lists_once() -> None:
    assert (PANEL.count(parameters.KEPT), PANEL.count(parameters.WORDS)) == (1, 1)


def test_the_usual_list_is_that_of_the_server() -> None:
    assert [each for each in LISTED if not kept(PANEL).search(each)] == []
    assert [each for each in OTHERS if kept(PANEL).search(each)] == []
    assert parameters.named_by(Sources()) is None


def test_what_a_rule_names_is_added_and_nothing_else() -> None:
    names = parameters.named_by(of(SourceRule("poster", "海报", "Poster", (), {"qr": "*", "a.b-c": "1"})))
    assert names is not None
    script = parameters.written(PANEL, names)
    listed = kept(script)
    assert [each for each in (*LISTED, "qr", "a.b-c") if not listed.search(each)] == []
    assert [each for each in OTHERS if listed.search(each)] == ["qr"]
    assert not listed.search("axb-c")
    assert parameters.WORDS in script


def test_an_id_of_a_click_is_dropped_even_if_a_rule_names_it() -> None:
    names = parameters.named_by(of(SourceRule("x", "x", "x", (), dict.fromkeys(CLICK_IDS, "*"))))
    assert names is None


def test_a_parameter_with_the_visitors_words_is_kept_and_never_counted() -> None:
    names = parameters.named_by(of(SourceRule("x", "x", "x", ("x.example",), {}, keywords=("q", "site", "utm_term"))))
    assert names is not None
    assert names.words == ("q",)
    assert "q" in names.kept
    assert "site" not in names.kept
    assert b"/word|term|kw|^(q)$/" in parameters.written(PANEL, names)


@pytest.mark.parametrize("rules", [(), (SourceRule("poster", "海报", "Poster", (), {"qr": "*"}),)])
def test_the_page_gets_the_list_of_the_hospital(here: Doors, rules: tuple[SourceRule, ...]) -> None:
    here.hub.hospital = replace(here.hub.hospital, sources=of(*rules))
    for _ in range(2):
        script = here.client.get("/widget-panel.js?v=2&site=demo").content
        assert bool(kept(script).search("qr")) == bool(rules)
        assert (script == here.context.front.panel.plain) == (not rules)
