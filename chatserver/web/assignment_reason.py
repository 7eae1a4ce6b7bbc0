"""为什么: the numbers behind an assignment as one sentence, as the console says it.

The console's side is dashboard/src/console/thread/assignmentReason.ts; the tests of both read one list of examples.
Knows no HTML, and decides nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from chatserver.domain.rules import MINUTE
from chatserver.web.formatting import length
from chatserver.web.i18n import Translator

Named = Callable[[str], str]
"""Returns the name of a skill in the reader's language."""


def why_sentence(t: Translator, how: str | None, why: object, skill: Named) -> str:
    """The sentence for the `why` of an `assigned` or `rung` event. In old transcripts `why` is a sentence already,
    which is returned unchanged."""
    if isinstance(why, str):
        return why
    if why is None:
        return ""
    numbers = numbers_of(why)
    facts = t("why.comma").join([chosen(t, how, numbers), *circumstances(t, how, numbers, skill)])
    return t("why.semicolon").join([facts, *afterwards(t, how, numbers)])


def numbers_of(why: object) -> Mapping[str, Any]:
    """The numbers of an event, from the domain's object or from its stored form."""
    if is_dataclass(why) and not isinstance(why, type):
        return asdict(why)
    assert isinstance(why, Mapping), f"no numbers: {why!r}"
    return why


def chosen(t: Translator, how: str | None, why: Mapping[str, Any]) -> str:
    load = f"{why['load']}/{why['capacity']}"
    if why.get("emergency"):
        return t("why.emergency", load=load)
    if not by_load(how):
        return t(f"why.{how}", load=load)
    key = "why.preferred" if why.get("preferred") else "why.by_load"
    among = why.get("among") or 0
    if among <= 1:
        return t(f"{key}.only", load=load)
    return t(key if why.get("preferred") or lowest(why) else "why.by_load.of", load=load, among=among)


def lowest(why: Mapping[str, Any]) -> bool:
    """Whether the consultant had the lowest load of all who had room. If a skill was required, or some had declined,
    less loaded people may have been passed over."""
    return not (why.get("skill") or why.get("lacking") or why.get("again"))


def circumstances(t: Translator, how: str | None, why: Mapping[str, Any], skill: Named) -> Iterator[str]:
    if (not by_load(how) or why.get("emergency")) and why["load"] >= why["capacity"]:
        yield t("why.above")
    if why.get("availability") in ("paused", "busy"):
        yield t(f"why.availability.{why['availability']}")
    if why.get("skill"):
        yield asked_for(t, why, skill(why["skill"]))
    elif why.get("lacking"):
        yield t("why.lacking.language")
    yield t("why.waited", time=length(why.get("waited_ms") or 0))
    if why.get("idle_ms") is not None:
        yield idle(t, why["idle_ms"])


def asked_for(t: Translator, why: Mapping[str, Any], name: str) -> str:
    if why.get("lacking"):
        return t("why.lacking", skill=name)
    return t("why.skill.level", skill=name, level=why["level"]) if why.get("level") else t("why.skill", skill=name)


def idle(t: Translator, ms: int) -> str:
    minutes = ms // MINUTE
    return t.count("why.idle", minutes) if minutes else t("why.idle.moment")


def afterwards(t: Translator, how: str | None, why: Mapping[str, Any]) -> Iterator[str]:
    if why.get("preferred") and not by_load(how):
        yield t("why.served_before")
    if why.get("again"):
        yield t("why.again")


def by_load(how: str | None) -> bool:
    """Whether the router chose by load, with or without a ring. Otherwise somebody claimed it, or a supervisor assigned
    it."""
    return how not in ("claim", "hand")
