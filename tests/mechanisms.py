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
COPIED = ("chatserver", "tests", "docs", "scripts", "requirements", "pyproject.toml")
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
        "            self.missed()\n            self._look()",
        "            self._look()",
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
        "            await spread(sessions, self._options.drain)",
        "            pass",
        "tests/whole/test_drain.py::test_a_crowd_is_sent_away_little_by_little_and_loses_nothing",
    ),
    Mechanism(
        "a tab that is not welcomed yet",
        "chatserver/hub/node.py",
        "if each.welcomed and conversation.id not in each.readers",
        "if conversation.id not in each.readers",
        "tests/hub/test_nodes.py::test_a_tab_reads_a_conversation_once_that_is_announced_while_it_enters",
    ),
    Mechanism(
        "bell to the other nodes",
        "chatserver/hub/node.py",
        "self.bus.ring(Doorbell(after.id, after.version, after.last_seq, after.last_visitor_seq))",
        "pass",
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
