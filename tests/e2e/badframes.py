"""Frames that must be refused, with the expected refusal. `%O` is the sender's own conversation, `%F` somebody else's,
`%R` a new ref; everything else is sent as it is."""

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.quarters import CANARY

INVENTED = "0198f2c4-5b6a-7c3d-8e9f-0123456789ab"


@dataclass(frozen=True)
class Bad:
    """`text` → `code`. `names_ref`: whether the refusal must name the frame's ref."""

    name: str
    text: str
    code: str
    names_ref: bool = True

    def __str__(self) -> str:
        return self.name


def frame(type: str, **fields: Any) -> str:
    """A frame with a ref, as JSON."""
    return json.dumps({"type": type, "ref": "%R"} | fields)


def post(body: Any = f"{CANARY} text", **fields: Any) -> str:
    return frame("message.post", **({"conversation": "%O", "body": body} | fields))


def history(**fields: Any) -> str:
    return frame("history.get", conversation="%O", **fields)


def raw(body: str) -> str:
    """A message whose body is that literal JSON."""
    return post("@@").replace('"@@"', body)


def sized(size: int) -> str:
    """A harmless message of exactly so many bytes, once the ref (32) and the id (36) are filled in."""
    empty = post("x", padding="").replace("%R", "r" * 32).replace("%O", "c" * 36)
    return post("x", padding="p" * (size - len(empty)))


MALFORMED = [
    Bad("not JSON", "hello", "bad_frame", names_ref=False),
    Bad("half a frame", '{"type":"message.post","ref":"%R"', "bad_frame"),
    Bad("nothing", "", "bad_frame", names_ref=False),
    Bad("spaces", "   ", "bad_frame", names_ref=False),
    Bad("an array", "[]", "bad_frame", names_ref=False),
    Bad("a string", '"message.post"', "bad_frame", names_ref=False),
    Bad("a number", "1", "bad_frame", names_ref=False),
    Bad("null", "null", "bad_frame", names_ref=False),
    Bad("an empty object", "{}", "bad_frame", names_ref=False),
    Bad("two frames in one", post() + post(), "bad_frame"),
    Bad("a type that is not text", '{"type":1}', "bad_frame", names_ref=False),
    Bad("no ref", '{"type":"message.post","conversation":"%O","body":"x"}', "bad_frame", names_ref=False),
    Bad("a ref of 44 characters", post(ref="r" * 44), "bad_frame", names_ref=False),
    Bad("a ref of 10,000 characters", post(ref="r" * 10_000), "bad_frame", names_ref=False),
    Bad("NUL as it is", post("@").replace("@", "\x00"), "bad_frame"),
    Bad("9 levels", post(x=json.loads("[" * 8 + "]" * 8)), "bad_frame"),
    Bad("7,000 levels", post(x="@@").replace('"@@"', "[" * 7_000 + "]" * 7_000), "bad_frame"),
    Bad("7,000 levels, never closed", '{"type":' + "[" * 7_000, "bad_frame", names_ref=False),
    Bad("16 KiB and one byte", sized(16 * 1024 + 1), "too_large"),
    Bad("50,000 bytes", sized(50_000), "too_large"),
]

