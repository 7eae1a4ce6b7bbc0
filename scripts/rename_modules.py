"""Renames modules and classes by a table: in every import, use, dotted name and path, in documents and configuration.

    pip install rope && python scripts/rename_modules.py
    python scripts/rename_modules.py modules tests      # some steps only

Imports and uses in Python are changed by rope, which knows scopes. Dotted names and paths in strings, documents and
configuration are changed by their spelling. What is renamed already is left alone, so it can be run again.
"""

import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from rope.base.project import Project  # type: ignore[import-not-found]  # no package of ours needs it
from rope.refactor.move import MoveModule  # type: ignore[import-not-found]  # the same
from rope.refactor.rename import Rename  # type: ignore[import-not-found]  # the same

ROOT = Path(__file__).resolve().parents[1]
TEXTS = {".py", ".md", ".toml", ".txt", ".cfg", ".yml", ".yaml", ".json", ".html", ".ts", ".tsx", ".mjs", ".po", ""}
LEFT_ALONE = ("CHANGELOG.md", "scripts/rename_modules.py")

RENAMED: dict[str, dict[str, str]] = {
    "chatserver": {"waiting": "lean_asyncio", "front": "paths", "plan": "hospital_file"},
    "chatserver/hub": {
        "doubt": "uncertain_commits",
        "unheard": "missed_changes",
        "heads": "remote_changes",
        "farewell": "drain",
        "rounds": "periodic",
        "stalls": "loop_lag",
        "gathering": "batch_reader",
        "giving": "assignment_round",
        "routing": "assignment",
        "acts": "replies",
        "attendance": "presence",
        "standings": "visitor_status",
        "opening": "opening_hours",
        "board": "open_conversations",
        "ledger": "unit_of_work",
        "jobs": "maintenance",
        "pools": "candidate_pools",
        "roster": "staff_directory",
        "rota": "shifts",
        "measures": "metrics",
        "visits": "connections",
        "offline": "offline_messages",
    },
    "chatserver/domain": {"offline": "offline_messages"},
    "chatserver/web": {
        "house": "context",
        "lanes": "admission",
        "turnstile": "connection_limits",
        "buckets": "rate_limits",
        "why": "assignment_reason",
        "times": "formatting",
        "bodies": "request_body",
        "sentences": "event_text",
        "texts": "i18n",
    },
    "chatserver/bus": {
        "spelling": "codec",
        "hearing": "subscription",
        "neighbours": "peers",
        "backlog": "publish_queue",
        "standing": "health",
        "line": "redis_client",
    },
    "bench": {"report": "performance_page", "scenarios": "catalogue", "faults": "fault_runs", "past": "seed_history"},
    "tests/hub": {"rig": "harness"},
    "tests/web": {
        "test_leaving": "test_disconnects",
        "test_locks": "test_sign_in_locks",
        "test_login": "test_sign_ins",
    },
    "chatserver/store": {
        "news": "changes_since",
        "hellos": "visitor_lookup",
        "prepared": "message_path",
        "scratch": "temporary_database",
        "dumps": "postgres_backup",
        "programs": "pg_tools",
        "files": "sqlite_files",
    },
}
"""Folder → old name → new name."""

