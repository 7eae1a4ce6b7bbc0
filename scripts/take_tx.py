"""Gives every function that writes a `Tx` instead of a connection, and drops its `now`: the `Tx` has the time.

    python scripts/take_tx.py

`WRITERS` says which functions those are, and which argument was the time. Their definitions and their callers are
rewritten; what takes a `Tx` already is left alone, so it can be run again, after a rebase for instance. What the
caller gets its `Tx` from is not decided here: inside the package a lambda given to `write` gets one, and tests and
benchmarks wrap their connection.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUFF = [sys.executable, "-m", "ruff"]
WRITERS: dict[str, dict[str, int | None]] = {
    "chatserver.demo.seed": {"_hospital": None, "_people": 2, "seed": 3},
    "chatserver.hub.own_tabs": {"keep": 4},
    "chatserver.records.apply": {"apply": 2},
    "chatserver.store.accounts": {
        "_change": None,
        "_revoke": 3,
        "add": 2,
        "change": 3,
        "disable": 2,
        "enable": None,
        "revoke": 2,
        "revoke_all": 3,
        "revoke_everybody": 1,
        "set_password": 3,
        "start_session": 3,
    },
    "chatserver.store.audit": {"write": 2},
    "chatserver.store.backup": {"renew": 1},
    "chatserver.store.consultants": {"note_availability": None, "put_work": None, "save": None},
    "chatserver.store.conversations": {"add": None, "save": None},
    "chatserver.store.deadlines": {"settle": None},
    "chatserver.store.drafts": {"forget": None, "forget_old": 1, "put": 3},
    "chatserver.store.hospital": {
        "_ensure_unsure": None,
        "_put": None,
        "put_campus": None,
        "put_department": None,
        "put_group": None,
        "put_site": None,
        "put_skill": None,
        "put_words": None,
    },
    "chatserver.store.message_path": {"write": None},
    "chatserver.store.meta": {
        "begin": None,
        "bump_people_version": None,
        "mark_as_demo": None,
        "put": None,
        "renew_epoch": None,
    },
    "chatserver.store.offline_messages": {"add": None, "save": None},
    "chatserver.store.participants": {"add": None},
    "chatserver.store.ratings": {"put": 3},
    "chatserver.store.shifts": {"check_in": 2, "replace_ending_after": None},
    "chatserver.store.sign_ins": {"end_locks": None, "forget_old": 1, "note_try": 3, "succeeded": 3},
    "chatserver.store.visitors": {"end": 2, "end_everybody": 1, "end_for_the_next": 2, "extend": None, "start": 4},
    "chatserver.web.gate.sign_in_locks": {"_end": None},
    "chatserver.web.gate.sign_ins": {"_begin": None},
    "chatserver.hub.unit_of_work": {"UnitOfWork": 1},
}
"""Module → function → the place of its `now` among the arguments, counting the connection as the first."""
OUR_OWN = ("chatserver.store.tx", "Tx")
IN_TESTS = ("tests.transactions", "tx_at")

Edit = tuple[int, int, str]
"""Replace the bytes from … to … by this."""


def main() -> int:
    """Rewrite every Python file that calls or defines one of them."""
    changed = [file for file in files() if rewrite(file)]
    if changed:
        names = [str(file) for file in changed]
        subprocess.run([*RUFF, "check", "--quiet", "--fix", "--select", "I,F401", *names], check=False)
        subprocess.run([*RUFF, "format", "--quiet", *names], check=True)
    for file in changed:
        print(file.relative_to(ROOT))
    return 0


def files() -> Iterator[Path]:
    for folder in ("chatserver", "tests", "bench", "scripts"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if file.name not in ("mechanisms.py", "take_tx.py"):
                yield file


class Rewriter(ast.NodeVisitor):
    """Collects the edits of one file."""

    def __init__(self, file: Path, text: str, tree: ast.Module) -> None:
        self.text = text.encode()
        starts, at = [0], 0
        for line in self.text.splitlines(keepends=True):
            at += len(line)
            starts.append(at)
        self.starts = starts
        self.module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        self.ours = self.module.startswith("chatserver.") and ".migrations." not in self.module
        self.names: dict[str, tuple[str, str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.names |= {each.asname or each.name: (node.module, each.name) for each in node.names}
        self.edits: list[Edit] = []
        self.wrapped = self.annotated = False
        self.scopes: list[set[str]] = [set()]
        """Names that held a connection and are now called `tx`; `now` where it was a parameter that went."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        known = WRITERS.get(self.module, {})
        first = node.args.args[0] if node.args.args else None
        if node.name in known and node.col_offset == 0 and first is not None and first.arg == "conn":
            scope = {"conn"}
            self.replace(first, "tx: Tx")
            self.annotated = True
            place = known[node.name]
            if place is not None:
                self.cut(node.args.args[place], node.args.args[place - 1])
                scope.add("now")
            self.scopes.append(self.scopes[-1] | scope)
            for each in node.body:
                self.visit(each)
            self.scopes.pop()
            return
        mine = {each.arg for each in node.args.args + node.args.kwonlyargs}
        set_here = {
            each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        names, self.names = self.names, {name: home for name, home in self.names.items() if name not in set_here}
        self.scopes.append(self.scopes[-1] - mine)
        self.generic_visit(node)
        self.scopes.pop()
        self.names = names

    def visit_Lambda(self, node: ast.Lambda) -> None:
        mine = {each.arg for each in node.args.args}
        if self.ours and mine == {"conn"} and self.writes(node.body):
            self.replace(node.args.args[0], "tx")
            self.scopes.append(self.scopes[-1] | mine)
        else:
            self.scopes.append(self.scopes[-1] - mine)
        self.visit(node.body)
        self.scopes.pop()

    def writes(self, node: ast.AST) -> bool:
        return any(isinstance(each, ast.Call) and self.resolved(each) is not None for each in ast.walk(node))

    def visit_Call(self, node: ast.Call) -> None:
        found = self.resolved(node)
        if found is None or not node.args or self.is_tx(node.args[0]):
            self.generic_visit(node)
            return
        first, place = node.args[0], WRITERS[found[0]][found[1]]
        moment = None
        rest: list[ast.AST] = [*node.args[1:], *node.keywords]
        if place is not None:
            keyword = next((each for each in node.keywords if each.arg == "now"), None)
            if keyword is not None:
                moment = keyword.value
                self.cut(keyword, self.before(node, keyword))
                rest.remove(keyword)
            elif place < len(node.args):
                moment = node.args[place]
                self.cut(moment, node.args[place - 1])
                rest.remove(moment)
        if isinstance(first, ast.Name) and first.id in self.scopes[-1]:
            self.replace(first, "tx")
        elif isinstance(first, ast.Attribute) and first.attr == "conn" and self.ours:
            self.replace(first, f"{self.source(first.value)}.tx")
        else:
            self.wrap(first, moment)
        for each in rest:
            self.visit(each)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in self.scopes[-1]:
            self.replace(node, "tx.now" if node.id == "now" else "tx.conn")

    def resolved(self, node: ast.Call) -> tuple[str, str] | None:
        match node.func:
            case ast.Name(id=name):
                found = self.names.get(name, (self.module, name))
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.names:
                found = (".".join(self.names[module]), name)
            case _:
                return None
        return found if found[1] in WRITERS.get(found[0], {}) else None

    def is_tx(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id="tx") | ast.Attribute(attr="tx"):
                return True
            case ast.Call(func=ast.Name(id=name)):
                return name in ("Tx", "tx_at")
        return False

    def wrap(self, first: ast.expr, moment: ast.expr | None) -> None:
        self.wrapped = True
        conn, now = self.source(first), "" if moment is None else self.source(moment)
        if self.module.startswith("tests."):
            self.replace(first, f"tx_at({conn}, {now})" if now else f"tx_at({conn})")
        else:
            self.replace(first, f'Tx({conn}, {now or 0}, "{self.module.partition(".")[0]}")')

    def before(self, node: ast.Call, keyword: ast.keyword) -> ast.AST:
        all_of_them: list[ast.AST] = [*node.args, *node.keywords]
        return all_of_them[all_of_them.index(keyword) - 1]

    def span(self, node: ast.AST) -> tuple[int, int]:
        start = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def source(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end].decode()

    def replace(self, node: ast.AST, by: str) -> None:
        self.edits.append((*self.span(node), by))

    def cut(self, node: ast.AST, after: ast.AST) -> None:
        """An argument, with the comma before it."""
        self.edits.append((self.span(after)[1], self.span(node)[1], ""))


def rewrite(file: Path) -> bool:
    """One file; whether anything changed."""
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    work = Rewriter(file, text, tree)
    work.visit(tree)
    if not work.edits:
        return False
    after = text.encode()
    for start, end, by in sorted(work.edits, reverse=True):
        after = after[:start] + by.encode() + after[end:]
    wanted = IN_TESTS if work.module.startswith("tests.") else OUR_OWN
    imported = after.decode()
    if (work.wrapped or work.annotated) and f"from {wanted[0]} import" not in imported:
        imported = with_import(imported, f"from {wanted[0]} import {wanted[1]}\n")
    file.write_text(imported, "utf-8")
    return True


def with_import(text: str, line: str) -> str:
    """Behind the first import; ruff sorts them."""
    tree = ast.parse(text)
    first = next(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    lines = text.splitlines(keepends=True)
    lines.insert(first.end_lineno or first.lineno, line)
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
