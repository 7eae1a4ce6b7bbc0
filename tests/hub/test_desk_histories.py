"""Random days of a whole hospital: people connect, leave, claim, transfer and fall silent, the server restarts, time
jumps.

After every step the desk settles, and the store is checked for what was promised (`promises.py`).
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import Mode, Role
from chatserver.domain.rules import HOUR, MINUTE, SECOND
from tests.faults.counts import FULL, count, within
from tests.hub.desk import DEPARTMENTS, GROUPS, HANDS, Desk, asked
from tests.hub.harness import StaffTab
from tests.hub.promises import Promises

HARMLESS = ("请问周末有门诊吗？", "请问几点开门？", "要带什么证件？")
WORDS = (*HARMLESS, *HARMLESS, "我胸痛", "我不想活了")
NOTE = "请看备注"
VISITORS = 12
"""The most visitors: enough to fill all consultants and have some wait."""

hands = st.sampled_from([hand.login for hand in HANDS])
supervisors = st.sampled_from([hand.login for hand in HANDS if hand.role is Role.SUPERVISOR])
which = st.integers(0, VISITORS - 1)
availabilities = st.sampled_from(("online", "online", "online", "busy", "break", "offline"))
spans = st.one_of(
    st.sampled_from((16 * SECOND, 41 * SECOND, 61 * SECOND)),
    st.integers(1, 20 * SECOND),
    st.integers(1, 3 * MINUTE),
    st.integers(1, 40 * MINUTE),
    st.integers(1, 6 * HOUR),
)
Question = tuple[str, str, str]
questions = st.tuples(
    st.sampled_from([each.id for each in DEPARTMENTS]), st.sampled_from(WORDS), st.sampled_from(("zh", "zh", "en"))
)
modes = st.tuples(*(st.sampled_from((Mode.AUTOMATIC, Mode.AUTOMATIC, Mode.RING, Mode.CLAIM)) for _ in GROUPS))


class Day(RuleBasedStateMachine):
    """Every rule may be drawn at any time, and does nothing where there is nothing to do. What is drawn next never
    depends on what has happened, so that a history can be replayed."""

    folder: Path

    @initialize(modes=modes, late=st.sets(hands, max_size=3), asking=st.lists(questions, min_size=3, max_size=8))
    def the_doors_open(self, modes: tuple[Mode, ...], late: set[str], asking: list[Question]) -> None:
        self.runner = asyncio.Runner()
        self.above: set[str] = set()
        self.log = structlog.testing.capture_logs()
        self.said = self.log.__enter__()
        self.desk = Desk(self.folder, modes)

        async def open_up() -> None:
            await self.desk.hub.start()
            for hand in HANDS:
                if hand.login not in late:
                    await self.desk.comes(hand.login, "online")
            for department, body, language in asking:
                await self.desk.arrives(department, body, language)

        self.does(open_up())

    def does(self, *doing: Coroutine[Any, Any, Any]) -> None:
        """Do all of it at once, settle, and check."""

        async def all_of_it() -> None:
            await asyncio.gather(*doing)
            await self.desk.settle()

        self.runner.run(all_of_it())
        faults = [line for line in self.said if line["log_level"] == "error"]
        assert not faults, faults
        Promises(self.desk, self.above).hold()
        self.desk.clock.at += 1

    def one_of(self, which: int, *phases: str) -> Conversation | None:
        """An open conversation, in one of these phases if any are named."""
        found = [each for each in self.desk.open() if not phases or each.phase in phases]
        return found[which % len(found)] if found else None

    # Visitors.

    @rule(asking=st.lists(questions, min_size=1, max_size=4))
    def some_arrive(self, asking: list[Question]) -> None:
        """Several visitors, one after the other, before anything is assigned."""

        async def arrive() -> None:
            for department, body, language in asking[: VISITORS - len(self.desk.visitors)]:
                await self.desk.arrives(department, body, language)

        self.does(arrive())

    @rule(which=which, body=st.sampled_from(WORDS))
    def a_visitor_writes(self, which: int, body: str) -> None:
        """A message into an open conversation, or into one that ended a while ago."""
        if which < len(self.desk.visitors) and which not in self.desk.outside:
            tab = self.desk.visitors[which]
            known = [frame["conversation"] for frame in tab.told if frame["type"] == "conversation"]
            if known:
                self.does(asked(tab, "message.post", conversation=known[-1], body=body))

    @rule(which=which)
    def a_visitor_leaves(self, which: int) -> None:
        if which < len(self.desk.visitors):
            self.does(self.desk.visitor_leaves(which))

    @rule(which=which)
    def a_visitor_returns(self, which: int) -> None:
        if which < len(self.desk.visitors):
            self.does(self.desk.visitor_returns(which))

    @rule(which=which)
    def a_visitor_ends_it(self, which: int) -> None:
        conversation = self.one_of(which)
        tab = self.desk.tab_of_visitor(conversation) if conversation else None
        if tab and conversation:
            self.does(asked(tab, "conversation.close", conversation=conversation.id))

    # Consultants.

    @rule(who=hands, availability=availabilities)
    def somebody_comes(self, who: str, availability: str) -> None:
        self.does(self.desk.comes(who, availability))

    @rule(who=hands)
    def somebody_comes_as_he_was(self, who: str) -> None:
        self.does(self.desk.comes(who))

    @rule(who=hands)
    def somebody_goes(self, who: str) -> None:
        self.does(self.desk.goes(who))

    @rule(which=which, body=st.sampled_from(HARMLESS))
    def an_owner_writes(self, which: int, body: str) -> None:
        self.owner_does(which, "message.post", body=body)

    @rule(which=which, ms=st.sampled_from((20 * SECOND, 61 * SECOND, 5 * MINUTE)))
    def an_owner_is_cut_off(self, which: int, ms: int) -> None:
        conversation = self.one_of(which, "active", "transferring")
        owner = conversation.serving.owner if conversation else None
        login = next((login for login, id in self.desk.ids.items() if owner and owner.id == id), "")
        self.does(self.desk.goes(login))
        self.time_passes(ms)

    @rule(quiet=st.sampled_from((0, 0, 11 * MINUTE, 29 * MINUTE)), more=st.sampled_from((0, 3 * MINUTE)))
    def everybody_answers(self, quiet: int, more: int) -> None:
        """Nobody waits for an answer any more; then nothing may happen for long enough to make conversations
        inactive."""
        owned = [(self.desk.owner_tab(each), each) for each in self.desk.open() if each.serving.owner]
        fields = [(tab, {"conversation": each.id, "fence": each.serving.fence}) for tab, each in owned if tab]
        self.does(*(asked(tab, "message.post", body=HARMLESS[0], **each) for tab, each in fields))
        for ms in (quiet, more):
            self.time_passes(ms)

    @rule(which=which)
    def an_owner_ends_it(self, which: int) -> None:
        self.owner_does(which, "conversation.close", outcome="answered")

    @rule(which=which)
    def an_owner_gives_it_back(self, which: int) -> None:
        self.owner_does(which, "conversation.release", note=NOTE)

    @rule(which=which, to=hands)
    def it_is_offered_to_a_colleague(self, which: int, to: str) -> None:
        self.owner_does(which, "transfer.offer", consultant=self.desk.ids[to], note=NOTE)

    @rule(which=which, to=hands)
    def it_is_handed_over(self, which: int, to: str) -> None:
        """Offered to a colleague, who accepts."""
        self.owner_does(which, "transfer.offer", consultant=self.desk.ids[to], note=NOTE)
        held_out = [
            each
            for each in self.desk.open()
            if each.phase == "transferring" and each.serving.offer and each.serving.offer.to
        ]
        for each in held_out:
            tab = self.desk.tab_of(self.desk.ids[to])
            if tab and each.serving.offer and each.serving.offer.to and each.serving.offer.to.id == tab.id:
                self.does(asked(tab, "offer.accept", conversation=each.id, offer=each.serving.offer.id))

    @rule(which=which, to=st.sampled_from(GROUPS))
    def it_is_offered_to_a_group(self, which: int, to: str) -> None:
        self.owner_does(which, "transfer.offer", group=to, note=NOTE)

    @rule(which=which)
    def the_offer_is_withdrawn(self, which: int) -> None:
        conversation = self.one_of(which, "transferring")
        tab = self.desk.owner_tab(conversation) if conversation else None
        if tab and conversation and conversation.serving.offer:
            self.does(asked(tab, "offer.withdraw", conversation=conversation.id, offer=conversation.serving.offer.id))

    @rule(which=which, to=hands, asked_for=st.sampled_from(("help", "join")))
    def a_colleague_is_asked(self, which: int, to: str, asked_for: str) -> None:
        conversation = self.one_of(which, "active", "transferring")
        tab = self.desk.owner_tab(conversation) if conversation else None
        if tab and conversation:
            fields = {"consultant": self.desk.ids[to], "asked_for": asked_for, "note": NOTE}
            self.does(asked(tab, "colleague.ask", conversation=conversation.id, **fields))

    @rule(who=hands, which=which, type=st.sampled_from(("colleague.join", "colleague.leave")))
    def a_colleague_joins_or_leaves(self, who: str, which: int, type: str) -> None:
        conversation = self.one_of(which, "active", "transferring")
        if conversation and who in self.desk.here:
            self.does(asked(self.desk.here[who], type, conversation=conversation.id))

    @rule(who=st.lists(hands, min_size=1, max_size=3, unique=True), which=which)
    def some_claim_it(self, who: list[str], which: int) -> None:
        conversation = self.one_of(which, "waiting", "ringing")
        if conversation:
            tabs = [self.desk.here[each] for each in who if each in self.desk.here]
            self.does(*(asked(tab, "conversation.claim", conversation=conversation.id) for tab in tabs))

    @rule(which=which, but=which, yes=st.booleans())
    def whoever_it_is_held_out_to_answers(self, which: int, but: int, yes: bool) -> None:
        """One of them accepts or declines; if the offer is to a group, the others accept at the same moment."""
        conversation = self.one_of(which, "ringing", "transferring")
        offer = conversation.serving.offer if conversation else None
        if conversation is None or offer is None:
            return
        tabs = [tab for tab in self.desk.here.values() if self.is_held_out(tab, conversation)]
        answers = [yes if number == but % len(tabs) else True for number in range(len(tabs))]
        fields = {"conversation": conversation.id, "offer": offer.id}
        self.does(
            *(
                asked(tab, "offer.accept", **fields) if yes else asked(tab, "offer.decline", reason=NOTE, **fields)
                for tab, yes in zip(tabs, answers, strict=True)
            )
        )

    def is_held_out(self, tab: StaffTab, conversation: Conversation) -> bool:
        """As the tab's list says."""
        offer = (tab.rows().get(conversation.id) or {}).get("offer")
        return offer is not None and bool(offer["mine"])

    def owner_does(self, which: int, type: str, **fields: Any) -> None:
        conversation = self.one_of(which, "active", "transferring")
        tab = self.desk.owner_tab(conversation) if conversation else None
        if tab and conversation:
            self.does(asked(tab, type, conversation=conversation.id, fence=conversation.serving.fence, **fields))

    # Supervisors.

    @rule(by=supervisors, which=which, to=hands, above=st.booleans())
    def it_is_given_by_hand(self, by: str, which: int, to: str, above: bool) -> None:
        conversation = self.one_of(which, "waiting", "ringing")
        if conversation and by in self.desk.here:
            self.above |= {conversation.id} if above else set()
            fields = {"fence": conversation.serving.fence, "consultant": self.desk.ids[to], "above": above}
            self.does(asked(self.desk.here[by], "conversation.assign", conversation=conversation.id, **fields))

    @rule(by=supervisors, which=which, type=st.sampled_from(("conversation.forward", "emergency.dismiss")))
    def a_supervisor_directs(self, by: str, which: int, type: str) -> None:
        conversation = self.one_of(which)
        if conversation and by in self.desk.here:
            self.does(asked(self.desk.here[by], type, conversation=conversation.id))

    # Time and the server.

    @rule(ms=spans)
    def some_time_passes(self, ms: int) -> None:
        self.time_passes(ms)

    def time_passes(self, ms: int) -> None:
        if ms:
            self.desk.clock.at += ms
            self.does()

    @rule(late=st.sampled_from((-1, 0, 0, 1)))
    def the_next_clock_is_up(self, late: int) -> None:
        due = self.desk.database.read_now(
            lambda conn: conn.exec_driver_sql("SELECT min(due_at) FROM deadlines").scalar()
        )
        if due is not None:
            self.desk.clock.at = max(self.desk.clock.at, due + late)
            self.does()

    @rule(
        staff_away=st.sets(hands, max_size=2), visitors_away=st.sets(which, max_size=2), ms=st.integers(1, 2 * MINUTE)
    )
    def the_server_restarts(self, staff_away: set[str], visitors_away: set[int], ms: int) -> None:
        self.desk.clock.at += ms
        self.does(self.desk.restart_without(staff_away, visitors_away))

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.runner.run(self.desk.hub.stop())
            self.desk.database.close()
            self.log.__exit__(None, None, None)
            self.runner.close()


@within(quick=240, full=3 * 3_600)
def test_what_was_promised_holds_on_every_day_of_the_desk(tmp_path: Path) -> None:
    Day.folder = tmp_path
    days = count("days of the desk", quick=20, full=1_000)
    # The short share draws the same histories in every run; only the full run, which is watched, looks for new ones.
    looking = settings(
        max_examples=days,
        stateful_step_count=50,
        derandomize=not FULL,
        phases=[Phase.generate, Phase.shrink] if FULL else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Day, settings=looking)