SHAPES = [
    Bad("a body that is an object", post({"$ne": None}), "bad_frame"),
    Bad("a body that is a list", post(["x"]), "bad_frame"),
    Bad("a body that is null", post(None), "bad_frame"),
    Bad("a body that is a number", post(1), "bad_frame"),
    Bad("a conversation 0", post(conversation=0), "bad_frame"),
    Bad('a conversation "0e123"', post(conversation="0e123"), "bad_frame"),
    Bad("a conversation of full-width digits", post(conversation="１" * 36), "bad_frame"),
    Bad("a conversation with a space before", post(conversation=" %O"), "bad_frame"),
    Bad("a conversation with a newline behind", post(conversation="%O\n"), "bad_frame"),
    Bad("a float for a place", history(after=1.0), "bad_frame"),
    Bad("half a place", history(after=0.5), "bad_frame"),
    Bad("a place below zero", history(after=-1), "bad_frame"),
    Bad("a place of 2^63", history(after=2**63), "bad_frame"),
    Bad("a place of 5,000 digits", history(after="@@").replace('"@@"', "9" * 5_000), "bad_frame"),
    Bad("NaN", history(after="@@").replace('"@@"', "NaN"), "bad_frame"),
    Bad("Infinity", history(after="@@").replace('"@@"', "Infinity"), "bad_frame"),
    Bad("1e999", history(after="@@").replace('"@@"', "1e999"), "bad_frame"),
    Bad("true for a place", history(after=True), "bad_frame"),
    Bad("a text for a place", history(after="1"), "bad_frame"),
    Bad("a limit of a billion", history(limit=1_000_000_000), "bad_frame"),
    Bad("a limit of 0", history(limit=0), "bad_frame"),
    Bad("six stars", frame("conversation.rate", conversation="%O", stars=6), "bad_frame"),
    Bad("4.5 stars", frame("conversation.rate", conversation="%O", stars=4.5), "bad_frame"),
    Bad("5.0 stars", frame("conversation.rate", conversation="%O", stars=5.0), "bad_frame"),
    Bad("true stars", frame("conversation.rate", conversation="%O", stars=True), "bad_frame"),
    Bad("51 positions", frame("heads.get", at=[{"conversation": INVENTED, "epoch": "", "after": 0}] * 51), "bad_frame"),
    Bad(
        "an unknown language", frame("conversation.open", department="gynecology", body="x", language="de"), "bad_frame"
    ),
    Bad("a department with a path", frame("conversation.open", department="../x", body="x"), "bad_frame"),
]

TYPES = [
    Bad("an unknown type", frame("conversation.steal", conversation="%O"), "unknown_type"),
    Bad("a type of nothing", frame("", conversation="%O"), "unknown_type"),
    Bad("a prototype's name", frame("__proto__"), "unknown_type"),
    Bad("a server's frame", frame("accepted", conversation="%O", seq=1), "unknown_type"),
    Bad("a note", frame("note.post", conversation="%O", body=CANARY), "unknown_type"),
    Bad("a note into another's", frame("note.post", conversation="%F", body=CANARY), "unknown_type"),
    Bad("a claim", frame("conversation.claim", conversation="%O"), "unknown_type"),
    Bad("a follow", frame("conversation.follow", conversation="%F"), "unknown_type"),
    Bad("a transfer", frame("transfer.offer", conversation="%O", fence=1, note="x", group="women"), "unknown_type"),
    Bad("an accept", frame("offer.accept", conversation="%O", offer=INVENTED), "unknown_type"),
    Bad("a draft", frame("draft.save", conversation="%O", mode="reply", body="x"), "unknown_type"),
    Bad("an availability", frame("availability.set", availability="online"), "unknown_type"),
    Bad("a list", frame("list.get", list="conversations"), "unknown_type"),
]

TEXTS = [
    Bad("an empty message", post(""), "text_invalid"),
    Bad("a message of spaces", post(" \n\t 　"), "text_invalid"),
    Bad("1,001 characters", post("x" * 1_001), "too_large"),
    Bad("1,001 characters of Chinese", post("号" * 1_001), "too_large"),
    Bad("1,001 emoji", post("😀" * 1_001), "too_large"),
    Bad("NUL, escaped", raw(r'"a\u0000b"'), "text_invalid"),
    Bad("a bell", raw(r'"a\u0007b"'), "text_invalid"),
    Bad("a C1 control", raw(r'"a\u0086b"'), "text_invalid"),
    Bad("DEL", raw('"a\x7fb"'), "text_invalid"),
    # No JSON decoder reads these, but the fault is in their text.
    Bad("a lone surrogate", raw(r'"a\ud800b"'), "text_invalid"),
    Bad("a lone low surrogate", raw(r'"\udc00"'), "text_invalid"),
    Bad("a pair the wrong way round", raw(r'"\udc00\ud800"'), "text_invalid"),
    Bad("opened with nothing", frame("conversation.open", department="gynecology", body=""), "text_invalid"),
    Bad("opened with 1,001", frame("conversation.open", department="gynecology", body="x" * 1_001), "too_large"),
]

