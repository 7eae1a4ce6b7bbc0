"""Which events are slight. A commit that has only slight events writes few columns, settles no deadlines, and is
announced to few sessions.

This is derived from the groups of the conversation that an event may replace, so a new event needs no line here.
"""

from chatserver.domain.changes.table import TOUCHES
from chatserver.domain.events.queue import Opened
from chatserver.domain.events.ratings import Rated
from chatserver.domain.transitions.time import ELAPSED
from chatserver.store.conversations import PRESENT, SAID

_NOT_SLIGHT = {Opened, Rated}.union(*(cell.yields for cell in ELAPSED.values()))
"""`Opened` makes a new row, a rating changes what the visitor is asked, and after an event of a deadline all deadlines
are settled."""

SLIGHT = tuple(event for event, groups in TOUCHES.items() if groups <= {*SAID, *PRESENT} and event not in _NOT_SLIGHT)
"""Events that only change the columns `conversations.WORDS`, and `PARTS` when they are somebody's first answers."""
