"""Finds and runs PostgreSQL's own programs and checks their version. No password appears on their command line."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from chatserver.domain.sentence import Sentence
from chatserver.store.addresses import arguments, connection_string
from chatserver.store.sqlite_files import Unusable

DUMP, RESTORE = "pg_dump", "pg_restore"
MAGIC = b"PGDMP"
"""The first bytes of a dump in PostgreSQL's own format (`-Fc`)."""

NAME_IT = Sentence("CHATSERVER_PG_BIN names the folder of the server's own programs")

Major = int
"""The 18 of 18.6: compatibility goes by the major version."""


class PgTools:
    """`folder` is where the programs are; empty for the PATH."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def check(self, name: str, server: Major) -> None:
        """Check that the program exists and fits that server. Raises `Unusable`.

        An older pg_dump does not understand the server. The server does not understand a newer pg_restore, which begins
        with settings unknown to it, and an older pg_restore cannot read what a newer pg_dump wrote.
        """
        said = self._run(name, "--version")
        found = re.search(r"\) (\d+)", said)
        if found is None:
            raise Unusable("{program} does not say its version.", program=self._path(name))
        version = int(found[1])
        if version < server or (name == RESTORE and version != server):
            raise Unusable(
                "{name} is of PostgreSQL {version}, the server of {server}; {name_it}.",
                name=name,
                version=version,
                server=server,
                name_it=NAME_IT,
            )

    def dump(self, url: URL, part: Path, snapshot: str) -> None:
        """Dump the database as of that snapshot into `part`, then read it back completely. Raises `Unusable`."""
        self._run(DUMP, "--format=custom", f"--snapshot={snapshot}", f"--file={part}", url=url)
        self._run(RESTORE, f"--file={os.devnull}", str(part))

    def restore(self, dump: Path, url: URL) -> None:
        """Restore the whole dump into an empty database, regardless of the original owners; all or nothing. Raises
        `Unusable`."""
        with dump.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise Unusable("{dump} is no backup of a PostgreSQL database.", dump=dump)
        self._run(RESTORE, "--no-owner", "--no-privileges", "--single-transaction", str(dump), url=url)

    def _run(self, name: str, *arguments_: str, url: URL | None = None) -> str:
        command, environment = [self._path(name), *arguments_], dict(os.environ)
        if url is not None:
            command += ["--no-password", f"--dbname={connection_string(url)}"]
            password = arguments(url).get("password")
            environment |= {"PGPASSWORD": str(password)} if password else {}
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        except OSError as failure:
            raise Unusable("{program} cannot be run: {why}.", program=command[0], why=failure.strerror) from None
        if done.returncode != 0:
            raise Unusable("{name} failed: {why}.", name=name, why=_reason(done))
        return done.stdout

    def _path(self, name: str) -> str:
        found = shutil.which(name, path=self._folder or None)
        if found is None:
            where = Sentence("in {folder}", folder=self._folder) if self._folder else Sentence("on the PATH")
            raise Unusable("There is no {name} {where}; {name_it}.", name=name, where=where, name_it=NAME_IT)
        return found


def _reason(done: "subprocess.CompletedProcess[str]") -> str:
    """The first error that the program reports. The lines after it are left out, because they may quote rows, and so
    chat text."""
    lines = done.stderr.strip().splitlines()
    error = next((line.partition("error: ")[2] for line in lines if "error: " in line), "")
    return (error or (lines[0] if lines else f"exit code {done.returncode}")).rstrip(".")