OTHERS = [
    Bad("a message into somebody else's", post(conversation="%F"), "not_found"),
    Bad("a message into none", post(conversation=INVENTED), "not_found"),
    Bad("ending somebody else's", frame("conversation.close", conversation="%F"), "not_found"),
    Bad("rating somebody else's", frame("conversation.rate", conversation="%F", stars=1), "not_found"),
    Bad("reading somebody else's", frame("history.get", conversation="%F"), "not_found"),
    Bad("reading none", frame("history.get", conversation=INVENTED), "not_found"),
    Bad("rating before the end", frame("conversation.rate", conversation="%O", stars=5), "out_of_turn"),
]

FROM_A_VISITOR = [*MALFORMED, *SHAPES, *TYPES, *TEXTS, *OTHERS]


def spoken(body: str = CANARY, **fields: Any) -> str:
    return frame("message.post", **({"conversation": "%F", "body": body, "fence": 1} | fields))


FROM_ANOTHER_GROUP = [
    Bad("a message", spoken(), "not_found"),
    Bad("a note", frame("note.post", conversation="%F", body=CANARY), "not_found"),
    Bad("an end", frame("conversation.close", conversation="%F", fence=1, outcome="answered"), "not_found"),
    Bad("a claim", frame("conversation.claim", conversation="%F"), "not_found"),
    Bad("a follow", frame("conversation.follow", conversation="%F"), "not_found"),
    Bad("a page of it", frame("history.get", conversation="%F"), "not_found"),
    Bad("a draft", frame("draft.save", conversation="%F", mode="reply", body="x"), "not_found"),
    Bad("a transfer", frame("transfer.offer", conversation="%F", fence=1, note="x", group="children"), "not_serving"),
    Bad("accepting", frame("offer.accept", conversation="%F", offer=INVENTED), "not_found"),
    Bad("declining", frame("offer.decline", conversation="%F", offer=INVENTED, reason="x"), "not_found"),
    Bad("withdrawing", frame("offer.withdraw", conversation="%F", offer=INVENTED), "not_found"),
]

FROM_THE_OWNER = [
    Bad("no fence", frame("message.post", conversation="%F", body=CANARY), "fence_stale"),
    Bad("an old fence", spoken(fence=0), "fence_stale"),
    Bad("a fence to come", spoken(fence=99), "fence_stale"),
    Bad("a fence that is a text", spoken(fence="1"), "bad_frame"),
    Bad("an empty message", spoken(""), "text_invalid"),
    Bad("1,001 characters", spoken("x" * 1_001), "too_large"),
    Bad("a note of 2,001", frame("note.post", conversation="%F", body="x" * 2_001), "too_large"),
    Bad("a note of nothing", frame("note.post", conversation="%F", body=""), "text_invalid"),
    Bad("an end without outcome", frame("conversation.close", conversation="%F", fence=1), "bad_frame"),
    Bad("an invented outcome", frame("conversation.close", conversation="%F", fence=1, outcome="won"), "bad_frame"),
    Bad("a claim of their own conversation", frame("conversation.claim", conversation="%F"), "offer_gone"),
    Bad("accepting nothing", frame("offer.accept", conversation="%F", offer=INVENTED), "offer_gone"),
    Bad("withdrawing nothing", frame("offer.withdraw", conversation="%F", offer=INVENTED), "offer_gone"),
    Bad("a transfer to nobody", frame("transfer.offer", conversation="%F", fence=1, note="x"), "bad_frame"),
    Bad(
        "a transfer to a stranger",
        frame("transfer.offer", conversation="%F", fence=1, note="x", consultant=INVENTED),
        "not_found",
    ),
    Bad(
        "a transfer to no group",
        frame("transfer.offer", conversation="%F", fence=1, note="x", group="none"),
        "not_found",
    ),
    Bad(
        "a transfer without note",
        frame("transfer.offer", conversation="%F", fence=1, note=" ", group="children"),
        "text_invalid",
    ),
    Bad("paused by themselves", frame("availability.set", availability="paused"), "bad_frame"),
    Bad("a visitor's rating", frame("conversation.rate", conversation="%F", stars=5), "unknown_type"),
    Bad("a visitor's opening", frame("conversation.open", department="gynecology", body="x"), "unknown_type"),
    Bad("40,000 characters", spoken("x" * 40_000), "bad_frame"),
]
