"""All stories, in the order in which one hospital after the other plays them."""

from tests.browser.states.alone import CALLING, EMERGENCIES, INVITED, SORTING, TROUBLE
from tests.browser.states.chatting import AGREEING, CHATTING
from tests.browser.states.desk import DESK, PAGES
from tests.browser.states.night import AT_NIGHT
from tests.browser.states.pages import PLAIN
from tests.browser.states.table import Story

FOR_VISITORS: tuple[Story, ...] = (
    CHATTING,
    AGREEING,
    SORTING,
    EMERGENCIES,
    CALLING,
    PLAIN,
    TROUBLE,
    INVITED,
    AT_NIGHT,
)
FOR_STAFF: tuple[Story, ...] = (DESK, PAGES)
STORIES = (*FOR_VISITORS, *FOR_STAFF)
