"""Switches off one mechanism after the other, and expects a test to fail: `python -m tests.mechanisms [PART OF A NAME
…]`.

Each entry changes one place in a copy of the tree; the product has no such switches. It names the place by symbol
(`tests.switching`), so when code moves to another file, one word changes here. A mechanism that can be removed without
a failing test is not protected. docs/reliability.md lists the entries; a test compares the two.
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
"""The exit code of pytest when tests failed. With any other code the result is unknown."""


@dataclass(frozen=True)
class Mechanism:
    """`symbol` (`package.module:qualified.name`) is switched off as `switch` says; then `test` must fail."""

    name: str
    symbol: str
    switch: Switch
    test: str

    def switched_off(self, root: Path) -> tuple[Path, str]:
        """The module's file in a tree, and its source without the mechanism. Raises `NotOnce`."""
        file = module_file(root, self.symbol)
        return file, switched_off(file.read_text("utf-8"), self.symbol, self.switch)


MECHANISMS = (
    Mechanism(
        "row lock",
        "chatserver.store.locks:locked",
        Instead("query.order_by(table.c.id).with_for_update(key_share=True)", "query.order_by(table.c.id)"),
        "tests/store/test_postgres.py::test_a_consultant_locked_by_one_node_is_unavailable_to_another",
    ),
    Mechanism(
        "lock of the visitor, so that each has one open conversation",
        "chatserver.store.locks:lock_visitors",
        Body("return"),
        "tests/hub/test_nodes.py::test_tabs_that_open_at_both_nodes_in_the_same_moment_open_one_conversation",
    ),
    Mechanism(
        "known refs",
        "chatserver.hub.unit_of_work:UnitOfWork.known",
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
        "chatserver.hub.remote_changes:RemoteChanges._look_again",
        Without('self._look_at_everything("head_check")'),
        "tests/hub/test_nodes.py::test_a_change_without_a_doorbell_is_found_by_the_head_check",
    ),
    Mechanism(
        "check after a new subscription",
        "chatserver.bus.redis:RedisBus._is_subscribed",
        Without("self._the_listener.missed()"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "ping on a quiet subscription",
        "chatserver.bus.subscription:Subscription._receive",
        Without("subscription.ping()"),
        "tests/bus/test_redis.py::test_a_silent_subscription_is_renewed",
    ),
    Mechanism(
        "end of a lease at Redis",
        "chatserver.bus.redis:RedisBus._read_others.gone",
        Value("[]"),
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "time before absences are believed",
        "chatserver.bus.health:BusHealth.is_conclusive",
        Body("return self.up"),
        "tests/bus/test_redis.py",
    ),
    Mechanism(
        "drain",
        "chatserver.hub.hub:Hub.drain",
        Without("spread(...)"),
        "tests/e2e/test_drain.py::test_a_crowd_is_sent_away_gradually_and_loses_nothing",
    ),
    Mechanism(
        "isolation of a fault within a batched read",
        "chatserver.hub.batch_reader:BatchReader._answer",
        Instead("len(batch) > 1", "False"),
        "tests/hub/test_batch_reader.py::test_a_question_that_fails_fails_alone",
    ),
    Mechanism(
        "subscription before the read of a hello",
        "chatserver.hub.resume:Resume.follow",
        Later("self._delivery.subscribe(...)", behind="replay = await self._read_replay(...)"),
        "tests/hub/test_batch_reader.py::test_what_is_said_while_the_hello_reads_comes_once_and_in_order",
    ),
    Mechanism(
        "check that a tab is welcomed",
        "chatserver.hub.followers:Followers.follow_new.tabs",
        Instead("each.welcomed and conversation.id not in each.readers", "True"),
        "tests/hub/test_nodes.py::test_a_tab_reads_a_conversation_once_that_is_announced_while_it_enters",
    ),
    Mechanism(
        "doorbell to the other nodes",
        "chatserver.hub.announcer:Announcer._announce_change",
        Without("self._bus.ring(...)"),
        "tests/hub/test_nodes.py::test_a_question_at_one_node_is_answered_at_the_other",
    ),
    Mechanism(
        "check of a row's version",
        "chatserver.hub.open_conversations:OpenConversations.is_news",
        Body("return True"),
        "tests/hub/test_nodes.py::test_an_old_copy_never_replaces_a_newer_one",
    ),
    Mechanism(
        "unknown presence does not count as absence",
        "chatserver.hub.presence:PresenceTracker._is_gone",
        Without("self._bus.trusted"),
        "tests/hub/test_nodes.py::test_nobody_counts_as_gone_while_presence_is_unknown",
    ),
    Mechanism(
        "presence at other nodes",
        "chatserver.hub.staff_directory:StaffDirectory.here",
        Without("bool(self._bus.elsewhere(consultant))"),
        "tests/hub/test_nodes.py::test_a_consultant_who_reconnects_at_the_other_node_is_never_noted_as_gone",
    ),
    Mechanism(
        "check of a draft that is sent",
        "chatserver.hub.batch:_check_draft",
        Without("raise DraftChanged()"),
        "tests/hub/test_own_tabs.py::test_a_draft_is_sent_once_whichever_console_sends_it",
    ),
    Mechanism(
        "check of a note that becomes a reply",
        "chatserver.hub.own_tabs:keep.known",
        Without("_is_known(source, frame.turned, tx.now)"),
        "tests/hub/test_own_tabs.py::test_a_note_that_is_turned_into_a_reply_disappears_as_a_note_everywhere",
    ),
    Mechanism(
        "doorbell to one's own tabs at other nodes",
        "chatserver.hub.own_tabs:OwnTabs._ring",
        Without("self._bus.ring(...)"),
        "tests/hub/test_own_tabs.py::test_a_sent_draft_disappears_everywhere",
    ),
    Mechanism(
        "overdue deadlines of another node",
        "chatserver.hub.timers:OVERDUE_MS",
        Value("2_000_000"),
        "tests/hub/test_nodes.py::test_deadlines_are_worked_by_one_node_and_by_any_when_that_one_does_not",
    ),
    Mechanism(
        "fence",
        "chatserver.domain.transitions.access:owner_with_fence",
        Without("if fence != serving.fence: ..."),
        "tests/domain",
    ),
    Mechanism(
        "limit of the outbox",
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
        "repeat after a deadlock",
        "chatserver.store.postgres:PostgresDatabase.may_run_again",
        Without("_state(failure) in (DEADLOCK, SERIALIZATION)"),
        "tests/store/test_postgres.py::test_two_transactions_that_lock_in_opposite_order_both_succeed",
    ),
    Mechanism(
        "check of a commit without an answer",
        "chatserver.hub.dispatch:Dispatch._transact",
        Without("self._doubt.arises()"),
        "tests/hub/test_uncertain_commits.py",
    ),
    Mechanism(
        "audience filter",
        "chatserver.domain.audience:VISITORS_FIELDS",
        Value("_ | {NoteWritten: ()}"),
        "tests/domain/test_audience.py",
    ),
    Mechanism(
        "lock before the first record of an absence",
        "chatserver.hub.presence:_note_absence",
        Instead("conversations.open_everywhere(...)", "conversations.open_everywhere(unit.conn)"),
        "tests/hub/test_nodes_starting.py::test_the_first_note_of_absence_overwrites_nothing_that_another_node_commits",
    ),
    Mechanism(
        "no delivery after the right to read has gone",
        "chatserver.hub.followers:Followers.deliver",
        Instead("lost if number > last else ()", "()"),
        "tests/hub/test_nodes_reading.py::test_who_lost_a_conversation_is_told_so_and_nothing_after",
    ),
    Mechanism(
        "reading again for a consultant who gets it back, also when this node had forgotten it",
        "chatserver.hub.followers:Followers.changed",
        Instead("self._admit_readers(after)", "before is not None and _"),
        "tests/hub/test_nodes_reading.py::test_a_dropped_conversation_that_comes_back_to_somebody_is_read_again",
    ),
    Mechanism(
        "head that arrives before the replay",
        "chatserver.hub.reader:Reader.begin",
        Without("self.cursor.heard(self._head)"),
        "tests/hub/test_nodes_reading.py::test_what_is_said_while_the_replay_is_read_is_read_too",
    ),
    Mechanism(
        "second check of a hello that came too early",
        "chatserver.hub.visitor_desk:VisitorDesk.enter",
        Instead("missed is not None and missed.id not in session.readers", "False"),
        "tests/hub/test_nodes_reading.py::test_what_is_announced_while_the_hello_reads_comes_once",
    ),
    Mechanism(
        "undo of a follow that failed",
        "chatserver.hub.resume:Resume.follow",
        Without("self._delivery.take_back(...)"),
        "tests/hub/test_nodes_reading.py::test_a_session_that_fails_to_follow_again_reads_on_as_before",
    ),
    Mechanism(
        "reader that is muted, not removed, during the hello",
        "chatserver.hub.followers:Followers._mute_strangers",
        Instead("reader.muted, reader.why = ...", "self._delivery.unsubscribe(session, after.id)"),
        "tests/hub/test_nodes_reading.py::test_an_owner_who_loses_and_regains_it_during_the_hello_lacks_nothing",
    ),
    Mechanism(
        "wait for people who left another node",
        "chatserver.hub.presence:PresenceTracker.changed_elsewhere.linger",
        Value("0.0"),
        "tests/hub/test_nodes_presence.py::test_a_reload_at_another_node_is_waited_for_even_if_a_node_checks_meanwhile",
    ),
    Mechanism(
        "one record of an absence at a time",
        "chatserver.hub.presence:PresenceTracker._tell",
        Without("if telling in self._telling: ..."),
        "tests/hub/test_nodes_presence.py::test_a_presence_change_that_cannot_be_written_does_not_multiply",
    ),
    Mechanism(
        "decision again before an absence is recorded late",
        "chatserver.hub.presence:PresenceTracker._tell.again",
        Instead("self._look_at(now)", "self._tell(now, command)"),
        "tests/hub/test_nodes_presence.py::test_a_presence_change_is_not_written_when_it_is_no_longer_true",
    ),
    Mechanism(
        "one opening time of a tab for all nodes",
        "chatserver.hub.visitor_desk:VisitorDesk.enter",
        Instead("session.since", "self.now()"),
        "tests/hub/test_nodes_presence.py::test_every_node_counts_a_tab_from_the_same_moment",
    ),
    Mechanism(
        "absence of everybody includes visitors",
        "chatserver.hub.staff_changes:StaffChanges.presence_elsewhere",
        Without("*self._sessions.people()"),
        "tests/hub/test_nodes_presence.py::test_a_presence_change_without_names_includes_visitors",
    ),
    Mechanism(
        "timers leave a node that cannot serve",
        "chatserver.bus.redis_client:RedisClient.renew",
        Instead("not lease.healthy", "False"),
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "timers leave a node that cannot serve, within one process",
        "chatserver.bus.memory:MemoryBus.works_timers",
        Without("each._healthy"),
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "end of a node's lease",
        "chatserver.bus.redis_client:RedisClient._renew_lease",
        Instead("self._lease_ms", "None"),
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "doorbells missed while not subscribed",
        "chatserver.bus.redis:RedisBus._is_subscribed",
        Instead("self._subscribed.is_set() or self._started", "False"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "detection of a silently renewed subscription",
        "chatserver.bus.subscription:Subscription._take",
        Instead('kind == "subscribe"', "_ and not self._health.listening"),
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "mark that shows an emptied Redis",
        "chatserver.bus.redis_client:RedisClient.renew",
        Instead("secrets.token_hex(8)", '"always"'),
        "tests/bus/test_redis.py::test_an_emptied_server_shows_nobody_as_gone",
    ),
    Mechanism(
        "changes received since a lease was read",
        "chatserver.bus.peers:Peers.lacks",
        Instead("node.complete < lease.version", "node.complete != lease.version"),
        "tests/bus/test_peers.py::test_changes_received_after_reading_the_lease_need_no_new_reading",
    ),
    Mechanism(
        "uncertain commits are checked until they are settled",
        "chatserver.hub.uncertain_commits:UncertainCommits._settle",
        Instead("Exception", "ZeroDivisionError"),
        "tests/hub/test_uncertain_commits.py::test_a_check_that_fails_unexpectedly_is_repeated",
    ),
    Mechanism(
        "new ends of tokens are kept until they are written",
        "chatserver.hub.sessions:Sessions.token_ends",
        Instead("ends = ...", "ends, self._left_with = self._left_with, {}"),
        "tests/hub/test_sessions.py::test_a_token_lives_on_though_the_store_was_away_when_that_was_to_be_written",
    ),
    Mechanism(
        "a visitor's own end is final",
        "chatserver.domain.transitions.messages:may_reopen",
        Without("if conversation.ended_by_visitor: ..."),
        "tests/domain/test_ending.py",
    ),
    Mechanism(
        "end of the token with the visitor's own end",
        "chatserver.hub.unit_of_work:UnitOfWork.write",
        Without("visitors.end(...)"),
        "tests/hub/test_own_end.py::test_the_token_ends_with_the_visitors_own_end",
    ),
    Mechanism(
        "an ended token stays ended",
        "chatserver.store.visitors:extend.one",
        Without("visitors.c.ended_at.is_(None)"),
        "tests/hub/test_own_end.py::test_activity_of_before_does_not_bring_an_ended_token_back",
    ),
    Mechanism(
        "search for ended tokens",
        "chatserver.hub.maintenance:Maintenance.look_at_ended",
        Without("self._sessions.token_ended(...)"),
        "tests/hub/test_own_end.py::test_the_other_tabs_are_closed_at_whichever_node_though_no_bell_rings",
    ),
    Mechanism(
        "only a rating after the end of a token",
        "chatserver.hub.sessions:Sessions.ended_by",
        Without("session.rates_until(rates_until)"),
        "tests/hub/test_own_end.py::test_after_it_nothing_is_carried_out_but_the_rating",
    ),
    Mechanism(
        "no text for a tab that comes back to rate",
        "chatserver.hub.sessions:Sessions.tabs_of",
        Without("not each.untold"),
        "tests/hub/test_own_end.py::test_a_tab_that_comes_back_to_rate_is_told_nothing",
    ),
    Mechanism(
        "no new conversation at the moment when the token ends",
        "chatserver.hub.batch:_open",
        Without("if unit.has_ended(visitor): ..."),
        "tests/hub/test_own_end.py::test_a_question_of_another_tab_in_the_moment_of_the_end_opens_nothing",
    ),
    Mechanism(
        "old tokens whose visitor had ended the conversation",
        "chatserver.hub.hub:Hub.enter_visitor",
        Without("known.latest is not None and known.latest.ended_by_visitor"),
        "tests/hub/test_own_end.py::test_what_was_ended_before_tokens_ended_with_it_opens_nothing_either",
    ),
    Mechanism(
        "changes while a list is being sent",
        "chatserver.hub.live_list:LiveList._send_piece",
        Instead("copy.dirty -= sent", "copy.dirty -= copy.shown"),
        "tests/hub/test_sessions.py::test_what_ends_while_a_long_list_is_sent_does_not_stay_in_it",
    ),
    Mechanism(
        "a stop without the store",
        "chatserver.hub.maintenance:Maintenance.stop",
        Instead("Refused", "ZeroDivisionError"),
        "tests/hub/test_nodes_starting.py::test_a_node_stops_though_the_store_is_away",
    ),
    Mechanism(
        "a starting node does not count as a peer",
        "chatserver.hub.hub:Hub.start",
        Without("self._bus.say_healthy(False)"),
        "tests/hub/test_nodes_starting.py::test_nobody_counts_on_a_node_before_it_has_begun",
    ),
    Mechanism(
        "a node that cannot start leaves",
        "chatserver.hub.hub:Hub.start",
        Without("self._bus.stop()"),
        "tests/hub/test_nodes_starting.py::test_a_node_that_fails_to_start_does_not_join_the_others",
    ),
    Mechanism(
        "check of the plan against the rows",
        "chatserver.hub.assignment_round:AssignmentRound.give.wrong",
        Value("set()"),
        "tests/hub/test_assignment_round.py::test_a_wrong_pool_is_corrected_before_anything_is_assigned",
    ),
    Mechanism(
        "claim under the group's lock",
        "chatserver.hub.assignment:Router._take.work",
        Without("locks.lock_group_of(...)"),
        "tests/hub/test_claim_lock.py",
    ),
    Mechanism(
        "head starts",
        "chatserver.domain.queue:rank_at",
        Body("return conversation.queue.since"),
        "tests/domain/test_queue.py",
    ),
    Mechanism(
        "time for a consultant who fits",
        "chatserver.domain.routing:Pool.choose.patient",
        Value("False"),
        "tests/domain/test_routing.py",
    ),
    Mechanism(
        "no second offer to a consultant who missed it",
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
        "availability of a consultant who is rung",
        "chatserver.domain.routing:is_serving",
        Instead("candidate.receiving", "_ and not candidate.rung"),
        "tests/hub/test_ringing.py",
    ),
    Mechanism(
        "group that helps out",
        "chatserver.domain.deadlines:_queue_deadlines",
        Without("found[Deadline.OVERFLOW] = ..."),
        "tests/hub/test_assignment_round.py::test_the_overflow_group_takes_it",
    ),
    Mechanism(
        "further consultants for an emergency",
        "chatserver.domain.deadlines:_running",
        Without("running[Deadline.EMERGENCY] = ..."),
        "tests/domain/test_emergency.py",
    ),
    Mechanism(
        "growing load within one assignment round",
        "chatserver.hub.assignment_round:AssignmentRound._choose",
        Instead("known.load + 1", "known.load"),
        "tests/hub/test_desk_histories.py",
    ),
    Mechanism(
        "columns that a message changes",
        "chatserver.store.conversations:WORDS",
        Without("Alarms"),
        "tests/hub/test_words.py::test_a_slight_event_changes_only_the_columns_that_are_written",
    ),
    Mechanism(
        "comparison of this node's copy with the row",
        "chatserver.hub.unit_of_work:UnitOfWork.load",
        Without("conversations.mark_of(picture) == mark"),
        "tests/hub/test_words.py::test_a_copy_that_differs_from_the_row_is_not_used",
    ),
    Mechanism(
        "full announcement of what this node did not know",
        "chatserver.hub.announcer:Announcer._announce_change",
        Without("self._open_conversations.get(after.id) is change.before"),
        "tests/hub/test_words.py::test_words_that_another_node_told_of_meanwhile_are_announced_in_full",
    ),
    Mechanism(
        "full commit for a message into an inactive conversation",
        "chatserver.hub.unit_of_work:UnitOfWork._apart",
        Without("before.talk.inactive is change.after.talk.inactive"),
        "tests/hub/test_words.py::test_a_text_into_an_inactive_conversation_takes_a_place_again",
    ),
    Mechanism(
        "clocks that a message starts",
        "chatserver.hub.unit_of_work:UnitOfWork._due_sooner",
        Instead("clock not in before or due < before[clock]", "False"),
        "tests/hub/test_words.py::test_every_deadline_that_texts_start_has_a_row_in_time",
    ),
    Mechanism(
        "earlier time for a row that would fire too late",
        "chatserver.store.deadlines:_sooner",
        Value('Insertion(deadlines, "ON CONFLICT (subject_kind, subject_id, clock) DO NOTHING")'),
        "tests/hub/test_words.py::test_a_row_later_than_the_deadline_that_texts_start_is_moved_forward",
    ),
    Mechanism(
        "deletion of rows whose clock has stopped",
        "chatserver.store.deadlines:settle",
        Without("gone += ..."),
        "tests/hub/test_words.py::test_a_deadline_row_that_no_longer_applies_fires_once_without_effect",
    ),
    Mechanism(
        "leaving of deadlines that belong to another version",
        "chatserver.store.deadlines:due",
        Without("deadlines.c.subject_kind.in_(...)"),
        "tests/hub/test_deadlines.py::test_deadlines_that_this_version_does_not_know_are_left_and_delay_no_others",
    ),
    Mechanism(
        "lists that show a row",
        "chatserver.hub.live_list:LiveList._hide",
        Without("shown_to.pop(...)"),
        "tests/hub/test_words.py::test_texts_reach_exactly_the_lists_that_show_the_row",
    ),
    Mechanism(
        "rows that are gone from a list",
        "chatserver.hub.live_list:LiveList._push",
        Without("gone.append(...)"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "no change of a list before the whole list",
        "chatserver.hub.live_list:LiveList._push",
        Without("copy.version == 0"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "a session that no longer sees a row is sent so",
        "chatserver.hub.live_list:LiveList.changed",
        Without("id in copy.shown"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "check of a row when its piece is sent",
        "chatserver.hub.live_list:LiveList._send_piece",
        Without("self._sees(...)"),
        "tests/hub/test_live_list.py::test_a_row_that_is_hidden_before_its_piece_is_sent_is_not_in_it",
    ),
    Mechanism(
        "a list that is sent again begins anew",
        "chatserver.hub.live_list:LiveList.send",
        Without("self._hide(...)"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "index of the lists that show a row",
        "chatserver.hub.live_list:LiveList._show",
        Without("self._shown_to.setdefault(id, {})[copy.session.id] = copy"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "copies of sessions that left",
        "chatserver.hub.live_list:LiveList.remove",
        Without("self._hide(...)"),
        "tests/hub/test_live_list.py::test_every_client_ends_with_the_rows_that_it_may_see",
    ),
    Mechanism(
        "pause of a busy list",
        "chatserver.hub.live_list:Pushes.soon",
        Instead("max(self._options.list_pause, rest)", "self._options.list_pause"),
        "tests/hub/test_words.py::test_a_busy_list_rests_and_then_sends_the_latest_state",
    ),
    Mechanism(
        "one write for the frames of a moment",
        "chatserver.hub.session:Session.push_text",
        Instead("asyncio.get_running_loop().call_soon(self._flush)", "self._flush()"),
        "tests/hub/test_outlets.py::test_frames_of_one_moment_leave_in_one_write",
    ),
    Mechanism(
        "no write to a client that does not read",
        "chatserver.hub.session:Session._flush",
        Instead("self._outbox and self._welcomed and not self._outlet.full", "self._outbox and self._welcomed"),
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_in_order",
    ),
    Mechanism(
        "sending what waited when there is room",
        "chatserver.hub.session:Session.welcome",
        Without("self._outlet.on_room(self._flush)"),
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_in_order",
    ),
    Mechanism(
        "no wait for room at a closed socket",
        "chatserver.hub.session:Session._empty",
        Without("self._tell_room()"),
        "tests/hub/test_outlets.py::test_nobody_waits_for_room_in_a_session_that_is_gone_or_closed",
    ),
    Mechanism(
        "no room reported after the connection is lost",
        "chatserver.transport.websocket_protocol:WebSocketProtocol.connection_lost",
        Without("on_room()"),
        "tests/runtime/test_line.py::test_a_connection_reports_when_it_is_full_has_room_or_is_gone",
    ),
    Mechanism(
        "order of frames behind one that is being handled",
        "chatserver.web.sockets.socket:Socket._take",
        Without("session.busy"),
        "tests/web/test_at_once.py::test_no_frame_overtakes_one_that_is_still_being_handled",
    ),
    Mechanism(
        "order of frames behind queued ones",
        "chatserver.transport.incoming_frames:IncomingFrames._is_taken",
        Without("not self.queue.empty()"),
        "tests/runtime/test_line.py::test_a_text_that_is_taken_at_once_is_answered_like_any_other",
    ),
    Mechanism(
        "no text frame within a fragmented text",
        "chatserver.transport.incoming_frames:IncomingFrames._is_taken",
        Without("self.conn.current_size is not None"),
        "tests/runtime/test_line.py::test_an_invalid_frame_is_refused_wherever_its_texts_are_handled",
    ),
    Mechanism(
        "limits for frames that are carried out at once",
        "chatserver.web.sockets.socket:Socket._take",
        Instead("session.frames.take(...)", "0"),
        "tests/web/test_at_once.py::test_a_frame_is_counted_whether_it_is_queued_or_handled_at_once",
    ),
    Mechanism(
        "check that a frame is text",
        "chatserver.transport.incoming_frames:IncomingFrames._is_taken",
        Instead("UnicodeDecodeError", "ZeroDivisionError"),
        "tests/runtime/test_line.py::test_an_invalid_frame_is_refused_wherever_its_texts_are_handled",
    ),
    Mechanism(
        "check that a frame is masked",
        "chatserver.transport.incoming_frames:IncomingFrames._frame",
        Without("not second & MASKED"),
        "tests/runtime/test_line.py::test_an_invalid_frame_is_refused_wherever_its_texts_are_handled",
    ),
    Mechanism(
        "reading the ref of every frame",
        "chatserver.wire.decoding:FrameReader.read",
        Instead("hasattr(frame, 'ref') or ...", "True"),
        "tests/wire/test_decoding.py",
    ),
    # The doors.
    Mechanism(
        "time limit of a silent connection",
        "chatserver.transport.http_protocol:HttpProtocol.connection_made",
        Without("self._enter(State.HEAD)"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "time limit of a body",
        "chatserver.transport.http_protocol:HttpProtocol.on_headers_complete",
        Without("self._enter(State.UPLOAD if ... else State.BODY)"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "time limit of an answer",
        "chatserver.transport.http_protocol:HttpProtocol.on_message_complete",
        Instead("State.IDLE if self._state in (State.REST, State.DROPPED) else State.ANSWER", "State.IDLE"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "time limit for the rest of a body that nobody reads",
        "chatserver.transport.http_protocol:HttpProtocol.on_response_complete",
        Instead("AFTER_AN_EARLY_ANSWER.get(self._state, State.IDLE)", "State.IDLE"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "time limit for an answer that the client does not read",
        "chatserver.transport.http_protocol:HttpProtocol.on_response_complete",
        Without("self._enter(State.UNREAD)"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "more time for an answer that the client is reading",
        "chatserver.transport.http_protocol:HttpProtocol._late",
        Instead("self._state is State.IDLE and self.transport.get_write_buffer_size()", "False"),
        "tests/runtime/test_ends.py::test_a_client_who_reads_in_time_keeps_its_connection",
    ),
    Mechanism(
        "time limit after a refusal",
        "chatserver.transport.http_protocol:HttpProtocol._refuse",
        Without("self._enter(State.LEAVING)"),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "time limit of a handshake",
        "chatserver.transport.websocket_protocol:WebSocketProtocol.begins",
        Without("self._deadline = ..."),
        "tests/runtime/test_ends.py::test_no_connection_outlasts_its_state",
    ),
    Mechanism(
        "end of a line on which no request comes any more",
        "chatserver.web.sockets.polled_line:PolledLine.exchange",
        Without("self._linger = ..."),
        "tests/web/test_polled_line.py::test_a_client_that_no_longer_asks_is_gone",
    ),
    Mechanism(
        "frames of a line that were taken already are skipped",
        "chatserver.web.sockets.polled_line:PolledLine._take",
        Instead("asked.texts[self._taken - asked.at :]", "asked.texts"),
        "tests/web/test_polled_line.py::test_frames_that_are_repeated_reach_the_socket_once",
    ),
    Mechanism(
        "time limit after a close",
        "chatserver.transport.websocket_protocol:WebSocketProtocol.run_asgi",
        Without("asyncio.get_running_loop().call_later(...)"),
        "tests/runtime/test_protocol.py::test_a_client_that_never_reads_is_cut_off_after_the_close",
    ),
    Mechanism(
        "end of a half-closed connection",
        "chatserver.transport.websocket_protocol:WebSocketProtocol.eof_received",
        Body("pass"),
        "tests/runtime/test_ends.py::test_no_connection_stays_open_after_a_close",
    ),
    Mechanism(
        "size limit of a head",
        "chatserver.transport.http_protocol:HttpProtocol._is_unwanted.is_too_much",
        Value("False"),
        "tests/runtime/test_protocol.py::test_a_long_head_is_refused_with_or_without_an_end",
    ),
    Mechanism(
        "limit of the number of headers",
        "chatserver.transport.http_protocol:HttpProtocol.on_header",
        Without("if len(self.headers) > HEADERS: ..."),
        "tests/runtime/test_ends.py::test_no_request_has_more_than_a_hundred_headers",
    ),
    Mechanism(
        "refusal of trailers",
        "chatserver.transport.http_protocol:HttpProtocol.on_header",
        Without("if self._state is not State.HEAD: ..."),
        "tests/attack/test_a81_trailers.py::test_a_trailer_is_refused_however_small",
    ),
    Mechanism(
        "answer to the first of several requests only",
        "chatserver.transport.http_protocol:HttpProtocol.on_message_begin",
        Without("if self._is_answering(): ..."),
        "tests/runtime/test_ends.py::test_only_the_first_of_two_requests_at_once_is_answered",
    ),
    Mechanism(
        "no answer before the client has read the last one",
        "chatserver.transport.http_protocol:HttpProtocol._is_owed",
        Body("return False"),
        "tests/runtime/test_ends.py::test_a_client_that_does_not_read_gets_no_second_answer",
    ),
    Mechanism(
        "limit of forms without a script per address",
        "chatserver.web.chat_page:Left._leave",
        Without("if wait: ..."),
        "tests/web/test_chat_page.py::test_one_address_cannot_send_it_without_end",
    ),
    Mechanism(
        "limit of connections per address",
        "chatserver.transport.http_connections:Connections.enter",
        Without("if self._open.get(key, 0) >= self._most and ...: ..."),
        "tests/runtime/test_connections.py::test_an_address_has_a_limit_of_connections_until_one_closes",
    ),
    Mechanism(
        "room for a new connection at a full address",
        "chatserver.transport.http_connections:Connections.enter",
        Without("not _cut_one(...)"),
        "tests/runtime/test_connections.py::test_a_full_address_drops_its_own_longest_waiting_connection",
    ),
    Mechanism(
        "no cut of an answer in progress",
        "chatserver.transport.http_protocol:HttpProtocol._make_room",
        Without("if self.transport.get_write_buffer_size(): ..."),
        "tests/runtime/test_ends.py::test_an_answer_being_read_is_not_cut_off_to_make_room",
    ),
    Mechanism(
        "files reserved for the database",
        "chatserver.transport.http_protocol:HttpProtocol.connection_made",
        Instead("len(self.connections) > self.config.most and ...", "False"),
        "tests/runtime/test_ends.py::test_files_are_left_for_the_database_however_many_connect",
    ),
    Mechanism(
        "one count for an IPv6 /64",
        "chatserver.domain.network:network_of",
        Body("return address"),
        "tests/domain/test_network.py::test_ipv4_is_counted_by_address_and_ipv6_by_household",
    ),
    Mechanism(
        "full parsing of whatever looks like a handshake",
        "chatserver.transport.http_protocol:HttpProtocol.on_headers_complete",
        Without("is_handshake(self.headers)"),
        "tests/attack/test_a08_a85_handshakes.py::test_other_headers_open_no_socket",
    ),
    Mechanism(
        "refusal of a handshake with a body",
        "chatserver.transport.websocket_handshake:plain_key",
        Without("name in BODY"),
        "tests/runtime/test_handshake.py::test_a_handshake_with_a_body_has_no_key",
    ),
    Mechanism(
        "refusal of frames before the answer to a handshake",
        "chatserver.transport.http_protocol:HttpProtocol._read",
        Without("upgrade.args[0] < len(data)"),
        "tests/attack/test_a08_a85_handshakes.py::test_a_client_that_sends_before_the_answer_gets_no_socket",
    ),
    Mechanism(
        "turns for the frames of one read",
        "chatserver.transport.incoming_frames:IncomingFrames._go_through",
        Without("if frames: ..."),
        "tests/runtime/test_turns.py::test_a_single_text_is_handled_before_simultaneous_floods",
    ),
    Mechanism(
        "one time budget of a turn for all connections",
        "chatserver.transport.turns:Turns.until",
        Instead("self._until is None", "True"),
        "tests/runtime/test_turns.py::test_a_turns_time_is_shared_by_all_and_ends_with_it",
    ),
    Mechanism(
        "limit of frames in one read",
        "chatserver.transport.incoming_frames:IncomingFrames._is_flood",
        Body("return False"),
        "tests/runtime/test_turns.py::test_a_read_of_implausibly_many_frames_ends_its_connection",
    ),
    Mechanism(
        "limit of frames that wait for the application",
        "chatserver.transport.incoming_frames:IncomingFrames._go_through",
        Without("self.queue.is_full and not self.close_sent"),
        "tests/runtime/test_turns.py::test_the_queue_for_a_slow_application_is_bounded",
    ),
    Mechanism(
        "no parsing after our own close",
        "chatserver.transport.incoming_frames:IncomingFrames._see_to",
        Instead("not self.close_sent", "True"),
        "tests/runtime/test_line.py::test_nothing_after_our_own_close_is_parsed",
    ),
    Mechanism(
        "no command of a closed session",
        "chatserver.web.sockets.socket:Socket._take",
        Without("session.closed_with is not None"),
        "tests/web/test_at_once.py::test_bad_frames_and_a_goodbye_are_handled_beside_frames_taken_at_once",
    ),
    Mechanism(
        "end after the answer to a close",
        "chatserver.transport.incoming_frames:IncomingFrames._see_to",
        Without("self.transport.close()"),
        "tests/attack/test_a99_order.py::test_the_answer_to_a_close_ends_the_connection_at_once",
    ),
    Mechanism(
        "size limit after a close",
        "chatserver.transport.incoming_frames:IncomingFrames.data_received",
        Without("self._behind_goodbye > self.bounds[State.GOODBYE].bytes"),
        "tests/runtime/test_ends.py::test_a_flood_after_a_close_is_cut_off_early",
    ),
    Mechanism(
        "one frame before the welcome",
        "chatserver.transport.incoming_frames:IncomingFrames.send_receive_event_to_app",
        Instead("self._has_spoken and self._taker is None and self._on_room is None", "False"),
        "tests/attack/test_a99_order.py::test_a_second_frame_before_the_welcome_closes_the_socket",
    ),
    Mechanism(
        "a late hello may come back",
        "chatserver.web.sockets.socket:Socket._hello",
        Instead("CloseCode.LATE_HELLO", "CloseCode.NO_HELLO"),
        "tests/web/test_socket.py::test_a_client_whose_hello_was_late_may_reconnect",
    ),
    Mechanism(
        "pongs behind a frame that waits",
        "chatserver.hub.session:Session._expect_pong",
        Without("self.busy"),
        "tests/web/test_socket.py::test_nobody_is_disconnected_for_a_pong_behind_a_frame_that_waits",
    ),
    Mechanism(
        "one connection for each page",
        "chatserver.hub.sessions:Sessions._close_own_dead",
        Body("return"),
        "tests/hub/test_resume.py::test_a_page_that_comes_back_takes_the_place_of_its_own_dead_socket",
    ),
    Mechanism(
        "buckets for every frame",
        "chatserver.hub.allowances:spend",
        Instead("bucket.take(...)", "0"),
        "tests/hub/test_limits.py::test_limits_hold_across_tabs_and_reconnects",
    ),
    Mechanism(
        "buckets of an address",
        "chatserver.hub.allowances:_bucket.holder",
        Value("own"),
        "tests/hub/test_limits.py::test_the_limit_of_an_address_holds_for_any_number_of_tokens",
    ),
    Mechanism(
        "no cost for what the address's limit refuses",
        "chatserver.hub.allowances:spend",
        Without("Spent(lasting=lasting).give_back()"),
        "tests/hub/test_limits.py::test_what_is_refused_for_the_address_takes_nothing_of_the_visitors_own",
    ),
    Mechanism(
        "refund for what failed",
        "chatserver.hub.allowances:Spent.give_back",
        Body("pass"),
        "tests/hub/test_limits.py::test_a_first_message_that_was_not_taken_uses_up_nothing",
    ),
    Mechanism(
        "no cost for repeats",
        "chatserver.hub.allowances:spend",
        Without("if bucket.lasts and deed in own.paid: ..."),
        "tests/hub/test_limits.py::test_the_same_rating_sent_again_uses_nothing_up",
    ),
    Mechanism(
        "emergencies pass the limits",
        "chatserver.hub.allowances:spend",
        Instead("at > 0 and is_urgent()", "False"),
        "tests/hub/test_limits.py::test_an_emergency_is_accepted_whatever_limits_are_reached",
    ),
    Mechanism(
        "counts of addresses in use are kept",
        "chatserver.hub.allowances:Addresses.of",
        Without("self._held.move_to_end(key)"),
        "tests/hub/test_limits.py::test_an_address_that_is_used_is_not_forgotten_for_new_ones",
    ),
    Mechanism(
        "an address's share of a queue",
        "chatserver.domain.queue:is_beyond_share",
        Body("return False"),
        "tests/hub/test_limits.py::test_an_address_leaves_the_last_places_of_a_queue_to_others",
    ),
    Mechanism(
        "waiting hellos count in an address's share",
        "chatserver.actions.queue:open_conversation",
        Without("crowd.asks(...)"),
        "tests/hub/test_limits.py::test_many_at_once_from_one_address_get_no_more_than_one_after_the_other",
    ),
    Mechanism(
        "emergencies with priority per address",
        "chatserver.hub.crowd:Crowd.is_beyond",
        Body("return False"),
        "tests/hub/test_many_emergencies.py::test_all_are_told_of_120_and_taken_and_three_have_priority",
    ),
    Mechanism(
        "messages between many 留言",
        "chatserver.hub.turn:AT_ONCE",
        Value("1_000"),
        "tests/hub/test_limits.py::test_a_message_does_not_wait_behind_many_offline_messages",
    ),
    Mechanism(
        "limits of waiting for a 留言",
        "chatserver.hub.turn:Turn.taken",
        Instead("asyncio.timeout(PATIENCE)", "asyncio.timeout(None)"),
        "tests/hub/test_limits.py::test_while_the_store_stalls_offline_messages_are_refused_and_emergencies_pass",
    ),
    Mechanism(
        "lock of a call-back while an alert of abuse is open",
        "chatserver.actions.callbacks.live:_lock",
        Body("return None"),
        "tests/hub/test_callbacks.py::test_while_an_alert_of_abuse_is_open_nobody_can_call",
    ),
    Mechanism(
        "one call-back for a command that is sent twice",
        "chatserver.actions.callbacks.live:Callbacks.request.work",
        Instead("before is not None", "False"),
        "tests/hub/test_callbacks.py::test_a_double_click_and_a_resend_are_one_call_back",
    ),
    Mechanism(
        "alarm of a broken promise",
        "chatserver.domain.callbacks:became_overdue",
        Body("return callback"),
        "tests/hub/test_callbacks.py::test_a_broken_promise_calls_the_owner_and_the_supervisor",
    ),
    Mechanism(
        "a promised call is within opening hours",
        "chatserver.domain.callbacks:_first",
        Body("return Span(earliest, earliest + within_ms)"),
        "tests/domain/test_callbacks.py::test_a_promise_is_never_past_and_always_within_opening_hours",
    ),
    Mechanism(
        "an emergency is not taken from whom it rings for when a department is chosen",
        "chatserver.domain.transitions.departments:choose_department",
        Instead("conversation.is_critical", "False"),
        "tests/domain/test_chosen_departments.py::test_an_emergency_is_taken_from_nobody",
    ),
    Mechanism(
        "no request for a rating from somebody who harassed the consultant",
        "chatserver.domain.changes.ending:_unrated",
        Body("return before"),
        "tests/hub/test_rating.py::test_nothing_is_asked_of_somebody_who_harassed_the_consultant",
    ),
    Mechanism(
        "no rating by somebody who complained",
        "chatserver.domain.rating:why_not_rated",
        Instead("conversation.ending.unrated", "None"),
        "tests/hub/test_rating.py::test_nothing_is_asked_after_a_complaint_or_an_emergency_as_an_offline_message",
    ),
    Mechanism(
        "no rating by somebody who left an emergency",
        "chatserver.actions.offline_messages.live:_note",
        Without("if is_emergency(message): ..."),
        "tests/hub/test_rating.py::test_nothing_is_asked_after_a_complaint_or_an_emergency_as_an_offline_message",
    ),
    Mechanism(
        "a complaint counts in all conversations that could be rated",
        "chatserver.actions.offline_messages.live:_rateable",
        Instead("{*recent, *([] if latest is None else [latest.id])}", "{*([] if latest is None else [latest.id])}"),
        "tests/hub/test_rating.py::test_nothing_is_asked_after_a_complaint_or_an_emergency_as_an_offline_message",
    ),
    Mechanism(
        "harassment counts after a reopening, until it is corrected",
        "chatserver.domain.changes.ending:outcome_set",
        Instead("event.previous == HARASSMENT and ending.unrated == HARASSMENT", "True"),
        "tests/domain/test_rating.py::test_an_outcome_of_harassment_counts_until_it_is_corrected_itself",
    ),
    Mechanism(
        "commands that an earlier version stored are recognised",
        "chatserver.hub.digests:is_repeat",
        Body("return stored == digest"),
        "tests/hub/test_repeats.py::test_a_row_of_an_earlier_version_is_known_by_its_ref_alone",
    ),
    Mechanism(
        "first answers of commands that are refused by now",
        "chatserver.hub.staff_desk:StaffDesk._done_before",
        Body("return None"),
        "tests/hub/test_repeats.py::test_a_role_that_was_lost_does_not_take_back_what_was_accepted",
    ),
    Mechanism(
        "a message prolongs its visitor's token",
        "chatserver.hub.batch:decide_all",
        Without("if asked.lives_until is not None: ..."),
        "tests/hub/test_sessions.py::test_an_accepted_message_has_given_its_token_at_least_half_of_its_life",
    ),
    Mechanism(
        "reading of what is missing before the tab that ended it is unsubscribed",
        "chatserver.hub.delivery:Delivery.finish",
        Instead("reader.begun and not reader.cursor.behind", "True"),
        "tests/hub/test_nodes.py::test_the_tab_that_ends_it_is_first_sent_what_no_doorbell_announced",
    ),
    Mechanism(
        "notice to those who lose the right to read",
        "chatserver.hub.followers:Followers._mute_strangers",
        Without("if reader.begun: ..."),
        "tests/hub/test_unfollowed.py::test_an_owner_who_releases_it_is_told_so",
    ),
    Mechanism(
        "notice of what cannot be resumed",
        "chatserver.hub.staff_desk:StaffDesk.enter",
        Without("session.push(Unfollowed(id, 'not_found'))"),
        "tests/hub/test_unfollowed.py::test_what_is_resumed_and_may_not_be_read_is_named",
    ),
    Mechanism(
        "time after a clock is set back",
        "chatserver.hub.clock:MachineClock.__call__",
        Body("return self._wall() // NS_IN_MS"),
        "tests/hub/test_clock.py::test_time_never_goes_back_nor_slower_than_nine_tenths",
    ),
    Mechanism(
        "a stall does not count as a lost database",
        "chatserver.hub.health:Health._leave_out_a_stall",
        Body("pass"),
        "tests/hub/test_health.py::test_a_process_that_stood_still_gives_nothing_away_at_the_first_answer_it_misses",
    ),
    Mechanism(
        "mask of a phone number",
        "chatserver.domain.masking:masked_phone",
        Body("return phone"),
        "tests/domain/test_offline_messages.py::test_the_phone_is_masked_wherever_it_stands_and_revealed_to_who_calls_alone",
    ),
    Mechanism(
        "record of a revealed number",
        "chatserver.hub.reveals:reveal.work",
        Without("unit.audit(...)"),
        "tests/hub/test_reveals.py::test_a_number_is_shown_to_its_owner_and_recorded",
    ),
    Mechanism(
        "limit of revealed numbers in an hour",
        "chatserver.hub.reveals:reveal.work",
        Without("_check(...)"),
        "tests/hub/test_reveals.py::test_beyond_the_hourly_limit_it_is_said_when_the_next_may_be_shown",
    ),
    Mechanism(
        "one record for repeated reveals",
        "chatserver.hub.reveals:reveal.work",
        Instead("done.last is None or ...", "True"),
        "tests/hub/test_reveals.py::test_the_same_one_again_within_a_minute_is_answered_and_written_down_once",
    ),
    Mechanism(
        "signature of a row of the audit log",
        "chatserver.store.audit_chain:_first_break",
        Instead("each.mac is None or not hmac.compare_digest(right(key, previous, each), each.mac)", "False"),
        "tests/store/test_audit.py::test_whatever_is_changed_is_found_at_the_first_broken_number",
    ),
    Mechanism(
        "refusal to change the audit log",
        "chatserver.store.audit_triggers:AUDIT_TRIGGERS",
        Value('{"sqlite": (), "postgresql": ()}'),
        "tests/store/test_audit.py::test_the_database_refuses_to_change_or_delete_a_row",
    ),
    Mechanism(
        "lock of the audit log's head",
        "chatserver.store.audit:_locked_head",
        Instead(
            "select(audit_head.c.number, audit_head.c.mac).with_for_update()",
            "select(audit_head.c.number, audit_head.c.mac)",
        ),
        "tests/store/test_audit.py::test_two_who_write_at_once_continue_one_chain",
    ),
    Mechanism(
        "audit log's head as the last lock",
        "chatserver.web.gate.sign_ins:_begin",
        Later("token = accounts.start_session(...)", behind="sign_in_audit.signed_in(...)"),
        "tests/web/test_audit_order.py::test_an_account_is_changed_while_somebody_signs_in_to_it_without_a_deadlock",
    ),
    Mechanism(
        "audit log that is never signed again unasked",
        "chatserver.store.audit_chain:condition",
        Instead('"unsigned" if is_unsigned(conn) else "fits"', '"fits"'),
        "tests/runtime/test_audit_log.py::test_a_log_whose_signature_was_removed_is_signed_again_by_no_command_but_one",
    ),
    Mechanism(
        "one key of the audit log for all nodes",
        "chatserver.app:_begin_audit_log",
        Without("await asyncio.to_thread(...)"),
        "tests/runtime/test_audit_log.py::test_two_nodes_that_begin_at_once_with_two_keys_do_not_both_serve",
    ),
    Mechanism(
        "private key of the audit log",
        "chatserver.store.audit_key:_read",
        Instead("file.stat().st_mode & FOREIGN", "False"),
        "tests/store/test_audit_key.py::test_a_key_that_others_may_read_or_change_is_refused",
    ),
    Mechanism(
        "record of a transcript before it is read",
        "chatserver.web.transcripts:show_one",
        Instead("not await _browse(request, context, lambda conn: _is_noted(...))", "False"),
        "tests/web/test_audit_rows.py::test_the_log_of_transcripts_is_a_row_before_the_reading",
    ),
    Mechanism(
        "one record a minute for failed sign-ins",
        "chatserver.store.sign_in_audit:failed",
        Instead("last is not None and last > tx.now - MINUTE", "False"),
        "tests/web/test_audit_rows.py::test_failures_within_a_minute_are_one_row_and_the_next_one_counts_them",
    ),
    Mechanism(
        "version that a change of a setting continues",
        "chatserver.store.versioned_settings:put",
        Without("if held.number != after: ..."),
        "tests/store/test_versioned_settings.py::test_what_does_not_continue_the_newest_version_is_refused_with_it",
    ),
    Mechanism(
        "the row decides which node makes a version of a setting",
        "chatserver.store.versioned_settings:put",
        Instead("tx.conn.execute(...).one_or_none() is None", "tx.conn.execute(row.on_conflict_do_nothing()) is None"),
        "tests/store/test_versioned_settings.py::test_of_two_nodes_that_write_the_same_version_one_is_told_of_the_other",
    ),
    Mechanism(
        "doorbell of a changed setting",
        "chatserver.hub.versioned_settings:VersionedSettings.change",
        Without("self._bus.ring(...)"),
        "tests/hub/test_versioned_settings.py::test_a_change_holds_at_once_at_the_node_that_made_it_and_soon_at_the_other",
    ),
    Mechanism(
        "regular look at the settings",
        "chatserver.hub.parts:build.looks",
        Value("(shifts.look, opening_hours.look, changed_records.look, alarms.look_again)"),
        "tests/hub/test_versioned_settings.py::test_a_change_whose_doorbell_is_lost_is_found_by_the_regular_look",
    ),
    Mechanism(
        "waiting time for strangers at the sign-in",
        "chatserver.store.sign_ins:verdict",
        Without("waits.append(...)"),
        "tests/store/test_sign_ins.py::test_strangers_lock_no_account_and_wait_for_one_second_doubling_to_sixty",
    ),
    Mechanism(
        "strangers lock no account for known places",
        "chatserver.store.sign_ins:verdict.known",
        Value("False"),
        "tests/store/test_sign_ins.py::test_known_devices_and_networks_do_not_wait_while_strangers_guess",
    ),
    Mechanism(
        "failures of one network under any login",
        "chatserver.store.sign_ins:verdict.waits",
        Value("[0]"),
        "tests/store/test_sign_ins.py::test_a_network_that_tries_every_login_waits_for_all_of_them",
    ),
    Mechanism(
        "deletion of old failures",
        "chatserver.store.sign_ins:forget_old",
        Body("pass"),
        "tests/store/test_sign_ins.py::test_old_failures_are_forgotten_without_another_try",
    ),
    Mechanism(
        "separate worker for known places at the sign-in",
        "chatserver.web.gate.sign_ins:_sign_in",
        Instead("found.known", "False"),
        "tests/web/test_sign_ins.py::test_strangers_who_fill_their_lane_leave_the_lane_of_known_places_free",
    ),
    Mechanism(
        "separate tries of a known device",
        "chatserver.web.gate.sign_ins:SignIns._spend",
        Instead("device is not None", "False"),
        "tests/web/test_sign_ins.py::test_a_network_that_hammers_is_told_when_to_come_back_and_a_known_device_there_is_not",
    ),
    Mechanism(
        "signature of a known device",
        "chatserver.web.gate.devices:Devices.read",
        Without("if not hmac.compare_digest(signature, ...): ..."),
        "tests/web/test_sign_ins.py::test_a_device_cookie_that_was_not_signed_here_is_unknown",
    ),
    Mechanism(
        "list of common passwords",
        "chatserver.web.gate.common_passwords:is_common",
        Body("return False"),
        "tests/web/test_sign_ins.py::test_a_password_that_attackers_try_first_is_refused",
    ),
    Mechanism(
        "check of the peer's address over plain HTTP",
        "chatserver.web.gate.sign_ins:_safe_here",
        Without("comes_from_here(...)"),
        "tests/web/test_sign_ins.py::test_over_plain_http_a_peer_that_only_claims_to_be_local_cannot_sign_in",
    ),
    Mechanism(
        "clearing of the browser at a sign-out",
        "chatserver.web.gate.sign_ins:sign_out",
        Without("response.headers.update(...)"),
        "tests/web/test_sign_ins.py::test_signing_out_ends_the_session_for_every_copy_of_the_cookie",
    ),
    Mechanism(
        "permission to end a lock",
        "chatserver.web.gate.sign_in_locks:_may_end",
        Body("return True"),
        "tests/web/test_sign_in_locks.py::test_a_supervisor_sees_and_ends_no_lock_of_other_groups_or_of_an_administrator",
    ),
    Mechanism(
        "separate readers for the page of locks",
        "chatserver.web.gate.sign_in_locks:show.reading",
        Value("context.database.read(lambda conn: sign_ins.locks(conn, groups, context.now(), policy))"),
        "tests/web/test_sign_in_locks.py::test_the_page_does_not_read_in_the_sockets_threads",
    ),
    Mechanism(
        "separate count of sockets for signed-in staff",
        "chatserver.web.gate.guards:SocketGuards._count_of",
        Instead("session is not None", "False"),
        "tests/attack/test_a87_staff_door.py::test_a_hammering_machine_does_not_shut_out_a_signed_in_consultant",
    ),
    Mechanism(
        "limit of look-ups for false cookies",
        "chatserver.web.gate.staff_upgrades:StaffUpgrades.session_of",
        Without("if self._looks.take(...): ..."),
        "tests/web/test_guards.py::test_lookups_of_false_cookies_are_limited_and_known_devices_and_sessions_get_past",
    ),
    Mechanism(
        "refused handshakes are counted",
        "chatserver.web.gate.guards:SocketGuards._turned_away",
        Without("limits.too_fast(key)"),
        "tests/web/test_guards.py::test_handshakes_that_are_refused_are_counted_too",
    ),
    Mechanism(
        "room for new sockets at a full address",
        "chatserver.web.gate.connection_limits:ConnectionLimits.refused",
        Without("not self._make_room(key)"),
        "tests/web/test_guards.py::test_at_a_full_address_silent_sockets_make_room_then_idle_ones_but_never_talking_ones",
    ),
    Mechanism(
        "only listed proxies name an address",
        "chatserver.transport.forwarded:Forwarded.__init__",
        Instead("ProxyHeadersMiddleware(app, list(proxies)) if proxies else app", "ProxyHeadersMiddleware(app, '*')"),
        "tests/attack/test_a100_forwarded.py::test_a_forged_address_changes_no_count_and_is_logged_once",
    ),
    Mechanism(
        "separate readers for pages",
        "chatserver.store.database:Database.browse",
        Body("return await self.read(fn)"),
        "tests/store/test_browsing.py::test_other_readers_do_not_wait_for_pages",
    ),
    Mechanism(
        "time limit of a page",
        "chatserver.store.browsing:Browsing.read",
        Without("raise TooSlow from None"),
        "tests/store/test_browsing.py::test_a_page_that_takes_too_long_ends",
    ),
    Mechanism(
        "end of a page whose client has left",
        "chatserver.web.gate.disconnects:until_disconnect",
        Body("return await work"),
        "tests/web/test_disconnects.py::test_a_page_whose_client_leaves_is_not_read_to_its_end",
    ),
    Mechanism(
        "participants are recorded",
        "chatserver.store.participants:newcomers",
        Body("return iter(())"),
        "tests/store/test_participants.py::test_participants_are_stored_in_the_same_transaction",
    ),
    Mechanism(
        "limit of log lines of one kind",
        "chatserver.log_lines:BoundedHandler._has_room",
        Body("return True"),
        "tests/runtime/test_log_lines.py::test_an_event_has_a_limit_of_lines_a_minute_then_one_with_a_count",
    ),
    Mechanism(
        "limit of kinds of log lines",
        "chatserver.log_lines:BoundedHandler._has_room",
        Without("if kind not in self._counts and ...: ..."),
        "tests/runtime/test_log_lines.py::test_more_events_than_expected_are_counted_as_one",
    ),
    Mechanism(
        "no trace of strangers in the log",
        "chatserver.log_lines:as_told",
        Body("return record"),
        "tests/runtime/test_log_lines.py::test_uvicorns_errors_about_strangers_have_no_traceback",
    ),
    Mechanism(
        "visible form of hidden characters",
        "chatserver.domain.hiding:visible",
        Body("return text"),
        "tests/domain/test_names.py::test_what_hides_is_spelled_out",
    ),
    Mechanism(
        "protection of the hospital's name",
        "chatserver.domain.names:visitors_name",
        Body("return visible(name)"),
        "tests/domain/test_names.py::test_a_name_that_speaks_for_the_hospital_becomes_a_number",
    ),
    Mechanism(
        "syntax of an origin's labels",
        "chatserver.domain.origin:LABEL",
        Value('re.compile(".*")'),
        "tests/domain/test_origin.py::test_what_is_none_is_refused",
    ),
    Mechanism(
        "no limit for the connections of a listed proxy",
        "chatserver.transport.http_connections:Connections.enter",
        Without("if address in self._proxies: ..."),
        "tests/runtime/test_connections.py::test_the_connections_of_a_listed_proxy_are_not_counted",
    ),
    Mechanism(
        "higher limits for listed networks",
        "chatserver.hub.allowances:SHARED",
        Value("1"),
        "tests/hub/test_limits.py::test_a_listed_network_may_do_ten_times_as_much",
    ),
    Mechanism(
        "only origins enter the policy of a frame",
        "chatserver.web.gate.headers:frame",
        Instead("filter(is_origin, embedders)", "embedders"),
        "tests/attack/test_a94_origins.py::test_an_invalid_origin_never_reaches_the_policy",
    ),
    Mechanism(
        "files readable by their user alone",
        "chatserver.cli.group:PRIVATE",
        Value("0o022"),
        "tests/runtime/test_commands.py::test_files_are_private_to_this_user",
    ),
    Mechanism(
        "flush of a file before it gets its name",
        "chatserver.store.file_folder:FileFolder.keep",
        Without("sync(part)"),
        "tests/store/test_file_folder.py::test_a_file_has_its_name_only_when_it_is_whole_and_flushed",
    ),
    Mechanism(
        "day that a file without an entry is kept",
        "chatserver.store.file_folder:FileFolder.sweep",
        Instead("at <= now - KEPT_MS", "True"),
        "tests/store/test_file_folder.py",
    ),
    Mechanism(
        "proof that a folder holds the database's files",
        "chatserver.file_access:prove_files",
        Instead("found != 'proven'", "False"),
        "tests/runtime/test_file_access.py::test_the_folder_of_another_database_is_refused",
    ),
    Mechanism(
        "images encoded anew",
        "chatserver.web.files.endpoints:_checked",
        Instead("not received.type.is_image", "True"),
        "tests/attack/test_a67_a73_files.py::test_nothing_behind_or_beside_the_picture_is_kept",
    ),
    Mechanism(
        "limit of pixels before an image is decoded",
        "chatserver.imaging:main",
        Instead("image.width * image.height > pixels", "False"),
        "tests/web/test_files.py::test_what_the_process_answers",
    ),
    Mechanism(
        "files of a visitor for that visitor alone",
        "chatserver.actions.files:visitors_file",
        Instead("conversation.visitor != visitor", "False"),
        "tests/attack/test_a67_a73_files.py::test_nobody_else_reads_a_file_by_any_url",
    ),
    Mechanism(
        "refusal of files while the scanner is away",
        "chatserver.web.files.scanner:Scanner.check",
        Instead("not answer.endswith('OK')", "False"),
        "tests/web/test_files.py::test_what_the_scanners_answers_mean",
    ),
    Mechanism(
        "messages and notes pass the codec of stored text",
        "chatserver.store.entries:_written",
        Instead("seal(words, entry.conversation, entry.id)", "words"),
        "tests/hub/test_sealed_text.py::test_no_word_of_a_whole_day_is_in_the_database_and_everybody_reads_it_again",
    ),
    Mechanism(
        "the last line of a conversation passes it",
        "chatserver.store.conversations:_words_of",
        Instead('seal(talk.last_line, conversation.id, "last_line")', "talk.last_line"),
        "tests/hub/test_sealed_text.py::test_no_word_of_a_whole_day_is_in_the_database_and_everybody_reads_it_again",
    ),
    Mechanism(
        "header of a plain text that begins like a sealed one",
        "chatserver.store.sealed_text:seal",
        Body("return text"),
        "tests/store/test_sealed_text.py::test_what_is_sealed_comes_back",
    ),
    Mechanism(
        "that header before drafts of earlier versions",
        "chatserver.store.migrations.versions.0008_records:_escape_drafts",
        Body("return"),
        "tests/store/test_sealed_text.py"
        "::test_a_draft_of_an_earlier_version_that_begins_like_a_sealed_text_is_read_as_it_is",
    ),
    Mechanism(
        "SQL cannot look into sealed text",
        "chatserver.store.sealed_text:SealedText.Comparator.operate",
        Body("return super().operate(op, *other, **kwargs)"),
        "tests/store/test_sealed_text.py::test_a_statement_that_looks_into_sealed_text_cannot_be_made",
    ),
    Mechanism(
        "no question for a guardian while an alert of abuse is open",
        "chatserver.domain.alarms:is_about_abuse",
        Body("return False"),
        "tests/domain/test_consent.py::test_no_guardian_is_asked_for_while_an_alert_of_abuse_is_open",
    ),
    Mechanism(
        "evidence of consent in the transaction of the message",
        "chatserver.store.consents:add",
        Body("return"),
        "tests/hub/test_consent.py::test_the_first_message_brings_the_evidence_and_a_repeat_brings_none",
    ),
    Mechanism(
        "evidence of consent with a 留言",
        "chatserver.actions.offline_messages.live:OfflineMessages.leave",
        Without("consents.add_left(unit.tx, owned, said)"),
        "tests/hub/test_consent.py::test_a_message_left_brings_its_evidence_once",
    ),
    Mechanism(
        "an emergency 留言 goes to nobody who is absent",
        "chatserver.domain.offline_messages:choose_owner",
        Instead("serving if must_serve else None", "None"),
        "tests/domain/test_nobody_absent.py",
    ),
    Mechanism(
        "limit of decisions in one conversation",
        "chatserver.domain.consent:is_enough",
        Body("return False"),
        "tests/domain/test_consent.py::test_the_decisions_of_one_conversation_come_to_an_end_but_withdrawing_never_does",
    ),
    Mechanism(
        "ids of clicks are dropped",
        "chatserver.domain.sources:is_click_id",
        Body("return False"),
        "tests/domain/test_sources.py::test_the_id_of_a_click_is_dropped_even_if_a_rule_lists_it",
    ),
    Mechanism(
        "malformed visits are dropped",
        "chatserver.wire.decoding:_is_well_formed",
        Body("return True"),
        "tests/wire/test_visits.py::test_a_malformed_visit_is_ignored_and_the_message_goes_on",
    ),
    Mechanism(
        "savepoint around the row of a visit",
        "chatserver.store.visits:add_safely",
        Body("add(tx, conversation, visit)"),
        "tests/hub/test_visits.py::test_a_row_that_cannot_be_written_is_left_out",
    ),
    Mechanism(
        "counters only from the site's own pages",
        "chatserver.web.site_counts:_is_from_the_site",
        Body("return True"),
        "tests/web/test_site_counts.py::test_only_pages_of_the_site_count",
    ),
    Mechanism(
        "limits of pages that strangers invent",
        "chatserver.store.site_counts:_within_limits",
        Body("return dict(counts)"),
        "tests/web/test_site_counts.py::test_strangers_cannot_invent_pages_without_end",
    ),
    Mechanism(
        "who may see a visit",
        "chatserver.actions.visits:shown",
        Instead("conversation is None or not may_read(conversation, staff, services.now())", "conversation is None"),
        "tests/hub/test_visits.py::test_who_may_not_read_the_conversation_may_not_see_the_visit",
    ),
    Mechanism(
        "identity tokens count once",
        "chatserver.store.identity_tokens:use",
        Body("return True"),
        "tests/hub/test_identity.py::test_a_token_counts_once_for_anybody_also_after_a_restart",
    ),
    Mechanism(
        "fixed algorithm of identity tokens",
        "chatserver.domain.identity:_signed",
        Instead("[ALGORITHM]", "['HS256', 'HS512']"),
        "tests/domain/test_identity.py::test_a_hostile_token_is_refused",
    ),
    Mechanism(
        "site of an identity token",
        "chatserver.domain.identity:CHECKED",
        Value("{'require': ['aud', 'exp', 'iat', 'jti'], 'verify_aud': False, 'verify_exp': False}"),
        "tests/domain/test_identity.py::test_a_hostile_token_is_refused",
    ),
    Mechanism(
        "how far ahead an identity token ends",
        "chatserver.domain.identity:_times",
        Instead("ends > now + MOST_AHEAD_MS + LEEWAY_MS", "False"),
        "tests/domain/test_identity.py::test_a_hostile_token_is_refused",
    ),
    Mechanism(
        "end of an identity token",
        "chatserver.domain.identity:_times",
        Instead("ends + LEEWAY_MS <= now", "False"),
        "tests/domain/test_identity.py::test_a_hostile_token_is_refused",
    ),
    Mechanism(
        "doubt when another person is named",
        "chatserver.domain.transitions.identity:identify",
        Instead("known.number not in (None, command.number)", "False"),
        "tests/hub/test_identity.py::test_the_same_person_again_changes_nothing_and_another_ends_the_trust",
    ),
    Mechanism(
        "who may see a patient number",
        "chatserver.hub.conversation_list:ConversationList._identity",
        Instead("may_read(conversation, staff, self._now())", "True"),
        "tests/hub/test_identity.py::test_a_colleague_who_may_not_read_it_sees_no_number",
    ),
)


def main(wanted: list[str]) -> int:
    """Returns 0 if every test failed without its mechanism."""
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
        try:
            run = subprocess.run(command, cwd=tree, env=_environment(), capture_output=True, text=True, timeout=WITHIN)
        except subprocess.TimeoutExpired:
            print(f"{mechanism.name}: no end within {WITHIN:.0f} s", flush=True)
            return False
    assert run.returncode in (0, FAILED), f"{mechanism.name}: {run.stdout[-2_000:]}{run.stderr[-2_000:]}"
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    # A test that could not even be set up has not failed; the last line of the output shows which it was.
    told = failed[0] if failed else f"nothing failed, {run.stdout.splitlines()[-1]}"
    print(f"{mechanism.name}: {told}", flush=True)
    return run.returncode == FAILED and bool(failed)


def _environment() -> dict[str, str]:
    """The environment in which Python imports the copy."""
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
