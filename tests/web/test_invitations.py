"""A site's rules come with the panel's script, and the card only while somebody has room."""

import json
from dataclasses import replace

import pytest

from chatserver.domain.invitations import Invitation

from .application import Doors

RULES = Invitation(45, 2, ("baidu.com",), ("gynecology",))


@pytest.fixture
def inviting(here: Doors) -> Doors:
    """The demo's site with an invitation."""
    hospital = here.hub.hospital
    site = replace(hospital.sites["demo"], invitation=RULES)
    here.hub.hospital = replace(hospital, sites={"demo": site})
    return here


def panel(here: Doors, **headers: str) -> str:
    answer = here.client.get("/widget-panel.js?v=2&site=demo", headers=headers)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    return answer.text


def test_a_site_without_an_invitation_gets_the_panel_alone(here: Doors) -> None:
    assert panel(here) == here.context.front.panel.plain.decode()
    assert here.client.get("/widget-invitation.js?site=demo").text == ""


def test_the_rules_come_before_the_panel(inviting: Doors) -> None:
    script = panel(inviting)
    front = inviting.context.front
    first, rest = script.split("\n", 1)
    assert rest == (front.invite.plain + front.panel.plain).decode()
    told = json.loads(first.split("h.rules=")[1].split("})(document")[0])
    assert told == {
        "after_s": 45,
        "pages": 2,
        "referrers": ["baidu.com"],
        "departments": ["gynecology"],
        "minors": ["pediatrics"],
    }


def test_a_browser_that_has_the_script_is_told_so_until_the_rules_change(inviting: Doors) -> None:
    tag = inviting.client.get("/widget-panel.js?v=2&site=demo").headers["ETag"]
    again = {"If-None-Match": tag}
    assert inviting.client.get("/widget-panel.js?v=2&site=demo", headers=again).status_code == 304
    hospital = inviting.hub.hospital
    changed = replace(hospital.sites["demo"], invitation=replace(RULES, pages=3))
    inviting.hub.hospital = replace(hospital, sites={"demo": changed})
    assert inviting.client.get("/widget-panel.js?v=2&site=demo", headers=again).status_code == 200


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("site=demo&department=gynecology", True),
        ("site=demo&department=pediatrics", False),
        ("site=demo", False),
        ("site=nowhere&department=gynecology", False),
        ("department=gynecology", False),
        ("", False),
    ],
)
def test_the_card_is_sent_only_while_somebody_has_room(inviting: Doors, query: str, shown: bool) -> None:
    inviting.hub.room = {("demo", "gynecology"): True, ("nowhere", "gynecology"): True}
    answer = inviting.client.get(f"/widget-invitation.js?{query}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.text == (inviting.context.front.card.plain.decode() if shown else "")
