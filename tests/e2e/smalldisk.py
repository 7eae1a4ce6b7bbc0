"""A disk of a few megabytes that can be filled to the last byte, where mounting is permitted; otherwise a folder.

The disk is a tmpfs in its own mount namespace, seen through /proc: it is mounted for nobody else, and it disappears
with the process that holds it. It needs root, or a kernel that permits user namespaces. Elsewhere (a container without
privileges) `fill` limits one process instead: none of its files may grow beyond the largest present size.
"""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

HOLD = 'mount -t tmpfs -o size={size},mode=777 tmpfs "$1" && echo held && exec sleep infinity'
BLOCK = 4096
WAYS = (("-m", ("-m",)), ("-Urm", ("-U", "--preserve-credentials", "-m")))
"""How a namespace is created, as root and as a user; how it is entered."""


@dataclass(frozen=True)
class SmallDisk:
    """`folder` is on the disk for processes started with `inside`; everybody else finds the same files in `seen`."""

    folder: Path
    seen: Path
    inside: tuple[str, ...] = ()

    @property
    def real(self) -> bool:
        return bool(self.inside)

    @property
    def _filler(self) -> Path:
        return self.seen / "filler"

    def fill(self, pid: int) -> None:
        """No space is left, for anybody or for that process."""
        if not self.real:
            largest = max(each.stat().st_size for each in self.seen.rglob("chat.db*") if each.is_file())
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, hard))
            return
        with self._filler.open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(BLOCK))
            except OSError:
                pass

    def free(self, pid: int) -> None:
        """There is space again."""
        if self.real:
            self._filler.unlink()
        else:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def small_disk(folder: Path, *, mounted: bool = True, size: str = "8m") -> Iterator[SmallDisk]:
    """The disk, mounted on `folder` for its own processes only, if that is permitted; otherwise a limit."""
    folder.mkdir()
    for rights, enter in WAYS if mounted else ():
        command = ["unshare", rights, "sh", "-c", HOLD.format(size=size), "sh", str(folder)]
        with subprocess.Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as holder:
            assert holder.stdout is not None
            try:
                if holder.stdout.readline() == b"held\n":
                    inside = ("nsenter", "-t", str(holder.pid), *enter)
                    yield SmallDisk(folder, Path(f"/proc/{holder.pid}/root{folder}"), inside)
                    return
            finally:
                holder.kill()
    yield SmallDisk(folder, folder)