MOVED: dict[str, dict[str, str]] = {
    "chatserver/transport": {
        "bounds": "bounds",
        "config": "config",
        "connections": "http_connections",
        "forwarded": "forwarded",
        "handshake": "websocket_handshake",
        "http_protocol": "http_protocol",
        "incoming": "incoming_frames",
        "lean_asyncio": "lean_asyncio",
        "protocol": "websocket_protocol",
        "turns": "turns",
    },
    "chatserver/records": {
        "calendar": "public_holidays",
        "faults": "faults",
        "hospital_file": "hospital_file",
        "shapes": "checks",
        "toml": "toml_writer",
    },
    "chatserver/web/gate": {
        "admission": "admission",
        "common": "common_passwords",
        "connection_limits": "connection_limits",
        "device_cookie": "device_cookie",
        "devices": "devices",
        "guards": "guards",
        "headers": "headers",
        "leaving": "disconnects",
        "locks": "sign_in_locks",
        "login": "sign_ins",
        "passwords": "passwords",
        "rate_limits": "rate_limits",
        "request_body": "request_body",
        "sessions": "sessions",
        "staff_door": "staff_upgrades",
    },
    "bench/load": {
        "archive": "archive",
        "callers": "callers",
        "churn": "churn",
        "crowd": "crowd",
        "deployment": "deployment",
        "frames": "frames",
        "people": "people",
        "score": "score",
        "seed_history": "seed_history",
        "shares": "shares",
        "tab": "tab",
        "talk": "talk",
        "town": "town",
        "visitors": "visitors",
        "watch": "watch",
        "wire": "wire",
    },
    "bench/references": {
        "bare": "bare",
        "contestants": "contestants",
        "handshakes": "handshakes",
        "rawtcp": "rawtcp",
        "relay": "relay",
        "socket_io": "socket_io",
    },
    "bench/report": {
        "drawing": "drawing",
        "figures": "figures",
        "machine": "machine",
        "meter": "meter",
        "performance_page": "performance_page",
        "picture": "picture",
        "recorded": "recorded",
        "rows": "rows",
    },
    "bench/scenarios": {
        "catalogue": "catalogue",
        "choosing": "choosing",
        "fanout": "fanout",
        "growth": "growth",
        "idle": "idle",
        "latency": "latency",
        "messages": "messages",
        "nodes": "nodes",
        "reconnect": "reconnect",
        "sizes": "sizes",
    },
    "bench/faults": {
        "fault_runs": "__main__",
        "f41_idle": "f41_idle",
        "f42_storm": "f42_storm",
        "f43_steady": "f43_steady",
        "f44_overload": "f44_overload",
        "f48_outside": "f48_outside",
    },
    "chatserver/web/sockets": {
        "console_socket": "console_socket",
        "socket": "socket",
        "visitor_socket": "visitor_socket",
    },
}
"""Package → module of the package around it that moves into it → its name there."""

PACKAGES = {"tests/whole": "e2e", "tests/starting": "runtime"}
"""Package → its new name, in the same folder."""

CLASSES: dict[str, dict[str, str]] = {
    "chatserver/records/hospital_file": {"Plan": "HospitalFile"},
    "chatserver/transport/websocket_protocol": {"Protocol": "WebSocketProtocol"},
    "chatserver/transport/incoming_frames": {"Incoming": "IncomingFrames"},
    "chatserver/bus/health": {"Standing": "BusHealth"},
    "chatserver/bus/peers": {"Neighbours": "Peers", "_Neighbour": "_Peer"},
    "chatserver/bus/publish_queue": {"Backlog": "PublishQueue"},
    "chatserver/bus/redis_client": {"Line": "RedisClient"},
    "chatserver/bus/subscription": {"Hearing": "Subscription"},
    "chatserver/domain/commands/assignment": {"AssignByHand": "AssignManually"},
    "chatserver/domain/commands/presence": {
        "NoteOwner": "OwnerPresenceChanged",
        "NoteColleague": "ColleaguePresenceChanged",
        "NoteVisitor": "VisitorPresenceChanged",
    },
    "chatserver/domain/commands/time": {"TimeUp": "DeadlineReached"},
    "chatserver/domain/events/time": {"NobodyElse": "EscalationDeferred"},
    "chatserver/hub/assignment_round": {"Giving": "AssignmentRound"},
    "chatserver/hub/batch_reader": {"Gathering": "BatchReader"},
    "chatserver/hub/candidate_pools": {"Pools": "CandidatePools"},
    "chatserver/hub/loop_lag": {"Stalls": "LoopLag"},
    "chatserver/hub/maintenance": {"Jobs": "Maintenance"},
    "chatserver/hub/metrics": {"Measures": "Metrics", "Standing": "HubStats"},
    "chatserver/hub/open_conversations": {"Board": "OpenConversations"},
    "chatserver/hub/presence": {"Attendance": "PresenceTracker"},
    "chatserver/hub/remote_changes": {"Heads": "RemoteChanges"},
    "chatserver/hub/shifts": {"Rota": "Shifts"},
    "chatserver/hub/staff_directory": {"Roster": "StaffDirectory"},
    "chatserver/hub/uncertain_commits": {"Doubt": "UncertainCommits"},
    "chatserver/hub/unit_of_work": {"Ledger": "UnitOfWork"},
    "chatserver/hub/visitor_status": {"Standings": "VisitorStatus"},
    "chatserver/store/pg_tools": {"Programs": "PgTools"},
    "chatserver/web/admission": {"Lanes": "Admission"},
    "chatserver/web/connection_limits": {"Turnstile": "ConnectionLimits"},
    "chatserver/web/context": {"House": "Context"},
    "chatserver/web/event_text": {"Sentences": "EventText"},
    "chatserver/web/i18n": {"Texts": "Translations"},
    "chatserver/web/rate_limits": {"Buckets": "RateLimits"},
}
"""Module → old name → new name."""

