"""Every write of the store has a `Tx`: who acts, at what time, in which transaction. No function writes through a bare
connection, and none that has a `Tx` is given another time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STORE = Path(__file__).resolve().parents[2] / "chatserver/store"
CHANGES = {"insert", "update", "delete", "insert_or"}
"""What builds a statement that writes. `insert_or` itself only builds one."""
BUILDERS = {"upserts.py": {"insert_or"}}
FILES = [path for path in sorted(STORE.rglob("*.py")) if "migrations" not in path.parts]


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def statements(tree: ast.Module) -> set[str]:
    """The names of a module's statements that write, made once for all calls."""
    return {
        target.id
        for each in tree.body
        if isinstance(each, ast.Assign) and CHANGES & names_in(each.value)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def first(function: ast.FunctionDef) -> str:
    """The type of its first argument."""
    arguments = function.args.args
    return ast.unparse(arguments[0].annotation) if arguments and arguments[0].annotation else ""


def connected(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (each for each in functions(tree).values() if first(each) == "Connection")


def writers() -> set[str]:
    """The functions of the store that take a `Tx`."""
    trees = (ast.parse(path.read_text("utf-8")) for path in FILES)
    return {name for tree in trees for name, each in functions(tree).items() if first(each) == "Tx"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_function_of_the_store_writes_through_a_bare_connection(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    writes = CHANGES | statements(tree)
    wrong = {each.name for each in connected(tree) if writes & names_in(each)}
    assert wrong - BUILDERS.get(path.name, set()) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_function_with_a_transaction_is_given_another_time(path: Path) -> None:
    taking = [each for each in functions(ast.parse(path.read_text("utf-8"))).values() if first(each) == "Tx"]
    assert not {each.name for each in taking if {"now", "at", "actor"} & {arg.arg for arg in each.args.args}}


def test_the_functions_that_write_are_found() -> None:
    assert {"start_session", "settle", "put_group", "write", "note_try", "renew"} <= writers()
