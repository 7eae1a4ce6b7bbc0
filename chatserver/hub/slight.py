"""Which events are slight: a commit of nothing else writes few columns, settles no deadlines, and is announced to few.

It is derived from the groups that an event touches; a new event needs no line here.
"""

from chatserver.domain.changes.table import TOUCHES
from chatserver.domain.events.queue import Opened
from chatserver.domain.events.ratings import Rated
from chatserver.domain.transitions.time import ELAPSED
from chatserver.store.conversations import PRESENT, SAID

_NOT_SLIGHT = {Opened, Rated}.union(*(cell.yields for cell in ELAPSED.values()))
"""A new row; a rating, which changes what the visitor is asked; and what a clock brings about, which settles all
deadlines."""

SLIGHT = tuple(event for event, groups in TOUCHES.items() if groups <= {*SAID, *PRESENT} and event not in _NOT_SLIGHT)
"""Events that change nothing in a row but `conversations.WORDS`, and `PARTS` with somebody's first answers."""