IDENTIFIERS: dict[str, dict[str, str]] = {
    "chatserver/web": {
        "house": "context",
        "_house": "_context",
        "house_of": "context_of",
        "lanes": "admission",
        "_measures": "_metrics",
        "measures": "metrics",
        "turnstile": "limits",
        "_turnstiles": "_limits",
        "StaffDoor": "StaffUpgrades",
        "_staff_door": "_staff_upgrades",
        "while_waited_for": "until_disconnect",
        "come_back_ms": "retry_ms",
    },
    "chatserver/web/gate/admission": {
        "Lane": "HelloQueue",
        "in_line": "most_waiting",
        "_in_line": "_most_waiting",
        "IN_LINE": "MOST_WAITING",
    },
    "chatserver/web/sockets": {"Lane": "HelloQueue", "lane": "queue", "_lane": "_queue"},
    "tests/web": {
        "lanes": "admission",
        "turnstile": "limits",
        "_turnstiles": "_limits",
        "StaffDoor": "StaffUpgrades",
        "while_waited_for": "until_disconnect",
        "come_back_ms": "retry_ms",
    },
    "tests/web/conftest": {"Lane": "HelloQueue", "in_line": "most_waiting"},
    "tests/web/test_admission": {"Lane": "HelloQueue", "in_line": "most_waiting", "lane": "queue"},
}
"""Folder or module → old name → new name: of attributes and local names, which have no place to rename them from."""


def main(steps: list[str]) -> int:
    """Every rename of the tables that is not done yet; of these steps only, where some are named."""
    project = Project(str(ROOT), ropefolder=None, ignored_resources=[".venv", "node_modules", "build", ".git"])
    for step in steps or STEPS:
        STEPS[step](project)
    return 0


def modules(project: Project) -> None:
    for folder, names in RENAMED.items():
        for old, new in names.items():
            if (ROOT / folder / f"{old}.py").exists():
                print(f"{folder}/{old}.py -> {new}.py", flush=True)
                rename(project, folder, old, new)


def packages(project: Project) -> None:
    for package, new in PACKAGES.items():
        if (ROOT / package).exists():
            print(f"{package} -> {new}", flush=True)
            rename_package(project, package, new)


def tests(project: Project) -> None:
    for folder, names in RENAMED.items():
        of_it = f"tests/{folder.split('/')[1] if folder.startswith('chatserver/') else 'runtime'}"
        for old, new in names.items():
            if (ROOT / of_it / f"test_{old}.py").exists():
                print(f"{of_it}/test_{old}.py -> test_{new}.py", flush=True)
                rename(project, of_it, f"test_{old}", f"test_{new}")


def moves(project: Project) -> None:
    for package, names in MOVED.items():
        for old, new in names.items():
            around = package.rsplit("/", 1)[0]
            if (ROOT / around / f"{old}.py").exists():
                print(f"{around}/{old}.py -> {package}/{new}.py", flush=True)
                move(project, package, old, new)


def classes(project: Project) -> None:
    for module, names in CLASSES.items():
        if not (ROOT / f"{module}.py").exists():
            continue
        for old, new in names.items():
            place = re.search(rf"^class ({old})\b", (ROOT / f"{module}.py").read_text("utf-8"), re.MULTILINE)
            if place is not None:
                print(f"{module}:{old} -> {new}", flush=True)
                rename_class(project, module, (old, new), place.start(1))


def identifiers(_project: Project) -> None:
    for place, names in IDENTIFIERS.items():
        file = ROOT / f"{place}.py"
        for each in [file] if file.exists() else sorted((ROOT / place).rglob("*.py")):
            rename_identifiers(each, names)


STEPS = {
    "modules": modules,
    "packages": packages,
    "tests": tests,
    "moves": moves,
    "classes": classes,
    "identifiers": identifiers,
}
"""In this order: the later ones name what the earlier ones made."""


