"""No file of the server holds more than one subject, and nothing is built from more than a dozen parts."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 350
"""Lines of a file with logic. The tables of the database and its migrations are data, and stand whole."""

MOST = 12
"""Arguments of a class with behaviour. Structs and settings are data: their fields are not counted."""

PACKAGE = ROOT / "chatserver"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
LOGIC = [path for path in FILES if path != PACKAGE / "store/tables.py"]


def test_no_file_is_longer_than_one_subject() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in LOGIC}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_no_class_takes_more_than_a_dozen_arguments() -> None:
    builders = {
        f"{path.relative_to(PACKAGE)}:{each.name}": len(method.args.args) - 1 + len(method.args.kwonlyargs)
        for path in FILES
        for each in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(each, ast.ClassDef)
        for method in each.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
    }
    assert not {name: arguments for name, arguments in builders.items() if arguments > MOST}
