"""Where visitors come from: a table of visits and the sources that they are recognised as."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.sources import BUILT_IN, CLICK_IDS, LISTED, SourceRule, Sources, is_click_id
from chatserver.domain.visits import PageSeen, Touch, one_line, page_seen, referrer_host, touch

OURS = ("https://www.hospital.example", "http://hospital.example:8001")
LANDING = "https://www.hospital.example/fuke/"

BID = {"utm_source": "baidu", "utm_medium": "cpc", "utm_term": "月经不调"}
RECOGNISED: list[tuple[str, str, dict[str, str], str, str]] = [
    # what it is, referrer, parameters, source, keyword
    ("typed in", "", {}, "direct", ""),
    ("a campaign of Baidu", "https://www.baidu.com/link", BID, "baidu-bid", "月经不调"),
    ("the same without a referrer", "", BID, "baidu-bid", "月经不调"),
    ("capitals", "", {"utm_source": "BaiDu-PC", "utm_medium": "CPC"}, "baidu-bid", ""),
    ("marks of Baidu's statistics", "", {"hmsr": "百度推广", "hmpl": "妇科", "hmkw": "痛经"}, "baidu-bid", "痛经"),
    ("Baidu and the id of a keyword", "https://m.baidu.com/", {"e_keywordid": "778"}, "baidu-bid", ""),
    ("Baidu alone", "https://www.baidu.com/link", {}, "baidu", ""),
    (
        "Baidu and another medium",
        "https://www.baidu.com",
        {"utm_source": "baidu", "utm_medium": "organic"},
        "baidu",
        "",
    ),
    ("a host that only ends like Baidu", "https://notbaidu.com/", {}, "other", ""),
    ("Baidu as a subdomain of another", "https://baidu.com.evil.example/", {}, "other", ""),
    ("360", "https://www.so.com/s", {}, "360", ""),
    ("360 by its parameter", "", {"utm_source": "360pc"}, "360", ""),
    ("360 by the other parameter", "", {"hmsr": "360"}, "360", ""),
    ("a tag that no rule knows", "", {"utm_source": "baidu"}, "other", ""),
    ("Sogou", "https://www.sogou.com/web", {}, "sogou", ""),
    ("Shenma", "https://m.sm.cn/s", {}, "shenma", ""),
    ("an article in WeChat", "https://mp.weixin.qq.com/s/abc", {}, "wechat", ""),
    ("a page that somebody shared in WeChat", "", {"from": "singlemessage"}, "wechat", ""),
    ("Bing", "https://cn.bing.com/search", {}, "search", ""),
    ("Google", "https://www.google.com/", {}, "search", ""),
    ("another website", "https://news.example/a/b", {}, "other", ""),
    ("a page of the site itself", "https://www.hospital.example/erke/", {}, "direct", ""),
    ("an app", "android-app://com.tencent.mm", {}, "direct", ""),
]


@pytest.mark.parametrize(("what", "referrer", "parameters", "source", "keyword"), RECOGNISED)
def test_a_source_is_recognised(
    what: str, referrer: str, parameters: dict[str, str], source: str, keyword: str
) -> None:
    found = arrived(referrer, parameters).recognised
    assert (found.source, found.keyword) == (source, keyword)


def arrived(referrer: str, parameters: dict[str, str], sources: Sources = Sources()) -> Touch:  # noqa: B008
    return touch(PageSeen(LANDING, "", 1), referrer, parameters, OURS, sources)


def test_the_first_rule_of_the_hospital_decides() -> None:
    own = (
        SourceRule("poster", "海报", "Poster", (), {"qr": "*"}, keywords=("where",)),
        SourceRule("partner", "合作网站", "Partner", ("partner.example",), {}),
        SourceRule("poster", "海报", "Poster", ("poster.example",)),
    )
    sources = Sources(own, own=True)
    assert arrived("https://partner.example/", {"qr": "7", "where": "地铁"}, sources).recognised.source == "poster"
    assert arrived("", {"qr": "7", "where": "地铁"}, sources).recognised.keyword == "地铁"
    assert arrived("https://a.partner.example/", {}, sources).recognised.source == "partner"
    assert arrived("https://poster.example/", {}, sources).recognised.source == "poster"
    assert arrived("https://www.baidu.com/", {}, sources).recognised.source == "other"
    assert sources.ids == ("poster", "partner", "direct", "other")
    assert sources.name("poster") == ("海报", "Poster")
    assert sources.name("baidu") == ("百度自然搜索", "Baidu search"), "the visits of earlier rules keep their names"
    assert sources.name("gone") == ("gone", "gone")


def test_the_ids_by_which_the_table_of_keywords_finds_the_words() -> None:
    parameters = {"utm_source": "baidu", "utm_medium": "cpc", "plan": "11", "unit": "22", "e_keywordid": "33"}
    found = arrived("", parameters).recognised
    assert (found.plan, found.unit, found.keyword_id) == ("11", "22", "33")


@pytest.mark.parametrize("name", sorted(CLICK_IDS | {"BD_VID", "xclid", "my_click_id", "other_vid"}))
def test_the_id_of_a_click_is_dropped_even_if_a_rule_lists_it(name: str) -> None:
    rule = SourceRule("own", "自定", "Own", (), {name: "*"}, keywords=(name,), plans=(name,), keyword_ids=(name,))
    found = arrived("", {name: "abc", "utm_source": "x"}, Sources((rule,), own=True))
    assert found.parameters == {"utm_source": "x"}
    assert "abc" not in repr(found)


def test_no_listed_parameter_is_the_id_of_a_click() -> None:
    named = LISTED.union(*(rule.names for rule in BUILT_IN))
    assert {name for name in named if is_click_id(name)} == set()


def test_a_parameter_is_kept_when_it_is_listed_or_a_rule_names_it() -> None:
    assert arrived("", {"session": "1", "utm_source": "x", "qr": "1", "hmci": ""}).parameters == {"utm_source": "x"}
    named = Sources((SourceRule("a", "甲", "A", (), {"qr": "1"}),), own=True)
    assert arrived("", {"session": "1", "qr": "2"}, named).parameters == {"qr": "2"}


PAGES = [
    (LANDING, LANDING),
    (LANDING + "?utm_source=baidu&name=李#top", LANDING),
    ("HTTPS://WWW.HOSPITAL.EXAMPLE/A", "HTTPS://WWW.HOSPITAL.EXAMPLE/A"),
    ("http://hospital.example:8001/", "http://hospital.example:8001/"),
    ("https://www.hospital.example", "https://www.hospital.example"),
    ("http://www.hospital.example/", ""),
    ("https://www.hospital.example.evil.example/", ""),
    ("https://www.hospital.example@evil.example/", ""),
    ("https://evil.example/https://www.hospital.example/", ""),
    ("javascript:alert(1)//https://www.hospital.example/", ""),
    ("data:text/html,<script>", ""),
    ("//www.hospital.example/", ""),
    ("", ""),
]


@pytest.mark.parametrize(("given", "kept"), PAGES)
def test_only_pages_of_the_site_are_kept(given: str, kept: str) -> None:
    assert page_seen(given, "题", 1, OURS).page == kept


def test_of_another_website_only_the_host_is_kept() -> None:
    assert referrer_host("https://Forum.Example:8443/patient/li?q=1", OURS) == "forum.example"
    assert referrer_host("https://user:secret@forum.example/", OURS) == ""
    assert referrer_host("https://[2001:db8::1]:80/", OURS) == "[2001:db8::1]:80"
    assert referrer_host("https://\u202eevil.example/", OURS) == ""


def test_a_title_has_one_line_that_everybody_can_see() -> None:
    assert one_line("  妇科\n\u202e门诊\u0000 \u200b ", 120) == "妇科 门诊"
    assert one_line("题" * 200, 120) == "题" * 120


TEXT = st.text(max_size=60)


@given(TEXT, TEXT, TEXT, st.dictionaries(st.one_of(TEXT, st.sampled_from(sorted(LISTED))), TEXT, max_size=5))
def test_whatever_a_browser_sends_becomes_a_touch(page: str, title: str, referrer: str, parameters: Any) -> None:
    landing = page_seen(page, title, 1, OURS)
    found = touch(landing, "https://" + referrer, parameters, OURS, Sources())
    texts = [landing.page, landing.title, found.referrer, *found.parameters.values()]
    assert all(each.isprintable() for each in texts)
