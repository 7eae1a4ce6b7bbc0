"""Builds the front end into build/front when its sources have changed: `npm ci`, then `npm run build`.

`--with-tools` also installs the checking tools, `--force` builds in any case. Standard library only: the wheel's build
hook runs it where none of our packages are installed. A digest of the sources records what was built, because a
checkout sets file times arbitrarily.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "build" / "front"

# The versions that Vite 8 needs.
NODE_NEEDED = (20, 19)

LOCKED = ("package.json", "package-lock.json", ".npmrc")
BUILDERS = ("tsconfig.json", "scripts/build-front.mjs", "scripts/catalogues.mjs", "scripts/textsByChunk.mjs")
SOURCES = (*LOCKED, *BUILDERS, "widget", "dashboard", "chatserver/texts")


def main() -> int:
    arguments = sys.argv[1:]
    try:
        with only_one_at_a_time():
            if "--with-tools" in arguments:
                install(find_npm())
            build(force="--force" in arguments)
    except Impossible as why:
        print(why, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"`{' '.join(failed.cmd)}` failed; its own words stand above.", file=sys.stderr)
        return 1
    return 0


class Impossible(Exception):
    """The front end cannot be built here; the text is one sentence for the person who typed the command."""


def build(force: bool) -> None:
    """Build if the sources have changed since the last build."""
    sources = digest(SOURCES)
    built = FRONT / ".built-from"
    if not force and remembered(built) == sources and (FRONT / "manifest.json").is_file():
        return
    npm = find_npm()
    install(npm)
    print("Building the front end.", file=sys.stderr)
    subprocess.run([npm, "run", "--silent", "build"], cwd=ROOT, check=True)
    built.write_text(sources)


def install(npm: str) -> None:
    """Install package-lock.json's packages into node_modules, unless they are there."""
    wanted = digest(LOCKED)
    installed = ROOT / "node_modules" / ".installed-from"
    if remembered(installed) == wanted:
        return
    print("Installing the locked packages of the front end.", file=sys.stderr)
    # Errors only: without a terminal npm's progress is noise.
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True)
    installed.write_text(wanted)


def find_npm() -> str:
    """Find npm, after checking that Node is new enough."""
    need = f"Node {'.'.join(map(str, NODE_NEEDED))} or newer is needed to build the front end"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise Impossible(f"{need}; no `node` was found on the PATH.")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    version = tuple(int(part) for part in answer.lstrip("v").split(".")[:2])
    if version < NODE_NEEDED:
        raise Impossible(f"{need}; {node} is {answer}.")
    if npm is None:
        raise Impossible("npm is needed to build the front end; no `npm` was found on the PATH.")
    return npm


def digest(names: tuple[str, ...]) -> str:
    """A digest of the named files and folders: their names and contents."""
    total = hashlib.sha256()
    for name in names:
        for path in files_under(ROOT / name):
            held = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(ROOT)} {held}\n".encode())
    return total.hexdigest()


def files_under(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        # Templates are read by the server directly, and tests are not built.
        skipped = {ROOT / "dashboard" / "templates"}
        for inner in sorted(path.iterdir()):
            if inner not in skipped and ".test." not in inner.name:
                yield from files_under(inner)


def remembered(stamp: Path) -> str | None:
    return stamp.read_text() if stamp.is_file() else None


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two builds in one tree would delete each other's files."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


if __name__ == "__main__":
    sys.exit(main())
