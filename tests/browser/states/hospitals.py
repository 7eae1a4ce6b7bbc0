"""The hospital as a story needs it: open, inviting visitors, closed for the night, or with the desk's rules."""

import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.hospital import PATIENCE, Hospital

SETTINGS = {
    "CHATSERVER_OPENS_PER_HOUR": "100",
    "CHATSERVER_OFFLINE_PER_HOUR": "100",
    "CHATSERVER_OFFLINE_PER_HOUR_AND_ADDRESS": "1000",
    "CHATSERVER_RATINGS_PER_HOUR_AND_ADDRESS": "1000",
    "CHATSERVER_EMERGENCIES_PER_HOUR_AND_ADDRESS": "1000",
    "CHATSERVER_FORWARDED_ALLOW_IPS": "127.0.0.1",
}
"""For many visitors from one address. Pages whose limits cannot be set are asked for by a proxy."""
AT_THE_DESK = SETTINGS | {"CHATSERVER_EMERGENCIES_PER_HOUR_AND_ADDRESS": "1"}
"""One emergency has priority, so that further ones are shown without it."""
ROOM = """
[people.limin]
groups = ["general"]
capacity = 20
languages = ["zh", "en"]
skills = { pregnancy = 2 }

[groups.children]
zh = "儿科咨询组"
en = "Children's desk"
mode = "automatic"
"""
"""For all visitors of a story; and children's conversations wait where nobody is there."""
QUICK = """
[groups.children]
zh = "儿科咨询组"
en = "Children's desk"
mode = "automatic"
rules = { inactive_s = 1 }
"""
"""Conversations of children become 不活跃 at once."""
INVITATION = "\n[sites.demo.invitation]\nafter_s = 5\n"
HOURS = re.compile(r"(?m)^\[sites\.demo\.hours\]\n(?:[^\[\n].*\n)*")
SHUT = "[sites.demo.hours]\nevery_day = []\n"


@contextmanager
def becoming(demo: Hospital, what: str) -> Iterator[None]:
    """Changes the records of the demo until the end of the block."""
    before = demo.records()
    demo.takes_in(ROOM)
    if what == "inviting":
        demo.takes_in(demo.records() + INVITATION)
        until = time.monotonic() + PATIENCE
        while b"after_s" not in panel_of(demo):
            assert time.monotonic() < until, "the server does not read the changed records"
            time.sleep(0.1)
    if what == "desk":
        demo.takes_in(QUICK)
    if what == "shut":
        changed = HOURS.sub(SHUT, before)
        assert changed != before
        demo.takes_in(changed)
    yield
    demo.takes_in(before)


def panel_of(demo: Hospital) -> bytes:
    with urllib.request.urlopen(f"{demo.staff}/widget-panel.js?v=2&site=demo", timeout=30) as answer:
        script: bytes = answer.read()
        return script
