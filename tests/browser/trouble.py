"""What can happen to a hospital or a browser from outside: a store that cannot write, a machine that sleeps."""

import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.browser.hospital import Hospital

FULL = os.environ.get("FAULTS") == "full"

DISK = 4096
"""Bytes a file may have on a disk that is full: fewer than any file of a database has."""


@contextmanager
def store_is_stuck(demo: Hospital) -> Iterator[None]:
    """Somebody else locks the database: nothing is written, and requests meanwhile are answered `unavailable`."""
    holder = sqlite3.connect(Path(demo.settings["CHATSERVER_DATA"]) / "chat.db", isolation_level=None, timeout=20)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextmanager
def disk_is_full(demo: Hospital) -> Iterator[None]:
    """None of the server's files can grow or be written to any more: `read_only`."""
    before = resource.prlimit(demo.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(demo.process.pid, resource.RLIMIT_FSIZE, (DISK, before[1]))
    try:
        yield
    finally:
        resource.prlimit(demo.process.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def asleep(profile: Path) -> Iterator[None]:
    """The machine with the browser of this profile sleeps: all its processes are stopped."""
    tree = browser_of(profile)
    for process in tree:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(tree):
            process.send_signal(signal.SIGCONT)


def _command(process: psutil.Process) -> list[str]:
    """How it was started; empty for a process that has ended."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def browser_of(profile: Path) -> list[psutil.Process]:
    """The browser's first process, then all its descendants."""
    own = psutil.Process().children(recursive=True)
    mine = [each for each in own if f"--user-data-dir={profile}" in _command(each)]
    first = next(each for each in mine if not any(word.startswith("--type=") for word in _command(each)))
    return [first, *first.children(recursive=True)]
