"""The rules that recognise where visitors come from, in the hospital's file."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chatserver.domain.sentence import Sentence
from chatserver.domain.sources import DIRECT, MOST_RULES, OTHER, SourceRule, is_click_id
from chatserver.records.checks import spelled
from chatserver.records.faults import Faults
from chatserver.records.kinds import SOURCES, SourceRecord

ID = re.compile(r"[a-z0-9-]{1,40}")
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,40}")
LISTS = ("keywords", "plans", "units", "keyword_ids")


def source_rules(written: Mapping[int, SourceRecord], faults: Faults) -> list[SourceRule]:
    """The rules in their order in the file. Adds what is wrong with them to `faults`."""
    if len(written) > MOST_RULES:
        limits = {"most": MOST_RULES, "count": len(written)}
        faults.add(SOURCES, Sentence("there may be {most} at most, and are {count}", **limits))
    return [_rule(f"{SOURCES} {number}", each, faults) for number, each in written.items()]


def _rule(where: str, each: SourceRecord, faults: Faults) -> SourceRule:
    if ID.fullmatch(each.id) is None:
        faults.add(where, Sentence("its name must be 1 to 40 of: small letters, digits, hyphen"))
    if each.id in (DIRECT.id, OTHER.id):
        faults.add(where, Sentence("{id} is the source that no rule recognises", id=each.id))
    if not each.referrers and not each.parameters:
        faults.add(where, Sentence("it needs referrers or parameters"))
    for host in each.referrers:
        if HOST.fullmatch(host) is None:
            faults.add(where, Sentence("{host!r} is no host such as baidu.com", host=host))
    rule = SourceRule(
        each.id,
        each.zh,
        each.en,
        each.referrers,
        each.parameters,
        each.keywords,
        each.plans,
        each.units,
        each.keyword_ids,
    )
    _check_names(where, rule.names, faults)
    return rule


def _check_names(where: str, names: Iterable[str], faults: Faults) -> None:
    for name in names:
        if PARAMETER.fullmatch(name) is None:
            faults.add(where, Sentence("{name} is no name of a parameter", name=spelled(name)))
        elif is_click_id(name):
            faults.add(where, Sentence("{name} identifies a click and is never kept", name=name))


def written(rules: Iterable[SourceRule]) -> list[dict[str, Any]]:
    """The same as a file writes them."""
    return [_written(each) for each in rules]


def _written(rule: SourceRule) -> dict[str, Any]:
    lists = {name: list(getattr(rule, name)) for name in ("referrers", *LISTS) if getattr(rule, name)}
    parameters = {"parameters": dict(rule.parameters)} if rule.parameters else {}
    return {"id": rule.id, "zh": rule.zh, "en": rule.en} | lists | parameters
