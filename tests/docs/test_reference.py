"""What scripts/reference.py adds to the tables in docs/ by hand is complete."""

from chatserver.domain.transitions.table import TRANSITIONS
from scripts.reference import ONLY

NEEDS_NO_WORDS = {
    "accept_ring",
    "accept_transfer",
    "assign",
    "claim",
    "close",
    "colleague_presence",
    "decline_ring",
    "decline_transfer",
    "drop_ring",
    "offer_transfer",
    "owner_presence",
    "rate",
    "ring",
    "say",
    "visitor_presence",
    "withdraw",
    "write_note",
}
"""Functions of the state machine whose cells say everything: the command is the system's, or its name and the phase say
whose it is."""


def test_the_table_of_the_state_machine_says_who_may_give_each_command() -> None:
    deciding = {cell.run.__name__ for cell in TRANSITIONS.values() if cell.yields}
    missing = deciding - set(ONLY) - NEEDS_NO_WORDS
    assert not missing, "ONLY of scripts/reference.py must say for whom, and when, each of them does that"
    assert set(ONLY) <= deciding
    assert deciding >= NEEDS_NO_WORDS
