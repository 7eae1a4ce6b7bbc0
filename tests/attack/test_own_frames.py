"""JSON that parsers are known to disagree about, and requests for somebody else's data: a refusal with its code,
nothing stored, and the connection still works.

`%O` is the sender's own conversation, `%F` the honest visitor's, `%R` a new ref.
"""

import json
import secrets
from typing import Any

import pytest

from tests.attack.peer import CLOSE, TEXT, Peer, Port, text
from tests.e2e.badframes import INVENTED
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]


def of(type: str, **fields: Any) -> str:
    return json.dumps({"type": type, "ref": "%R"} | fields)


def raw(fields: str) -> str:
    """A request for the heads with additional raw fields."""
    return f'{{"type":"heads.get","ref":"%R","at":[],{fields}}}'


BAD_FRAME, NOT_FOUND, TEXT_INVALID = "bad_frame", "not_found", "text_invalid"

SPELLING = {
    "a byte order mark before the frame": ("\ufeff" + of("heads.get", at=[]), BAD_FRAME),
    "a NUL after the frame": (of("heads.get", at=[]) + "\0", BAD_FRAME),
    "a comment in the frame": (raw('"x":1/*y*/'), BAD_FRAME),
    "single quotes": ("{'type':'heads.get'}", BAD_FRAME),
    "a name without quotes": ('{type:"heads.get"}', BAD_FRAME),
    "a trailing comma": ('{"type":"heads.get","ref":"%R","at":[],}', BAD_FRAME),
    "a number that begins with 0": (raw('"x":0123'), BAD_FRAME),
    "a number with a plus": (raw('"x":+1'), BAD_FRAME),
    "a number in hexadecimal": (raw('"x":0x10'), BAD_FRAME),
    "a number that ends with its decimal point": (raw('"x":1.'), BAD_FRAME),
    "an invalid escape": (raw(r'"x":"\x41"'), BAD_FRAME),
    "an incomplete escape": (raw(r'"x":"\u12"'), BAD_FRAME),
    "an unescaped tab": (raw('"x":"\t"'), BAD_FRAME),
    "a type written with an escape, twice": (
        r'{"type":"heads.get","\u0074ype":"conversation.open","ref":"%R"}',
        BAD_FRAME,
    ),
    "a lone surrogate in an unknown field": (raw(r'"x":"\udfff"'), TEXT_INVALID),
    "a lone surrogate in an unknown name": (raw(r'"\ud800":1'), TEXT_INVALID),
    "two frames with a line break between": (of("heads.get", at=[]) + "\n" + of("heads.get", at=[]), BAD_FRAME),
    "a type in capitals": (of("HEADS.GET", at=[]), "unknown_type"),
    "a type with a trailing space": (of("heads.get ", at=[]), "unknown_type"),
    "a type with a NUL": (r'{"type":"heads.get\u0000","ref":"%R"}', "unknown_type"),
    "a type in full-width letters": (of("ｈｅａｄｓ.ｇｅｔ", at=[]), "unknown_type"),
    "a type that is a list": ('{"type":["heads.get"],"ref":"%R"}', BAD_FRAME),
    "a type that is null": ('{"type":null,"ref":"%R"}', BAD_FRAME),
}

ODD_BUT_READ = {
    "4,000 unknown names": raw(",".join(f'"{n:x}":0' for n in range(1_300))),
    "an exponent that makes a number zero": raw('"x":1e-999999'),
    "a negative zero": raw('"x":-0'),
    "eight spaces between all tokens": of("heads.get", at=[]).replace(" ", " " * 8),
    "an escape in the type's name": r'{"\u0074ype":"heads.get","ref":"%R","at":[]}',
    "an empty name": raw('"":1'),
}

