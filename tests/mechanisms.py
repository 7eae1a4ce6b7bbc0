"""Switches off one mechanism after the other and sees a test go red: `python -m tests.mechanisms [PART OF A NAME …]`.

Each is a patch of one place in a copy of the tree, never a switch in the product. A mechanism without a test that
fails when it is gone is a promise without a guard. docs/reliability.md lists what is here; a test compares them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("chatserver", "tests", "bench", "docs", "scripts", "requirements", "pyproject.toml")
LINKED = (".venv", "build", "node_modules", "dashboard", "widget")
WITHIN = 300.0
FAILED = 1
"""What pytest exits with when tests failed; anything else is no answer."""


@dataclass(frozen=True)
class Mechanism:
    """`found` stands once in `file` and is replaced by `put`; then `test` must fail."""

    name: str
    file: str
    found: str
    put: str
    test: str


MECHANISMS = (
    Mechanism(
        "row lock",
        "chatserver/store/locks.py",
        "return query.order_by(table.c.id).with_for_update(key_share=True)",
        "return query.order_by(table.c.id)",
        "tests/store/test_postgres.py::test_who_is_loaded_by_one_node_is_loaded_by_the_other_after_it",
    ),
    Mechanism(
        "visitor lock: one open conversation each",
        "chatserver/store/locks.py",
        "    conn.execute(locked(select(visitors.c.id).where(visitors.c.id.in_(sorted(set(ids)))), visitors))",
        "    return",
        "tests/hub/test_nodes.py::test_tabs_that_open_at_both_nodes_in_the_same_moment_open_one_conversation",
    ),
    Mechanism(
        "key de-duplication",
        "chatserver/hub/ledger.py",
        "return self._known.get(key)",
        "return None",
        "tests/hub/test_nodes.py::test_the_same_ref_at_both_nodes_is_one_entry",
    ),
    Mechanism(
        "gap check",
        "chatserver/domain/cursor.py",
        "if seq > self.sent + 1:",
        "if seq > self.sent + 1_000_000:",
        "tests/domain/test_cursor.py",
    ),
    Mechanism(
        "head check",
        "chatserver/hub/heads.py",
        '            self._look_at_everything("head_check")\n',
        "",
        "tests/hub/test_nodes.py::test_what_no_bell_told_is_found_by_looking",
    ),
    Mechanism(
        "look after a new subscription",
        "chatserver/bus/redis.py",
        "            self._the_ear.missed()\n            self._hurry.set()\n        self._subscribed.set()",
        "            self._hurry.set()\n        self._subscribed.set()",
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "a quiet subscription is asked for a sign of life",
        "chatserver/bus/hearing.py",
        "await subscription.ping()",
        "pass",
        "tests/bus/test_redis.py::test_a_subscription_that_has_gone_silent_is_made_again",
    ),
    Mechanism(
        "end of a lease",
        "chatserver/bus/redis.py",
        "gone = [name for name, lease in leases.items() if lease is None] if sure else []",
        "gone: list[str] = []",
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "absences are believed after a lease",
        "chatserver/bus/standing.py",
        "return self.up and (self._believes or asked_at >= self._believe_at)",
        "return self.up",
        "tests/bus/test_redis.py",
    ),
    Mechanism(
        "drain",
        "chatserver/hub/hub.py",
        "            await spread(sessions, seconds)",
        "            pass",
        "tests/whole/test_drain.py::test_a_crowd_is_sent_away_little_by_little_and_loses_nothing",
    ),
    Mechanism(
        "a fault in a read for many is his alone whose it is",
        "chatserver/hub/gathering.py",
        "            if len(batch) > 1:\n                # Somebody",
        "            if False:\n                # Somebody",
        "tests/hub/test_gathering.py::test_a_fault_is_his_alone_whose_it_is",
    ),
    Mechanism(
        "a hello subscribes before it reads",
        "chatserver/hub/resume.py",
        "        self._delivery.subscribe(session, conversation)\n        try:\n            replay = await "
        "self._read_replay(session, conversation, held)\n",
        "        try:\n            replay = await self._read_replay(session, conversation, held)\n"
        "            self._delivery.subscribe(session, conversation)\n",
        "tests/hub/test_gathering.py::test_what_is_said_while_the_hello_reads_comes_once_and_in_order",
    ),
    Mechanism(
        "a tab that is not welcomed yet",
        "chatserver/hub/node.py",
        "if each.welcomed and conversation.id not in each.readers",
        "if True",
        "tests/hub/test_nodes.py::test_a_tab_reads_a_conversation_once_that_is_announced_while_it_enters",
    ),
    Mechanism(
        "bell to the other nodes",
        "chatserver/hub/node.py",
        "        if ours:\n            self.bus.ring(Doorbell(",
        "        if False:\n            self.bus.ring(Doorbell(",
        "tests/hub/test_nodes.py::test_a_question_at_one_node_is_answered_at_the_other",
    ),
    Mechanism(
        "version of a row",
        "chatserver/hub/board.py",
        "return known is None or known.version < conversation.version",
        "return True",
        "tests/hub/test_nodes.py::test_an_old_picture_never_replaces_a_newer_one",
    ),
    Mechanism(
        "unknown is not gone",
        "chatserver/hub/attendance.py",
        "return self._bus.trusted and not self._visitors.here(person) and not self._roster.here(person)",
        "return not self._visitors.here(person) and not self._roster.here(person)",
        "tests/hub/test_nodes.py::test_unknown_is_not_gone",
    ),
    Mechanism(
        "presence at other nodes",
        "chatserver/hub/roster.py",
        "return self.presence.here(consultant) or bool(self._bus.elsewhere(consultant))",
        "return self.presence.here(consultant)",
        "tests/hub/test_nodes.py::test_a_consultant_who_reconnects_at_the_other_node_is_never_noted_as_gone",
    ),
    Mechanism(
        "a draft is sent once",
        "chatserver/hub/dispatch.py",
        "        raise DraftChanged()",
        "        pass",
        "tests/hub/test_own_tabs.py::test_a_draft_is_sent_once_whichever_console_sends_it",
    ),
    Mechanism(
        "a note is turned once",
        "chatserver/hub/own_tabs.py",
        " and _is_known(source, frame.turned, now)",
        "",
        "tests/hub/test_own_tabs.py::test_a_note_that_is_turned_into_a_reply_is_a_note_no_more_anywhere",
    ),
    Mechanism(
        "bell to one's own tabs at other nodes",
        "chatserver/hub/own_tabs.py",
        "            self._bus.ring(bell)",
        "            pass",
        "tests/hub/test_own_tabs.py::test_what_was_sent_is_a_draft_no_more_anywhere",
    ),
    Mechanism(
        "deadlines that their node does not work",
        "chatserver/hub/timers.py",
        "OVERDUE_MS = 2_000",
        "OVERDUE_MS = 2_000_000",
        "tests/hub/test_nodes.py::test_deadlines_are_worked_by_one_node_and_by_any_when_that_one_does_not",
    ),
    Mechanism(
        "fence",
        "chatserver/domain/transitions.py",
        "    if fence != conversation.fence:\n        raise FenceStale(fence=conversation.fence)",
        "    pass",
        "tests/domain",
    ),
    Mechanism(
        "bounded outbox",
        "chatserver/hub/session.py",
        "if len(self._outbox) > self._options.outbox_frames or self._size > self._options.outbox_bytes:",
        "if False:",
        "tests/hub/test_sessions.py::test_a_reader_too_slow_is_closed_and_nobody_waits",
    ),
    Mechanism(
        "epoch",
        "chatserver/hub/resume.py",
        '            return "epoch"',
        "            return None",
        "tests/hub/test_resume.py::test_another_epoch_or_a_place_ahead_is_not_recovered",
    ),
    Mechanism(
        "retry on deadlock",
        "chatserver/store/postgres.py",
        "return failure.connection_invalidated or _state(failure) in (DEADLOCK, SERIALIZATION)",
        "return failure.connection_invalidated",
        "tests/store/test_postgres.py::test_two_that_lock_in_another_order_both_get_through",
    ),
    Mechanism(
        "a commit without an answer is looked up",
        "chatserver/hub/dispatch.py",
        "            self._doubt.arises()\n",
        "",
        "tests/hub/test_doubt.py",
    ),
    Mechanism(
        "audience filter",
        "chatserver/domain/audience.py",
        "    MessagePosted: (),\n",
        "    MessagePosted: (),\n    NoteWritten: (),\n",
        "tests/domain/test_audience.py",
    ),
    Mechanism(
        "lock of the first note of absence",
        "chatserver/hub/attendance.py",
        "conversations.open_everywhere(ledger.conn, lock=True)",
        "conversations.open_everywhere(ledger.conn)",
        "tests/hub/test_nodes_starting.py::test_the_first_note_of_absence_overwrites_nothing_that_another_node_commits",
    ),
    Mechanism(
        "nothing after the parting",
        "chatserver/hub/node.py",
        "but=lost if number > told_so else ()",
        "but=()",
        "tests/hub/test_nodes_reading.py::test_who_lost_a_conversation_is_told_so_and_nothing_after",
    ),
    Mechanism(
        "who has it again reads on, also when the board had forgotten it",
        "chatserver/hub/node.py",
        "        self._admit_readers(after)\n",
        "        if before is not None:\n            self._admit_readers(after)\n",
        "tests/hub/test_nodes_reading.py::test_what_was_forgotten_and_comes_back_to_somebody_is_read_again",
    ),
    Mechanism(
        "a head heard before the replay",
        "chatserver/hub/reader.py",
        "            self.cursor.heard(self._head)\n",
        "",
        "tests/hub/test_nodes_reading.py::test_what_is_said_while_the_replay_is_read_is_read_too",
    ),
    Mechanism(
        "a hello that came too early looks again",
        "chatserver/hub/visitor_desk.py",
        "if missed is not None and missed.id not in session.readers:",
        "if False:",
        "tests/hub/test_nodes_reading.py::test_what_is_announced_while_the_hello_reads_comes_once",
    ),
    Mechanism(
        "a follow that fails is taken back",
        "chatserver/hub/resume.py",
        "            self._delivery.take_back(session, conversation, before)\n",
        "",
        "tests/hub/test_nodes_reading.py::test_whoever_cannot_follow_anew_reads_on_as_before",
    ),
    Mechanism(
        "who loses it while he comes in is muted, not forgotten",
        "chatserver/hub/node.py",
        "            reader.muted, reader.why = True, _why_unfollowed(before, after, session.person)\n",
        "            self.delivery.unsubscribe(session, after.id)\n",
        "tests/hub/test_nodes_reading.py::test_who_loses_it_while_he_comes_in_and_has_it_again_lacks_nothing",
    ),
    Mechanism(
        "wait for those who left another node",
        "chatserver/hub/attendance.py",
        "                self._leave(person, linger, self._gone_elsewhere)",
        "                self._leave(person, 0.0, self._gone_elsewhere)",
        "tests/hub/test_nodes_presence.py::test_whoever_reloads_at_another_node_is_waited_for_whoever_looks_meanwhile",
    ),
    Mechanism(
        "one note at a time",
        "chatserver/hub/attendance.py",
        "        if telling in self._telling:\n            return\n",
        "",
        "tests/hub/test_nodes_presence.py::test_a_note_that_cannot_be_written_does_not_multiply",
    ),
    Mechanism(
        "a note decided anew",
        "chatserver/hub/attendance.py",
        "                self._look_at(now)\n\n        def then",
        "                self._tell(now, command)\n\n        def then",
        "tests/hub/test_nodes_presence.py"
        "::test_a_note_that_could_not_be_written_is_not_written_when_it_is_no_longer_true",
    ),
    Mechanism(
        "one moment of a tab's opening",
        "chatserver/hub/visitor_desk.py",
        "visitor_came(session.person, session.id, session.since)",
        "visitor_came(session.person, session.id, node.now())",
        "tests/hub/test_nodes_presence.py::test_every_node_counts_a_tab_from_the_same_moment",
    ),
    Mechanism(
        "nobody named: visitors too",
        "chatserver/hub/node.py",
        ", *self.sessions.people()]",
        "]",
        "tests/hub/test_nodes_presence.py::test_nobody_named_means_visitors_too",
    ),
    Mechanism(
        "the timers of a node that cannot serve",
        "chatserver/bus/line.py",
        "            if not lease.healthy:",
        "            if False:",
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "the timers of a node that cannot serve, in one process",
        "chatserver/bus/memory.py",
        "(each for each in self._of_my_world() if each._healthy)",
        "(each for each in self._of_my_world())",
        "tests/bus/test_contract.py::test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can",
    ),
    Mechanism(
        "end of a node's lease",
        "chatserver/bus/line.py",
        'pipe.set(self._key("node", self._node), str(lease), px=self._lease_ms)',
        'pipe.set(self._key("node", self._node), str(lease))',
        "tests/bus/test_redis.py::test_the_people_of_a_node_that_vanished_go_with_its_lease",
    ),
    Mechanism(
        "bells missed while not subscribed",
        "chatserver/bus/redis.py",
        "        if self._subscribed.is_set() or self._started:",
        "        if False:",
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "a subscription made again without a word",
        "chatserver/bus/hearing.py",
        'if kind == "subscribe":',
        'if kind == "subscribe" and not self._standing.listening:',
        "tests/bus/test_redis.py::test_a_lost_subscription_means_that_bells_were_missed",
    ),
    Mechanism(
        "mark of an emptied server",
        "chatserver/bus/line.py",
        'pipe.set(self._key("born"), secrets.token_hex(8), nx=True)',
        'pipe.set(self._key("born"), "always", nx=True)',
        "tests/bus/test_redis.py::test_an_emptied_server_shows_nobody_as_gone",
    ),
    Mechanism(
        "what was heard since a lease was read",
        "chatserver/bus/neighbours.py",
        "node.complete < lease.version",
        "node.complete != lease.version",
        "tests/bus/test_neighbours.py::test_what_was_heard_since_its_lease_was_read_is_no_reason_to_read_it_again",
    ),
    Mechanism(
        "doubt that goes on",
        "chatserver/hub/doubt.py",
        "            except Exception:",
        "            except ZeroDivisionError:",
        "tests/hub/test_doubt.py::test_what_failed_otherwise_once_is_looked_at_again",
    ),
    Mechanism(
        "ends of tokens, kept until written",
        "chatserver/hub/sessions.py",
        "        ends = dict(self._left_with)\n",
        "        ends, self._left_with = self._left_with, {}\n",
        "tests/hub/test_sessions.py::test_a_token_lives_on_though_the_store_was_away_when_that_was_to_be_written",
    ),
    Mechanism(
        "what the visitor ended stays ended",
        "chatserver/domain/transitions.py",
        "    if conversation.ended_by_visitor:\n        raise ConversationClosed()\n",
        "",
        "tests/domain/test_ending.py",
    ),
    Mechanism(
        "a token ends with its visitor's own end",
        "chatserver/hub/ledger.py",
        "            visitors.end(self.conn, self._rates_until, self.now)",
        "            pass",
        "tests/hub/test_own_end.py::test_the_token_ends_with_the_visitors_own_end",
    ),
    Mechanism(
        "an ended token is not brought back",
        "chatserver/store/visitors.py",
        "where(later, visitors.c.ended_at.is_(None))",
        "where(later)",
        "tests/hub/test_own_end.py::test_activity_of_before_does_not_bring_an_ended_token_back",
    ),
    Mechanism(
        "ended tokens are looked for",
        "chatserver/hub/jobs.py",
        "            self._sessions.token_ended(visitor, rates=rates)",
        "            pass",
        "tests/hub/test_own_end.py::test_the_other_tabs_are_closed_at_whichever_node_though_no_bell_rings",
    ),
    Mechanism(
        "nothing but the rating is left of an ended token",
        "chatserver/hub/sessions.py",
        "                session.rates_until(rates_until)\n",
        "",
        "tests/hub/test_own_end.py::test_after_it_nothing_is_carried_out_but_the_rating",
    ),
    Mechanism(
        "whoever comes back to rate is told nothing",
        "chatserver/hub/sessions.py",
        " if not each.untold)",
        ")",
        "tests/hub/test_own_end.py::test_a_tab_that_comes_back_to_rate_is_told_nothing",
    ),
    Mechanism(
        "an ended token opens nothing in the same moment",
        "chatserver/hub/dispatch.py",
        "    if ledger.has_ended(visitor):\n        raise Unauthenticated()\n",
        "",
        "tests/hub/test_own_end.py::test_a_question_of_another_tab_in_the_moment_of_the_end_opens_nothing",
    ),
    Mechanism(
        "a token of before whose visitor had ended it",
        "chatserver/hub/hub.py",
        " or (known.latest is not None and known.latest.ended_by_visitor)",
        "",
        "tests/hub/test_own_end.py::test_what_was_ended_before_tokens_ended_with_it_opens_nothing_either",
    ),
    Mechanism(
        "changes while a list is sent",
        "chatserver/hub/lists.py",
        "            held.dirty -= told\n",
        "            held.dirty -= held.shown\n",
        "tests/hub/test_sessions.py::test_what_ends_while_a_long_list_is_sent_does_not_stay_in_it",
    ),
    Mechanism(
        "a node that stops without the store",
        "chatserver/hub/jobs.py",
        "        except Refused as refusal:\n",
        "        except ZeroDivisionError as refusal:\n",
        "tests/hub/test_nodes_starting.py::test_a_node_stops_though_the_store_is_away",
    ),
    Mechanism(
        "nobody counts on a node that begins",
        "chatserver/hub/hub.py",
        "        self._bus.say_healthy(False)\n",
        "",
        "tests/hub/test_nodes_starting.py::test_nobody_counts_on_a_node_before_it_has_begun",
    ),
    Mechanism(
        "a node that cannot begin leaves",
        "chatserver/hub/hub.py",
        "            await self._bus.stop()\n            raise\n",
        "            raise\n",
        "tests/hub/test_nodes_starting.py::test_a_node_that_cannot_begin_is_none",
    ),
    Mechanism(
        "recheck of what was pictured",
        "chatserver/hub/giving.py",
        "wrong = self._mended(ledger, plan)",
        "wrong = set()",
        "tests/hub/test_giving.py::test_a_pool_that_is_wrong_is_mended_before_anything_is_given",
    ),
    Mechanism(
        "claim in the group's lock",
        "chatserver/hub/routing.py",
        "            locks.lock_group_of(ledger.conn, conversation)\n",
        "",
        "tests/hub/test_claim_lock.py",
    ),
    Mechanism(
        "head starts",
        "chatserver/domain/queue.py",
        "return conversation.queued_at - HEAD_START[conversation.priority]",
        "return conversation.queued_at",
        "tests/domain/test_queue.py",
    ),
    Mechanism(
        "time for somebody who fits",
        "chatserver/domain/routing.py",
        "patient = now < conversation.group_since + rules.fit_ms and self._somebody_meets(needs)",
        "patient = False",
        "tests/domain/test_routing.py",
    ),
    Mechanism(
        "never back to who missed it",
        "chatserver/domain/routing.py",
        "            if (candidate.consultant.id in tried) is not again:\n                continue\n",
        "",
        "tests/domain/test_routing.py",
    ),
    Mechanism(
        "one ring at a time",
        "chatserver/domain/routing.py",
        "if candidate.load < candidate.consultant.capacity and not candidate.rung:",
        "if candidate.load < candidate.consultant.capacity:",
        "tests/hub/test_ringing.py",
    ),
    Mechanism(
        "whoever is rung serves",
        "chatserver/domain/routing.py",
        "        and candidate.receiving\n",
        "        and candidate.receiving\n        and not candidate.rung\n",
        "tests/hub/test_ringing.py",
    ),
    Mechanism(
        "the group that helps out",
        "chatserver/domain/deadlines.py",
        "clocks[Clock.OVERFLOW] = max(conversation.group_since + rules.overflow_ms, conversation.look_again_at)",
        "pass",
        "tests/hub/test_giving.py::test_the_group_that_helps_out_takes_it",
    ),
    Mechanism(
        "an emergency goes further",
        "chatserver/domain/deadlines.py",
        "running[Clock.EMERGENCY] = max(start + rules.emergency_ms, conversation.look_again_at)",
        "pass",
        "tests/domain/test_emergency.py",
    ),
    Mechanism(
        "the load grows within one giving",
        "chatserver/hub/giving.py",
        "load=known.load + 1,",
        "load=known.load,",
        "tests/hub/test_desk_histories.py",
    ),
    Mechanism(
        "columns that words change",
        "chatserver/store/conversations.py",
        '    "gone_on",\n    "alarmed_at",\n',
        '    "alarmed_at",\n',
        "tests/hub/test_words.py::test_nothing_slight_changes_a_column_that_it_is_not_written_to",
    ),
    Mechanism(
        "a picture is compared with its row",
        "chatserver/hub/ledger.py",
        "if picture is not None and conversations.mark_of(picture) == mark:",
        "if picture is not None:",
        "tests/hub/test_words.py::test_a_picture_that_is_not_the_row_is_not_believed",
    ),
    Mechanism(
        "only what is known is announced as words",
        "chatserver/hub/node.py",
        "if change.only_words and self.board.get(after.id) is change.before:",
        "if change.only_words:",
        "tests/hub/test_words.py::test_words_that_another_node_told_of_meanwhile_are_announced_in_full",
    ),
    Mechanism(
        "a message into an inactive conversation is more than words",
        "chatserver/hub/ledger.py",
        "change.only_words = before.inactive is change.after.inactive",
        "change.only_words = True",
        "tests/hub/test_words.py::test_a_place_is_taken_again_by_words_into_an_inactive_conversation",
    ),
    Mechanism(
        "clocks that words start",
        "chatserver/hub/ledger.py",
        "if clock not in before or due < before[clock]:",
        "if False:",
        "tests/hub/test_words.py::test_every_clock_that_words_start_has_a_row_in_time",
    ),
    Mechanism(
        "a row that was left is hastened",
        "chatserver/store/deadlines.py",
        "DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < deadlines.due_at",
        "DO NOTHING",
        "tests/hub/test_words.py::test_a_row_that_is_too_late_for_a_clock_that_words_start_is_hastened",
    ),
    Mechanism(
        "rows of clocks that have stopped go when they are up",
        "chatserver/store/deadlines.py",
        "        gone += [(conversation, clock) for clock in before if clock not in clocks]\n",
        "",
        "tests/hub/test_words.py::test_a_row_of_a_clock_that_has_stopped_fires_once_and_nobody_notices",
    ),
    Mechanism(
        "who shows a row",
        "chatserver/hub/lists.py",
        "        shown_to.pop(held.session.id, None)\n",
        "",
        "tests/hub/test_words.py::test_words_reach_exactly_the_lists_that_show_the_row",
    ),
    Mechanism(
        "a busy list rests",
        "chatserver/hub/lists.py",
        "max(self._options.list_pause, rest)",
        "self._options.list_pause",
        "tests/hub/test_words.py::test_a_busy_list_rests_and_then_tells_the_last_of_it",
    ),
    Mechanism(
        "frames of one moment",
        "chatserver/hub/session.py",
        "asyncio.get_running_loop().call_soon(self._flush)",
        "self._flush()",
        "tests/hub/test_outlets.py::test_frames_of_one_moment_leave_in_one_write",
    ),
    Mechanism(
        "nothing is written to who does not read",
        "chatserver/hub/session.py",
        "if self._outbox and self._welcomed and not self._outlet.full:",
        "if self._outbox and self._welcomed:",
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_for_him_in_order",
    ),
    Mechanism(
        "what waited goes when there is room",
        "chatserver/hub/session.py",
        "        self._outlet.on_room(self._flush)\n",
        "",
        "tests/hub/test_outlets.py::test_what_a_slow_client_has_not_taken_waits_for_him_in_order",
    ),
    Mechanism(
        "nobody waits for room with who is gone",
        "chatserver/hub/session.py",
        "        self._size = 0\n        self._tell_room()\n",
        "        self._size = 0\n",
        "tests/hub/test_outlets.py::test_nobody_waits_for_room_with_who_is_gone_or_shown_out",
    ),
    Mechanism(
        "no room where nobody is any more",
        "chatserver/protocol.py",
        "            on_room()\n",
        "            pass\n",
        "tests/starting/test_line.py::test_a_line_says_when_it_is_full_and_when_no_longer_and_when_never_again",
    ),
    Mechanism(
        "no overtaking of what is seen to",
        "chatserver/web/socket.py",
        "if session.busy or session.closed_with is not None:",
        "if session.closed_with is not None:",
        "tests/web/test_at_once.py::test_no_frame_overtakes_one_that_is_still_seen_to",
    ),
    Mechanism(
        "no overtaking of what is queued",
        "chatserver/incoming.py",
        " or not self.queue.empty():",
        ":",
        "tests/starting/test_line.py::test_a_text_that_is_taken_at_once_is_answered_like_any_other",
    ),
    Mechanism(
        "no text within a text",
        "chatserver/incoming.py",
        " or self.conn.current_size is not None",
        "",
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "what is seen to at once counts, too",
        "chatserver/web/socket.py",
        "        if wait:\n            self._too_fast(session, text, wait)\n        else:",
        "        if False:\n            self._too_fast(session, text, wait)\n        else:",
        "tests/web/test_at_once.py::test_a_frame_is_counted_whichever_way_it_goes",
    ),
    Mechanism(
        "only text is taken for text",
        "chatserver/incoming.py",
        "        except UnicodeDecodeError:\n            # The library",
        "        except ZeroDivisionError:\n            # The library",
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "only masked frames are waited for",
        "chatserver/incoming.py",
        "        if not data[at + 1] & MASKED:\n            return False\n",
        "",
        "tests/starting/test_line.py::test_what_is_no_frame_of_a_client_is_refused_whoever_takes_his_texts",
    ),
    Mechanism(
        "a ref is looked at in every frame",
        "chatserver/wire/decoding.py",
        'if hasattr(frame, "ref") or \'"ref"\' not in text:',
        "if True:",
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
        _patch(tree / mechanism.file, mechanism)
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


def _patch(file: Path, mechanism: Mechanism) -> None:
    text = file.read_text("utf-8")
    # Once: nothing is switched off that is not there, and nothing but what is meant.
    assert text.count(mechanism.found) == 1, f"{mechanism.name}: found {text.count(mechanism.found)} times in {file}"
    file.write_text(text.replace(mechanism.found, mechanism.put), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
