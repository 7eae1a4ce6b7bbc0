"""Switches off one mechanism after the other and sees a test go red: `python -m tests.mechanisms [PART OF A NAME …]`.

Each is a change of one place in a copy of the tree, never a switch in the product, and says by name what is changed
(`tests.switching`): when that moves to another file, one word changes here. A mechanism without a test that fails when
it is gone is a promise without a guard. docs/reliability.md lists what is here; a test compares them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.switching import Body, Instead, Later, Switch, Value, Without, module_file, switched_off

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("chatserver", "tests", "bench", "docs", "scripts", "requirements", "pyproject.toml")
LINKED = (".venv", "build", "node_modules", "dashboard", "widget")
WITHIN = 300.0
FAILED = 1
"""What pytest exits with when tests failed; anything else is no answer."""


@dataclass(frozen=True)
class Mechanism:
    """`symbol` (`package.module:qualified.name`) is switched off as `switch` says; then `test` must fail."""

    name: str
    symbol: str
    switch: Switch
    test: str

    def switched_off(self, root: Path) -> tuple[Path, str]:
        """The file of its module in a tree, and what it holds without the mechanism. Raises `NotOnce`."""
        file = module_file(root, self.symbol)
        return file, switched_off(file.read_text("utf-8"), self.symbol, self.switch)


MECHANISMS = (
    Mechanism(
        "row lock",
        "chatserver.store.locks:locked",
        Instead("query.order_by(table.c.id).with_for_update(key_share=True)", "query.order_by(table.c.id)"),
        "tests/store/test_postgres.py::test_who_is_loaded_by_one_node_is_loaded_by_the_other_after_it",
    ),
    Mechanism(
        "visitor lock: one open conversation each",
        "chatserver.store.locks:lock_visitors",
        Body("return"),
        "tests/hub/test_nodes.py::test_tabs_that_open_at_both_nodes_in_the_same_moment_open_one_conversation",
    ),
    Mechanism(
        "key de-duplication",
        "chatserver.hub.ledger:Ledger.known",
        Body("return None"),
        "tests/hub/test_nodes.py::test_the_same_ref_at_both_nodes_is_one_entry",
    ),
    Mechanism(
        "gap check",
        "chatserver.domain.cursor:Cursor.arrive",
        Instead("seq > self.sent + 1", "seq > self.sent + 1_000_000"),
        "tests/domain/test_cursor.py",
    ),
    Mechanism(
        "head check",
        "chatserver.hub.heads:Heads._look_again",
        Without('self._look_at_everything("head_check")'),
        "tests/hub/test_nodes.py::test_what_no_bell_told_is_found_by_looking",
    ),
    Mechanism(
        "look after a new subscription",
        "chatserver.bus.redis:RedisBus._is_subscribed",
        Without("self._the_ear.missed()"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "a quiet subscription is asked for a sign of life",
        "chatserver.bus.hearing:Hearing._hear_on",
        Without("subscription.ping()"),
        "tests/bus/test_redis.py::test_a_subscription_that_has_gone_silent_is_made_again",
    ),
    Mechanism(
        "end of a lease",
        "chatserver.bus.redis:RedisBus._look_around.gone",
        Value("[]"),
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "absences are believed after a lease",
        "chatserver.bus.standing:Standing.may_believe",
        Body("return self.up"),
        "tests/bus/test_redis.py",
    ),
    Mechanism(
        "drain",
        "chatserver.hub.hub:Hub.drain",
        Without("spread(...)"),
        "tests/whole/test_drain.py::test_a_crowd_is_sent_away_little_by_little_and_loses_nothing",
    ),
    Mechanism(
        "a fault in a read for many is his alone whose it is",
        "chatserver.hub.gathering:Gathering._answer",
        Instead("len(batch) > 1", "False"),
        "tests/hub/test_gathering.py::test_a_fault_is_his_alone_whose_it_is",
    ),
    Mechanism(
        "a hello subscribes before it reads",
        "chatserver.hub.resume:Resume.follow",
        Later("self._delivery.subscribe(...)", behind="replay = await self._read_replay(...)"),
        "tests/hub/test_gathering.py::test_what_is_said_while_the_hello_reads_comes_once_and_in_order",
    ),
    Mechanism(
        "a tab that is not welcomed yet",
        "chatserver.hub.node:Node._follow_new.tabs",
        Instead("each.welcomed and conversation.id not in each.readers", "True"),
        "tests/hub/test_nodes.py::test_a_tab_reads_a_conversation_once_that_is_announced_while_it_enters",
    ),
    Mechanism(
        "bell to the other nodes",
        "chatserver.hub.node:Node._announce_change",
        Without("self.bus.ring(...)"),
        "tests/hub/test_nodes.py::test_a_question_at_one_node_is_answered_at_the_other",
    ),
    Mechanism(
        "version of a row",
        "chatserver.hub.board:Board.is_news",
        Body("return True"),
        "tests/hub/test_nodes.py::test_an_old_picture_never_replaces_a_newer_one",
    ),
    Mechanism(
        "unknown is not gone",
        "chatserver.hub.attendance:Attendance._is_gone",
        Without("self._bus.trusted"),
        "tests/hub/test_nodes.py::test_unknown_is_not_gone",
    ),
    Mechanism(
        "presence at other nodes",
        "chatserver.hub.roster:Roster.here",
        Without("bool(self._bus.elsewhere(consultant))"),
        "tests/hub/test_nodes.py::test_a_consultant_who_reconnects_at_the_other_node_is_never_noted_as_gone",
    ),
    Mechanism(
        "a draft is sent once",
        "chatserver.hub.dispatch:_check_draft",
        Without("raise DraftChanged()"),
        "tests/hub/test_own_tabs.py::test_a_draft_is_sent_once_whichever_console_sends_it",
    ),
    Mechanism(
        "a note is turned once",
        "chatserver.hub.own_tabs:keep.known",
        Without("_is_known(source, frame.turned, now)"),
        "tests/hub/test_own_tabs.py::test_a_note_that_is_turned_into_a_reply_is_a_note_no_more_anywhere",
    ),
    Mechanism(
        "bell to one's own tabs at other nodes",
        "chatserver.hub.own_tabs:OwnTabs._ring",
        Without("self._bus.ring(...)"),
        "tests/hub/test_own_tabs.py::test_what_was_sent_is_a_draft_no_more_anywhere",
    ),
    Mechanism(
        "deadlines that their node does not work",
        "chatserver.hub.timers:OVERDUE_MS",
        Value("2_000_000"),
        "tests/hub/test_nodes.py::test_deadlines_are_worked_by_one_node_and_by_any_when_that_one_does_not",
    ),
    Mechanism(
        "fence",
        "chatserver.domain.transitions:_owner_with_fence",
        Without("if fence != conversation.fence: ..."),
        "tests/domain",
    ),
    Mechanism(
        "bounded outbox",
        "chatserver.hub.session:Session.push_text",
        Instead("len(self._outbox) > self._options.outbox_frames or ...", "False"),
        "tests/hub/test_sessions.py::test_a_reader_too_slow_is_closed_and_nobody_waits",
    ),
    Mechanism(
        "epoch",
        "chatserver.hub.resume:Resume._why_not_recovered",
        Instead('"epoch"', "None"),
        "tests/hub/test_resume.py::test_another_epoch_or_a_place_ahead_is_not_recovered",
    ),
    Mechanism(
        "retry on deadlock",
        "chatserver.store.postgres:PostgresDatabase.may_run_again",
        Without("_state(failure) in (DEADLOCK, SERIALIZATION)"),
        "tests/store/test_postgres.py::test_two_that_lock_in_another_order_both_get_through",
    ),
    Mechanism(
        "a commit without an answer is looked up",
        "chatserver.hub.dispatch:Dispatch._transact",
        Without("self._doubt.arises()"),
        "tests/hub/test_doubt.py",
    ),
    Mechanism(
        "audience filter",
        "chatserver.domain.audience:VISITORS_FIELDS",
        Value("_ | {NoteWritten: ()}"),
        "tests/domain/test_audience.py",
    ),
    Mechanism(
        "lock of the first note of absence",
        "chatserver.hub.attendance:_note_absence",
        Instead("conversations.open_everywhere(...)", "conversations.open_everywhere(ledger.conn)"),
        "tests/hub/test_nodes_starting.py::test_the_first_note_of_absence_overwrites_nothing_that_another_node_commits",
    ),
    Mechanism(
        "nothing after the parting",
        "chatserver.hub.node:Node._deliver",
        Instead("lost if number > told_so else ()", "()"),
        "tests/hub/test_nodes_reading.py::test_who_lost_a_conversation_is_told_so_and_nothing_after",
    ),
    Mechanism(
        "who has it again reads on, also when the board had forgotten it",
        "chatserver.hub.node:Node._tell",
        Instead("self._admit_readers(after)", "before is not None and _"),
        "tests/hub/test_nodes_reading.py::test_what_was_forgotten_and_comes_back_to_somebody_is_read_again",
    ),
    Mechanism(
        "a head heard before the replay",
        "chatserver.hub.reader:Reader.begin",
        Without("self.cursor.heard(self._head)"),
        "tests/hub/test_nodes_reading.py::test_what_is_said_while_the_replay_is_read_is_read_too",
    ),
    Mechanism(
        "a hello that came too early looks again",
        "chatserver.hub.visitor_desk:VisitorDesk.enter",
        Instead("missed is not None and missed.id not in session.readers", "False"),
        "tests/hub/test_nodes_reading.py::test_what_is_announced_while_the_hello_reads_comes_once",
    ),
    Mechanism(
        "a follow that fails is taken back",
        "chatserver.hub.resume:Resume.follow",
        Without("self._delivery.take_back(...)"),
        "tests/hub/test_nodes_reading.py::test_whoever_cannot_follow_anew_reads_on_as_before",
    ),
    Mechanism(
        "who loses it while he comes in is muted, not forgotten",
        "chatserver.hub.node:Node._mute_strangers",
        Instead("reader.muted, reader.why = ...", "self.delivery.unsubscribe(session, after.id)"),
        "tests/hub/test_nodes_reading.py::test_who_loses_it_while_he_comes_in_and_has_it_again_lacks_nothing",
    ),
    Mechanism(
        "wait for those who left another node",
        "chatserver.hub.attendance:Attendance.changed_elsewhere.linger",
        Value("0.0"),
        "tests/hub/test_nodes_presence.py::test_whoever_reloads_at_another_node_is_waited_for_whoever_looks_meanwhile",
    ),
    Mechanism(
        "one note at a time",
        "chatserver.hub.attendance:Attendance._tell",
        Without("if telling in self._telling: ..."),
        "tests/hub/test_nodes_presence.py::test_a_note_that_cannot_be_written_does_not_multiply",
    ),
    Mechanism(
        "a note decided anew",
        "chatserver.hub.attendance:Attendance._tell.again",
        Instead("self._look_at(now)", "self._tell(now, command)"),
        "tests/hub/test_nodes_presence.py::test_a_note_that_could_not_be_written_is_not_written_when_it_is_no_longer_true",
    ),
    Mechanism(
        "one moment of a tab's opening",
        "chatserver.hub.visitor_desk:VisitorDesk.enter",
        Instead("session.since", "node.now()"),
        "tests/hub/test_nodes_presence.py::test_every_node_counts_a_tab_from_the_same_moment",
    ),
    Mechanism(
        "nobody named: visitors too",
        "chatserver.hub.node:Node.presence_changed",
        Without("*self.sessions.people()"),
        "tests/hub/test_nodes_presence.py::test_nobody_named_means_visitors_too",
    ),
    Mechanism(
        "the timers of a node that cannot serve",
        "chatserver.bus.line:Line.renew",
        Instead("not lease.healthy", "False"),
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "the timers of a node that cannot serve, in one process",
        "chatserver.bus.memory:MemoryBus.works_timers",
        Without("each._healthy"),
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "end of a node's lease",
        "chatserver.bus.line:Line._renew_lease",
        Instead("self._lease_ms", "None"),
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "bells missed while not subscribed",
        "chatserver.bus.redis:RedisBus._is_subscribed",
        Instead("self._subscribed.is_set() or self._started", "False"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "a subscription made again without a word",
        "chatserver.bus.hearing:Hearing._take",
        Instead('kind == "subscribe"', "_ and not self._standing.listening"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "mark of an emptied server",
        "chatserver.bus.line:Line.renew",
        Instead("secrets.token_hex(8)", '"always"'),
        "tests/bus/test_redis.py::test_an_emptied_server_shows_nobody_as_gone",
    ),
    Mechanism(
        "what was heard since a lease was read",
        "chatserver.bus.neighbours:Neighbours.lacks",
        Instead("node.complete < lease.version", "node.complete != lease.version"),
        "tests/bus/test_neighbours.py::test_what_was_heard_since_its_lease_was_read_is_no_reason_to_read_it_again",
    ),
    Mechanism(
        "doubt that goes on",
        "chatserver.hub.doubt:Doubt._settle",
        Instead("Exception", "ZeroDivisionError"),
        "tests/hub/test_doubt.py::test_what_failed_otherwise_once_is_looked_at_again",
    ),
    Mechanism(
        "ends of tokens, kept until written",
        "chatserver.hub.sessions:Sessions.token_ends",
        Instead("ends = ...", "ends, self._left_with = self._left_with, {}"),
        "tests/hub/test_sessions.py::test_a_token_lives_on_though_the_store_was_away_when_that_was_to_be_written",
    ),
    Mechanism(
        "what the visitor ended stays ended",
        "chatserver.domain.transitions:_say_after_the_end",
        Without("if conversation.ended_by_visitor: ..."),
        "tests/domain/test_ending.py",
    ),
    Mechanism(
        "a token ends with its visitor's own end",
        "chatserver.hub.ledger:Ledger.write",
        Without("visitors.end(...)"),
        "tests/hub/test_own_end.py::test_the_token_ends_with_the_visitors_own_end",
    ),
    Mechanism(
        "an ended token is not brought back",
        "chatserver.store.visitors:extend.one",
        Without("visitors.c.ended_at.is_(None)"),
        "tests/hub/test_own_end.py::test_activity_of_before_does_not_bring_an_ended_token_back",
    ),
    Mechanism(
        "ended tokens are looked for",
        "chatserver.hub.jobs:Jobs.look_at_ended",
        Without("self._sessions.token_ended(...)"),
        "tests/hub/test_own_end.py::test_the_other_tabs_are_closed_at_whichever_node_though_no_bell_rings",
    ),
    Mechanism(
        "nothing but the rating is left of an ended token",
        "chatserver.hub.sessions:Sessions.ended_by",
        Without("session.rates_until(rates_until)"),
        "tests/hub/test_own_end.py::test_after_it_nothing_is_carried_out_but_the_rating",
    ),
    Mechanism(
        "whoever comes back to rate is told nothing",
        "chatserver.hub.sessions:Sessions.tabs_of",
        Without("not each.untold"),
        "tests/hub/test_own_end.py::test_a_tab_that_comes_back_to_rate_is_told_nothing",
    ),
    Mechanism(
        "an ended token opens nothing in the same moment",
        "chatserver.hub.dispatch:_open",
        Without("if ledger.has_ended(visitor): ..."),
        "tests/hub/test_own_end.py::test_a_question_of_another_tab_in_the_moment_of_the_end_opens_nothing",
    ),
    Mechanism(
        "a token of before whose visitor had ended it",
        "chatserver.hub.hub:Hub.enter_visitor",
        Without("known.latest is not None and known.latest.ended_by_visitor"),
        "tests/hub/test_own_end.py::test_what_was_ended_before_tokens_ended_with_it_opens_nothing_either",
    ),
    Mechanism(
        "changes while a list is sent",
        "chatserver.hub.lists:Lists.send_conversations",
        Instead("held.dirty -= told", "held.dirty -= held.shown"),
        "tests/hub/test_sessions.py::test_what_ends_while_a_long_list_is_sent_does_not_stay_in_it",
    ),
    Mechanism(
        "a node that stops without the store",
        "chatserver.hub.jobs:Jobs.stop",
        Instead("Refused", "ZeroDivisionError"),
        "tests/hub/test_nodes_starting.py::test_a_node_stops_though_the_store_is_away",
    ),
    Mechanism(
        "nobody counts on a node that begins",
        "chatserver.hub.hub:Hub.start",
        Without("self._bus.say_healthy(False)"),
        "tests/hub/test_nodes_starting.py::test_nobody_counts_on_a_node_before_it_has_begun",
    ),
    Mechanism(
        "a node that cannot begin leaves",
        "chatserver.hub.hub:Hub.start",
        Without("self._bus.stop()"),
        "tests/hub/test_nodes_starting.py::test_a_node_that_cannot_begin_is_none",
    ),
    Mechanism(
        "recheck of what was pictured",
        "chatserver.hub.giving:Giving.give.wrong",
        Value("set()"),
        "tests/hub/test_giving.py::test_a_pool_that_is_wrong_is_mended_before_anything_is_given",
    ),
    Mechanism(
        "claim in the group's lock",
        "chatserver.hub.routing:Router._take.work",
        Without("locks.lock_group_of(...)"),
        "tests/hub/test_claim_lock.py",
    ),
    Mechanism(
        "head starts",
        "chatserver.domain.queue:rank_at",
        Body("return conversation.queued_at"),
        "tests/domain/test_queue.py",
    ),
    Mechanism(
        "time for somebody who fits",
        "chatserver.domain.routing:Pool.choose.patient",
        Value("False"),
        "tests/domain/test_routing.py",
    ),
    Mechanism(
        "never back to who missed it",
        "chatserver.domain.routing:Pool._next",
        Without("if (candidate.consultant.id in tried) is not again: ..."),
        "tests/domain/test_routing.py",
    ),
    Mechanism(
        "one ring at a time",
        "chatserver.domain.routing:Pool.put",
        Without("not candidate.rung"),
        "tests/hub/test_ringing.py",
    ),
    Mechanism(
        "whoever is rung serves",
        "chatserver.domain.routing:is_serving",
        Instead("candidate.receiving", "_ and not candidate.rung"),
        "tests/hub/test_ringing.py",
    ),
    Mechanism(
        "the group that helps out",
        "chatserver.domain.deadlines:_queue_clocks",
        Without("clocks[Clock.OVERFLOW] = ..."),
        "tests/hub/test_giving.py::test_the_group_that_helps_out_takes_it",
    ),
    Mechanism(
        "an emergency goes further",
        "chatserver.domain.deadlines:_running",
        Without("running[Clock.EMERGENCY] = ..."),
        "tests/domain/test_emergency.py",
    ),
    Mechanism(
        "the load grows within one giving",
        "chatserver.hub.giving:Giving._choose",
        Instead("known.load + 1", "known.load"),
        "tests/hub/test_desk_histories.py",
    ),
    Mechanism(
        "columns that words change",
        "chatserver.store.conversations:WORDS",
        Without('"gone_on"'),
        "tests/hub/test_words.py::test_nothing_slight_changes_a_column_that_it_is_not_written_to",
    ),
    Mechanism(
        "a picture is compared with its row",
        "chatserver.hub.ledger:Ledger.load",
        Without("conversations.mark_of(picture) == mark"),
        "tests/hub/test_words.py::test_a_picture_that_is_not_the_row_is_not_believed",
    ),
    Mechanism(
        "only what is known is announced as words",
        "chatserver.hub.node:Node._announce_change",
        Without("self.board.get(after.id) is change.before"),
        "tests/hub/test_words.py::test_words_that_another_node_told_of_meanwhile_are_announced_in_full",
    ),
    Mechanism(
        "a message into an inactive conversation is more than words",
        "chatserver.hub.ledger:Ledger._apart",
        Without("before.inactive is change.after.inactive"),
        "tests/hub/test_words.py::test_a_place_is_taken_again_by_words_into_an_inactive_conversation",
    ),
    Mechanism(
        "clocks that words start",
        "chatserver.hub.ledger:Ledger._due_sooner",
        Instead("clock not in before or due < before[clock]", "False"),
        "tests/hub/test_words.py::test_every_clock_that_words_start_has_a_row_in_time",
    ),
    Mechanism(
        "a row that was left is hastened",
        "chatserver.store.deadlines:_sooner",
        Value('Insertion(deadlines, "ON CONFLICT (conversation, clock) DO NOTHING")'),
        "tests/hub/test_words.py::test_a_row_that_is_too_late_for_a_clock_that_words_start_is_hastened",
    ),
    Mechanism(
        "rows of clocks that have stopped go when they are up",
        "chatserver.store.deadlines:settle",
        Without("gone += ..."),
        "tests/hub/test_words.py::test_a_row_of_a_clock_that_has_stopped_fires_once_and_nobody_notices",
    ),
    Mechanism(
        "who shows a row",
        "chatserver.hub.lists:Lists._hide",
        Without("shown_to.pop(...)"),
        "tests/hub/test_words.py::test_words_reach_exactly_the_lists_that_show_the_row",
    ),
    Mechanism(
        "a busy list rests",
        "chatserver.hub.lists:Lists._soon",
        Instead("max(self._options.list_pause, rest)", "self._options.list_pause"),
        "tests/hub/test_words.py::test_a_busy_list_rests_and_then_tells_the_last_of_it",
    ),
    Mechanism(
        "frames of one moment",
        "chatserver.hub.session:Session.push_text",
        Instead("asyncio.get_running_loop().call_soon(self._flush)", "self._flush()"),
        "tests/hub/test_outlets.py::test_frames_of_one_moment_leave_in_one_write",
    ),
    Mechanism(
        "nothing is written to who does not read",
        "chatserver.hub.session:Session._flush",
        Instead("self._outbox and self._welcomed and not self._outlet.full", "self._outbox and self._welcomed"),
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_for_him_in_order",
    ),
    Mechanism(
        "what waited goes when there is room",
        "chatserver.hub.session:Session.welcome",
        Without("self._outlet.on_room(self._flush)"),
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_for_him_in_order",
    ),
    Mechanism(
        "nobody waits for room with who is gone",
        "chatserver.hub.session:Session._empty",
        Without("self._tell_room()"),
        "tests/hub/test_outlets.py::test_nobody_waits_for_room_with_who_is_gone_or_shown_out",
    ),
    Mechanism(
        "no room where nobody is any more",
        "chatserver.protocol:Protocol.connection_lost",
        Without("on_room()"),
        "tests/starting/test_line.py::test_a_line_says_when_it_is_full_and_when_no_longer_and_when_never_again",
    ),
    Mechanism(
        "no overtaking of what is seen to",
        "chatserver.web.socket:Socket._take",
        Without("session.busy"),
        "tests/web/test_at_once.py::test_no_frame_overtakes_one_that_is_still_seen_to",
    ),
    Mechanism(
        "no overtaking of what is queued",
        "chatserver.incoming:Incoming._is_taken",
        Without("not self.queue.empty()"),
        "tests/starting/test_line.py::test_a_text_that_is_taken_at_once_is_answered_like_any_other",
    ),
    Mechanism(
        "no text within a text",
        "chatserver.incoming:Incoming._is_taken",
        Without("self.conn.current_size is not None"),
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "what is seen to at once counts, too",
        "chatserver.web.socket:Socket._take",
        Instead("session.frames.take()", "0"),
        "tests/web/test_at_once.py::test_a_frame_is_counted_whichever_way_it_goes",
    ),
    Mechanism(
        "only text is taken for text",
        "chatserver.incoming:Incoming._is_taken",
        Instead("UnicodeDecodeError", "ZeroDivisionError"),
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "only masked frames are waited for",
        "chatserver.incoming:Incoming._frame",
        Without("not second & MASKED"),
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "a ref is looked at in every frame",
        "chatserver.wire.decoding:FrameReader.read",
        Instead("hasattr(frame, 'ref') or ...", "True"),
        "tests/wire/test_decoding.py",
    ),
)


def main(wanted: list[str]) -> int:
    """0 when every one of them was missed by its test."""
    asked = [each for each in MECHANISMS if not wanted or any(part in each.name for part in wanted)]
    unguarded = [each.name for each in asked if not _is_missed(each)]
    for name in unguarded:
        print(f"NOT MISSED: {name}")
    print(f"{len(asked) - len(unguarded)} of {len(asked)} mechanisms are missed when they are switched off")
    return int(bool(unguarded) or not asked)


def _is_missed(mechanism: Mechanism) -> bool:
    with tempfile.TemporaryDirectory(prefix="chat-off-") as folder:
        tree = Path(folder) / "tree"
        _copy(tree)
        file, text = mechanism.switched_off(tree)
        file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mechanism.test]
        run = subprocess.run(command, cwd=tree, env=_environment(), capture_output=True, text=True, timeout=WITHIN)
    assert run.returncode in (0, FAILED), f"{mechanism.name}: {run.stdout[-2_000:]}{run.stderr[-2_000:]}"
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    print(f"{mechanism.name}: {failed[0] if failed else 'nothing failed'}", flush=True)
    return run.returncode == FAILED and bool(failed)


def _environment() -> dict[str, str]:
    """The copy is what is imported, and no order of tests hides it."""
    return os.environ | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}


def _copy(tree: Path) -> None:
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (tree / name).symlink_to(ROOT / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
