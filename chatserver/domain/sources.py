"""来源: recognises where a visitor comes from, by the website that led here and the parameters of the landing page.

The rules are tried in order, and the first that fits decides. The hospital may replace them all. Parameters that are
not on the list are dropped when a visit arrives, and ids of clicks always are, because an advertiser could find the
person by them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

MOST_RULES = 60

CLICK_IDS = frozenset(
    {
        "bd_vid",
        "qhclickid",
        "sogou_vid",
        "sdclkid",
        "gclid",
        "gbraid",
        "wbraid",
        "dclid",
        "fbclid",
        "msclkid",
        "ttclid",
        "twclid",
    }
    | {
        "yclid",
        "igshid",
        "gdt_vid",
        "qz_gdt",
        "clickid",
        "click_id",
        "callback",
        "logidurl",
        "uctrackid",
        "li_fat_id",
        "mc_eid",
    }
)
A_CLICK_ID = re.compile(r"(clid|click_?id|_vid|clkid)$")
"""How ids of clicks are usually named."""

KEYWORDS = ("utm_term", "hmkw", "keyword", "e_keyword")
PLANS = ("hmpl", "plan", "plan_id", "planid", "e_plan", "utm_campaign")
UNITS = ("hmcu", "unit", "unit_id", "unitid", "e_unit", "utm_content")
KEYWORD_IDS = ("e_keywordid", "keywordid", "keyword_id", "e_keyword_id")

TAGS = ("utm_source", "hmsr")
"""The parameters in which the link itself names where it stands."""

LISTED = frozenset(
    {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "from", "source", "e"}
    | {"hmsr", "hmpl", "hmcu", "hmkw", "hmci"}
    | {"".join(each) for each in product(("", "e_"), ("plan", "unit", "keyword", "creative"), ("", "id", "_id"))}
)
"""The parameters that are kept. A rule that names another one adds it."""


@dataclass(frozen=True, slots=True)
class SourceRule:
    """One rule. It fits when one of the `referrers` led here (a host, or one of its subdomains), and every parameter
    has the value that is required of it; either may be missing. A value is one of several, with | between them; a `*`
    at the end stands for any ending. Several rules may have the same id.

    `keywords`, `plans`, `units`, `keyword_ids`: the parameters in which these stand; empty: the usual ones."""

    id: str
    zh: str
    en: str
    referrers: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    keyword_ids: tuple[str, ...] = ()

    def fits(self, referrer: str, parameters: Mapping[str, str]) -> bool:
        """Whether it fits a visit from the host `referrer`."""
        if self.referrers and not any(_is_within(referrer, each) for each in self.referrers):
            return False
        return all(_has_value(parameters.get(name, ""), wanted) for name, wanted in self.parameters.items())

    @property
    def names(self) -> tuple[str, ...]:
        """All parameters that it names."""
        return (*self.parameters, *self.keywords, *self.plans, *self.units, *self.keyword_ids)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The id of the source; the keyword, if the address had its words; and the ids by which the hospital's table of
    keywords finds them otherwise."""

    source: str
    keyword: str = ""
    plan: str = ""
    unit: str = ""
    keyword_id: str = ""


DIRECT = SourceRule("direct", "直接访问", "Direct")
OTHER = SourceRule("other", "其他网站", "Other website")
"""What no rule recognises: visitors without a referrer, and those from another website or by a link with a tag."""

_BAIDU_BID = ("百度竞价", "Baidu ads")
_SEARCH = ("自然搜索", "Organic search")

BUILT_IN: tuple[SourceRule, ...] = (
    SourceRule(
        "baidu-bid", *_BAIDU_BID, (), {"utm_source": "baidu*|百度*", "utm_medium": "cpc|ppc|sem|bid|jingjia|竞价"}
    ),
    SourceRule("baidu-bid", *_BAIDU_BID, (), {"hmsr": "baidu*|百度*", "hmpl": "*"}),
    *(SourceRule("baidu-bid", *_BAIDU_BID, ("baidu.com",), {name: "*"}) for name in (*KEYWORD_IDS, "plan", "e_plan")),
    SourceRule("baidu", "百度自然搜索", "Baidu search", ("baidu.com",)),
    SourceRule("360", "360 搜索", "360 search", ("so.com", "360.cn", "haosou.com")),
    *(SourceRule("360", "360 搜索", "360 search", (), {name: "360*|so|haosou"}) for name in TAGS),
    SourceRule("sogou", "搜狗", "Sogou", ("sogou.com",)),
    *(SourceRule("sogou", "搜狗", "Sogou", (), {name: "sogou*|搜狗*"}) for name in TAGS),
    SourceRule("shenma", "神马搜索", "Shenma", ("sm.cn",)),
    SourceRule("wechat", "微信", "WeChat", ("weixin.qq.com", "servicewechat.com")),
    *(SourceRule("wechat", "微信", "WeChat", (), {name: "weixin*|wechat*|微信*"}) for name in TAGS),
    SourceRule("wechat", "微信", "WeChat", (), {"from": "singlemessage|groupmessage|timeline"}),
    SourceRule("search", *_SEARCH, ("bing.com", "google.com", "google.com.hk", "google.cn", "yahoo.com")),
    SourceRule("search", *_SEARCH, ("duckduckgo.com", "toutiao.com", "quark.cn", "youdao.com", "yandex.com")),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The rules in their order. `own`: whether the hospital has set them."""

    rules: tuple[SourceRule, ...] = BUILT_IN
    own: bool = False

    def kept(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Those of the parameters that are on the list and have a value."""
        listed = self.listed
        return {name: value for name, value in parameters.items() if value and name in listed}

    @property
    def listed(self) -> frozenset[str]:
        """The parameters that are kept. An id of a click is never among them, whoever lists it."""
        named = LISTED | {name for rule in self.rules for name in rule.names}
        return frozenset(name for name in named if not is_click_id(name))

    def recognise(self, referrer: str, parameters: Mapping[str, str]) -> Recognised:
        """Where a visit came from. `referrer`: the host of another website, or empty; `parameters`: those kept."""
        led = referrer or _first(parameters, TAGS)
        rule = next((each for each in self.rules if each.fits(referrer, parameters)), OTHER if led else DIRECT)
        return Recognised(
            rule.id,
            _first(parameters, rule.keywords or KEYWORDS),
            _first(parameters, rule.plans or PLANS),
            _first(parameters, rule.units or UNITS),
            _first(parameters, rule.keyword_ids or KEYWORD_IDS),
        )

    def name(self, source: str) -> tuple[str, str]:
        """The Chinese and English name of a source; that of one that the rules no longer have is its id."""
        known = (*self.rules, DIRECT, OTHER, *BUILT_IN)
        return next(((each.zh, each.en) for each in known if each.id == source), (source, source))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all sources that these rules can recognise, in order."""
        return tuple(dict.fromkeys(each.id for each in (*self.rules, DIRECT, OTHER)))


def is_click_id(name: str) -> bool:
    """Whether a parameter of this name identifies one click."""
    lower = name.lower()
    return lower in CLICK_IDS or A_CLICK_ID.search(lower) is not None


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def _has_value(value: str, wanted: str) -> bool:
    """Whether a value is one of those wanted. Capitals do not count, and an empty value is none."""
    value = value.casefold()
    for each in wanted.casefold().split("|"):
        if value and (value.startswith(each[:-1]) if each.endswith("*") else value == each):
            return True
    return False


def _first(parameters: Mapping[str, str], names: Iterable[str]) -> str:
    return next((parameters[name] for name in names if parameters.get(name)), "")