OTHERS_IDS = {
    "留言 linked to somebody else's conversation": (
        of("offline.leave", kind="question", body=CANARY, phone="13800138000", conversation="%F"),
        NOT_FOUND,
    ),
    "留言 linked to none": (
        of("offline.leave", kind="question", body=CANARY, phone="13800138000", conversation=INVENTED),
        NOT_FOUND,
    ),
    "stars for somebody else's consultant": (of("conversation.rate", conversation="%F", stars=1, part=1), NOT_FOUND),
    "an id in capitals": (of("history.get", conversation="%U"), NOT_FOUND),
    "an id with its last character changed": (of("history.get", conversation="%L"), NOT_FOUND),
    "an end of somebody else's, with a fence": (
        of("conversation.close", conversation="%F", fence=1, outcome="answered"),
        NOT_FOUND,
    ),
    "a colleague asked by a visitor": (
        of("colleague.ask", conversation="%F", consultant=INVENTED, asked_for="join", note="x"),
        "unknown_type",
    ),
    "an emergency dismissed by a visitor": (of("emergency.dismiss", conversation="%F", reason="x"), "unknown_type"),
    "a colleague's draft read by a visitor": (of("draft.get", conversation="%F"), "unknown_type"),
}

TEXTS = {
    "a message of invisible characters": (of("message.post", conversation="%O", body="\u200b\u200b"), TEXT_INVALID),
    "a message of a byte order mark": (of("message.post", conversation="%O", body="\ufeff"), TEXT_INVALID),
    "a message of joiners": (of("message.post", conversation="%O", body="\u200d\u2060"), TEXT_INVALID),
    "a message of soft hyphens": (of("message.post", conversation="%O", body="\u00ad"), TEXT_INVALID),
    "four tags": (of("conversation.rate", conversation="%O", stars=5, tags=["a", "b", "c", "d"]), BAD_FRAME),
    "a tag of 21 characters": (of("conversation.rate", conversation="%O", stars=5, tags=["a" * 21]), BAD_FRAME),
    "a comment of 501 characters": (of("conversation.rate", conversation="%O", stars=5, comment="a" * 501), BAD_FRAME),
    "a part below one": (of("conversation.rate", conversation="%O", stars=5, part=0), BAD_FRAME),
    "a phone number of 21 characters": (of("offline.leave", kind="question", body="x", phone="1" * 21), BAD_FRAME),
    "an unknown kind of 留言": (of("offline.leave", kind="bill", body="x", phone="13800138000"), BAD_FRAME),
    "a phone number of words": (of("offline.leave", kind="question", body="x", phone="call me"), "phone_invalid"),
    "a phone number with an extension": (
        of("offline.leave", kind="question", body="x", phone="13800138000;ext=1"),
        "phone_invalid",
    ),
}

REFUSED = SPELLING | OTHERS_IDS | TEXTS
ATTACKS = [*REFUSED, *ODD_BUT_READ]


async def answered(peer: Peer, quarters: Quarters, told: str) -> dict[str, Any]:
    """Send it, and return the answer."""
    theirs = quarters.ann.conversation
    filled = {
        "%R": secrets.token_urlsafe(24),
        "%O": quarters.mallorys,
        "%F": theirs,
        "%U": theirs.upper(),
        "%L": theirs[:-1] + ("0" if theirs[-1] != "0" else "1"),
    }
    for placeholder, value in filled.items():
        told = told.replace(placeholder, value)
    peer.send(text(told))
    while True:
        frame = await peer.next_frame()
        assert frame.opcode != CLOSE, frame.code
        if frame.opcode == TEXT and (heard := frame.json())["type"] in ("refused", "accepted", "heads", "history"):
            return heard


@pytest.mark.parametrize("name", REFUSED)
async def test_an_odd_frame_is_refused_with_its_code(quarters: Quarters, port: Port, name: str) -> None:
    told, code = REFUSED[name]
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        answer = await answered(peer, quarters, told)
        assert (answer["type"], answer.get("code"), answer.get("retry")) == ("refused", code, "no"), answer
        assert (await answered(peer, quarters, of("heads.get", at=[])))["type"] == "heads"


@pytest.mark.parametrize("name", ODD_BUT_READ)
async def test_an_unusually_encoded_valid_frame_is_read(quarters: Quarters, port: Port, name: str) -> None:
    async with quarters.undisturbed():
        peer = await port.socket(quarters.token)
        assert (await answered(peer, quarters, ODD_BUT_READ[name]))["type"] == "heads"
