"""No two modules of the server import each other, directly or through others.

Imports inside functions and under `TYPE_CHECKING` count, too: they hide a cycle but do not remove it.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from .paths import ROOT


def test_no_modules_of_the_server_import_each_other() -> None:
    assert circles(imports_of(ROOT, "chatserver")) == []


def test_a_circle_is_found_wherever_its_imports_stand(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("")
    (house / "hall.py").write_text("from house import attic\nimport house.cellar\n")
    (house / "attic.py").write_text("def climb():\n    from house.stairs import Stairs\n")
    (house / "stairs.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.attic import climb\n"
    )
    (house / "cellar.py").write_text("from house import stairs\n")
    assert circles(imports_of(tmp_path, "house")) == [["house.attic", "house.stairs"]]


def imports_of(root: Path, package: str) -> dict[str, set[str]]:
    """Each module of the package with the modules of the package that it imports."""
    files = {_name(file.relative_to(root)): file for file in sorted((root / package).rglob("*.py"))}
    return {name: set(_imported(file, files)) - {name} for name, file in files.items()}


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules in which each one reaches every other, sorted."""
    reached = {name: _reached(name, imports) for name in imports}
    groups = {frozenset({name, *(each for each in reached[name] if name in reached[each])}) for name in imports}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reached(start: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        new = imports[left.pop()] - found
        found |= new
        left += new
    return found


def _imported(file: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """A package counts only if a name of its own is imported, not if one of its modules is."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports are not followed here"
            if node.module not in files:
                continue
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in files else str(node.module)


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