def rename_class(project: Project, module: str, names: tuple[str, str], at: int) -> None:
    """One class, everywhere, and where it is named as `module:Class`."""
    old, new = names
    resource = project.get_resource(f"{module}.py")
    project.do(Rename(project, resource, at).get_changes(new, docs=False))
    symbol = re.compile(rf"({re.escape(module.replace('/', '.'))}[:.]){old}\b")
    for file in texts():
        text = file.read_text("utf-8")
        changed = symbol.sub(rf"\g<1>{new}", text)
        if changed != text:
            file.write_text(changed, "utf-8")
            project.validate()


def rename_identifiers(file: Path, names: dict[str, str]) -> None:
    """In code alone: text and comments stay, and so does the path of an import."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    with file.open("rb") as source:
        tokens = [token for token in tokenize.tokenize(source.readline) if token.type == tokenize.NAME]
    changed = [token for token in tokens if token.string in names and not token.line.startswith("from ")]
    changed += [token for token in tokens if token.string in names and _is_imported_name(token)]
    for token in sorted(changed, key=lambda token: token.start, reverse=True):
        row, start = token.start
        line = lines[row - 1]
        lines[row - 1] = line[:start] + names[token.string] + line[token.end[1] :]
    if changed:
        print(f"{file.relative_to(ROOT)}: {len(changed)} names", flush=True)
        file.write_text("".join(lines), "utf-8")


def _is_imported_name(token: tokenize.TokenInfo) -> bool:
    return token.line.startswith("from ") and token.start[1] > token.line.index(" import ")


def rename(project: Project, folder: str, old: str, new: str) -> None:
    """One module, everywhere."""
    resource = project.get_resource(f"{folder}/{old}.py")
    project.do(Rename(project, resource).get_changes(new, docs=False))
    dotted = re.compile(rf"\b{re.escape(folder.replace('/', '.'))}\.{old}\b")
    short = "/".join([*folder.split("/")[1:], old]) if "/" in folder else old
    path = re.compile(rf"(?<![\w/])((?:{folder.split('/')[0]}/)?){re.escape(short)}\.py\b")
    for file in texts():
        text = file.read_text("utf-8")
        changed = dotted.sub(f"{folder.replace('/', '.')}.{new}", text)
        changed = path.sub(lambda found: f"{found[1]}{short.rsplit(old, 1)[0]}{new}.py", changed)
        if changed != text:
            file.write_text(changed, "utf-8")
            project.validate()


def move(project: Project, package: str, old: str, new: str) -> None:
    """One module into a package beside it, under a name of its own there."""
    around, inner = package.rsplit("/", 1)
    resource = project.get_resource(f"{around}/{old}.py")
    project.do(MoveModule(project, resource).get_changes(project.get_resource(package)))
    target = package.replace("/", ".")
    replace(project, rf"\b{re.escape(around.replace('/', '.'))}\.{old}\b(?!\.\w+/)", f"{target}.{old}")
    for start in dict.fromkeys((around, around.removeprefix("chatserver").lstrip("/"))):
        if start:
            replace(project, rf"(?<![\w/]){start}/{old}\.py\b", f"{start}/{inner}/{old}.py")
        else:
            replace(project, rf"(?<![\w/.]){old}\.py\b", f"{inner}/{old}.py", {".md"})
    if new != old:
        rename(project, package, old, new)


def replace(project: Project, pattern: str, by: str, suffixes: frozenset[str] | set[str] = frozenset(TEXTS)) -> None:
    """In every text, whatever matches."""
    for file in texts():
        text = file.read_text("utf-8")
        changed = re.sub(pattern, by, text)
        if changed != text and file.suffix in suffixes:
            file.write_text(changed, "utf-8")
            project.validate()


def rename_package(project: Project, package: str, new: str) -> None:
    """One package, everywhere, and in paths."""
    project.do(Rename(project, project.get_resource(package)).get_changes(new, docs=False))
    renamed = f"{package.rsplit('/', 1)[0]}/{new}"
    dotted, path = re.compile(rf"\b{package.replace('/', '[.]')}\b"), re.compile(rf"\b{package}(?=/|\b)")
    for file in texts():
        text = file.read_text("utf-8")
        changed = path.sub(renamed, dotted.sub(renamed.replace("/", "."), text))
        if changed != text:
            file.write_text(changed, "utf-8")
            project.validate()


def texts() -> Iterator[Path]:
    """Every text file that git knows."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    untracked = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in sorted({*listed.splitlines(), *untracked.splitlines()}):
        file = ROOT / name
        if file.is_file() and file.suffix in TEXTS and name not in LEFT_ALONE:
            yield file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
