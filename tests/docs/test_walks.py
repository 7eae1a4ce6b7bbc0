"""The walks in docs/architecture.md name files that exist, and what these files define."""

import ast
import re
from pathlib import Path

import pytest

from .paths import DOCUMENTS, ROOT

WALKS = DOCUMENTS["docs/architecture.md"].partition("\n## Two walks\n")[2].partition("\n## ")[0]
STEPS = re.findall(r"^\| [↳\w, ]+ \| `([\w./-]+)` \| `([\w.]+)` \|", WALKS, re.MULTILINE)


def found(path: str) -> Path:
    return next(file for file in (ROOT / path, ROOT / "chatserver" / path) if file.is_file())


def defined_in_python(tree: ast.Module) -> set[str]:
    """The names of functions, classes and methods: `decide`, `UnitOfWork.decide`."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {each.name for each in tree.body if isinstance(each, kinds)}
    for each in tree.body:
        if isinstance(each, ast.ClassDef):
            names |= {f"{each.name}.{inner.name}" for inner in each.body if isinstance(inner, kinds)}
    return names


def is_defined_in_typescript(name: str, text: str) -> bool:
    """Whether the file defines this function or class; for `Chat.post`, whether it has the class and such a method."""
    owner, _, method = name.rpartition(".")
    top = owner or method
    if not re.search(rf"^(?:export )?(?:async )?(?:function|class|const) {top}\b", text, re.MULTILINE):
        return False
    return not owner or re.search(rf"^  (?:private |async )*{method}(?:<[^>]*>)?\(", text, re.MULTILINE) is not None


def test_there_are_two_walks() -> None:
    assert len(re.findall("^### ", WALKS, re.MULTILINE)) == 2
    assert len(STEPS) == len(re.findall(r"^\| (?!Room |---)", WALKS, re.MULTILINE)) > 40


@pytest.mark.parametrize(("path", "name"), STEPS, ids=[f"{path} {name}" for path, name in STEPS])
def test_every_step_is_where_the_walk_says(path: str, name: str) -> None:
    text = found(path).read_text("utf-8")
    assert name in defined_in_python(ast.parse(text)) if path.endswith(".py") else is_defined_in_typescript(name, text)


def test_what_is_not_there_is_missed() -> None:
    assert defined_in_python(ast.parse("class A:\n    def b(self): ...")) == {"A", "A.b"}
    assert is_defined_in_typescript("A.b", "export class A {\n  private b(): void {")
    assert not is_defined_in_typescript("A.c", "export class A {\n  private b(): void {")
