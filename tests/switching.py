"""Removes one mechanism from the source of a module. The mechanism is found by name, not by its line or its exact text.

Patterns are written as Python and compared as syntax trees, so comments, line breaks and spaces do not matter. In a
pattern, `...` matches anything: a value, all arguments of a call, a whole body. In a replacement, `_` stands for the
original value. A pattern that does not match exactly once raises `NotOnce`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NamedNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
Slot = tuple[ast.AST, str, int | None]
"""The place of a node in its parent: the field, and the index if the field is a list."""


class NotOnce(Exception):
    """What an entry names does not exist, or exists more than once."""


@dataclass(frozen=True)
class Value:
    """The constant has this value instead."""

    put: str

    def apply(self, symbol: ast.AST) -> None:
        assert isinstance(symbol, ast.Assign | ast.AnnAssign), "no constant"
        _put((symbol, "value", None), self.put)


@dataclass(frozen=True)
class Body:
    """The function does this instead."""

    put: str

    def apply(self, symbol: ast.AST) -> None:
        assert isinstance(symbol, ast.FunctionDef | ast.AsyncFunctionDef), "no function"
        symbol.body = ast.parse(self.put).body


@dataclass(frozen=True)
class Without:
    """A statement, an operand of `and` and `or`, an argument, or one of several things listed is left out."""

    found: str

    def apply(self, symbol: ast.AST) -> None:
        _leave_out(_whole(symbol, _only(symbol, self.found)))


@dataclass(frozen=True)
class Instead:
    """An expression or a statement is replaced by another."""

    found: str
    put: str

    def apply(self, symbol: ast.AST) -> None:
        slot = _only(symbol, self.found)
        _put(slot if _is_value(self.put) else _whole(symbol, slot), self.put)


@dataclass(frozen=True)
class Later:
    """A statement is moved directly behind another one."""

    found: str
    behind: str

    def apply(self, symbol: ast.AST) -> None:
        slot = _whole(symbol, _only(symbol, self.found))
        statement = _node(slot)
        _leave_out(slot)
        parent, field, at = _whole(symbol, _only(symbol, self.behind))
        assert at is not None, "no statement"
        getattr(parent, field).insert(at + 1, statement)


Switch = Value | Body | Without | Instead | Later


def module_file(root: Path, symbol: str) -> Path:
    """Where the module of `package.module:qualified.name` stands. Raises `NotOnce`."""
    base = root.joinpath(*symbol.partition(":")[0].split("."))
    found = [file for file in (base.with_suffix(".py"), base / "__init__.py") if file.exists()]
    if len(found) != 1:
        raise NotOnce(f"module of {symbol}: {len(found)} times")
    return found[0]


def switched_off(source: str, symbol: str, switch: Switch) -> str:
    """The source of that module without it. Raises `NotOnce`; `AssertionError` where that would be no other source."""
    tree = ast.parse(source)
    named = _named(tree, symbol.partition(":")[2])
    before = ast.dump(named)
    switch.apply(named)
    assert ast.dump(named) != before, f"{symbol}: nothing is changed"
    text = ast.unparse(ast.fix_missing_locations(tree))
    compile(text, symbol, "exec")
    return text


def _named(tree: ast.AST, name: str) -> ast.AST:
    within = tree
    for part in name.split("."):
        found = [each for each in _names_within(within) if part in _names_of(each)]
        if len(found) != 1:
            raise NotOnce(f"{part} of {name}: {len(found)} times")
        within = found[0]
    return within


def _names_within(node: ast.AST) -> Iterator[NamedNode]:
    """The definitions at this level, including those within `if` and `with`, but not those within another function or
    class."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, NamedNode):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _names_within(child)


def _names_of(node: NamedNode) -> list[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [target.id for target in targets if isinstance(target, ast.Name)]
    return [node.name]


def _only(within: ast.AST, found: str) -> Slot:
    """The one place where the pattern matches."""
    pattern = _parsed(found)
    slots = [slot for slot in _slots(within) if _is_like(pattern, _node(slot))]
    if len(slots) != 1:
        raise NotOnce(f"{found!r}: {len(slots)} times")
    return slots[0]


def _parsed(text: str) -> ast.AST:
    """Parse a pattern as a statement, or as an expression if it is one. A call that is a statement of its own is
    searched for as a call."""
    (statement,) = ast.parse(text).body
    return statement.value if isinstance(statement, ast.Expr) else statement


def _slots(node: ast.AST) -> Iterator[Slot]:
    for field, value in ast.iter_fields(node):
        children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for at, child in children:
            if isinstance(child, ast.AST):
                yield node, field, at
                yield from _slots(child)


def _node(slot: Slot) -> Any:
    parent, field, at = slot
    value = getattr(parent, field)
    return value if at is None else value[at]


def _is_like(pattern: Any, node: Any) -> bool:
    if isinstance(pattern, list):
        anything = len(pattern) == 1 and _is_dots(pattern[0])
        return isinstance(node, list) and (
            anything or (len(pattern) == len(node) and all(map(_is_like, pattern, node)))
        )
    if not isinstance(pattern, ast.AST):
        return bool(pattern == node and type(pattern) is type(node))
    if _is_dots(pattern):
        return isinstance(node, ast.expr)
    if type(pattern) is not type(node):
        return False
    fields = dict(ast.iter_fields(pattern))
    if isinstance(pattern, ast.Call) and len(pattern.args) == 1 and _is_dots(pattern.args[0]):
        fields = {"func": pattern.func}
    fields.pop("ctx", None)
    return all(_is_like(value, getattr(node, field)) for field, value in fields.items())


def _is_dots(node: object) -> bool:
    """`...`, as a value or as a whole body."""
    if isinstance(node, ast.Expr):
        node = node.value
    return isinstance(node, ast.Constant) and node.value is ...


def _is_value(text: str) -> bool:
    return isinstance(_parsed(text), ast.expr)


def _whole(within: ast.AST, slot: Slot) -> Slot:
    """The statement that consists of this call alone, awaited or not; otherwise the call itself."""
    parent = slot[0]
    if isinstance(parent, ast.Expr | ast.Await):
        return _whole(within, next(each for each in _slots(within) if _node(each) is parent))
    return slot


def _leave_out(slot: Slot) -> None:
    parent, field, at = slot
    assert at is not None, "it is not one of several"
    left = getattr(parent, field)
    was = left.pop(at)
    if isinstance(parent, ast.Dict):
        parent.values.pop(at)
    if isinstance(was, ast.stmt) and not left:
        left.append(ast.Pass())


def _put(slot: Slot, text: str) -> None:
    parent, field, at = slot
    was = _node(slot)
    assert isinstance(was, ast.stmt) or _is_value(text), "a value is replaced by a value"
    new: Any = ast.parse(text).body
    if isinstance(was, ast.stmt):
        assert at is not None, "a statement stands in a list"
        getattr(parent, field)[at : at + 1] = new
        return
    new = _WithOld(was).visit(new[0].value)
    if at is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[at] = new


class _WithOld(ast.NodeTransformer):
    """`_` is what was there."""

    def __init__(self, was: ast.expr) -> None:
        self._was = was

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._was if node.id == "_" else node
