"""Pure rules: which parts a formula may be made of, and which names it asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qms.formulas.errors import Fault
from qms.formulas.functions import NAMES, TAKES
from qms.formulas.lexicon import BRACKETS
from qms.kernel.labels import N_

PARTS: Final = 600
POINTS: Final = 5
DEPTH: Final = 80
LOOPS: Final = 2
WORDS: Final = {"true": True, "false": False}
"""Yes and no as people write them in definitions; Python's own spelling is read too."""

_OPERATORS: Final = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.UAdd,
    ast.USub,
    ast.Not,
    ast.And,
    ast.Or,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
)
_PLAIN: Final = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.IfExp,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Load,
    ast.Call,
    ast.Compare,
    ast.GeneratorExp,
    ast.ListComp,
    *_OPERATORS,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a formula asks for: free names, which of them are tables, and the columns of each."""

    names: frozenset[str]
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part stands: how deep, and which tables the names of rows around it stand for."""

    depth: int
    rows: tuple[tuple[str, str], ...] = ()

    def table(self, name: str) -> str | None:
        """The table whose rows bear the name here."""
        return dict(self.rows).get(name)


def grow(text: str) -> ast.Expression:
    """The parts of a cleaned text."""
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError as fault:
        raise Fault(N_("It stops making sense near character {at}."), at=fault.offset or 1) from fault
    except (RecursionError, MemoryError, ValueError) as fault:
        raise _too_deep() from fault


def examine(tree: ast.Expression) -> Asked:
    """Refuse every part that formulas do not have; the rest asks for these names and columns."""
    names: set[str] = set()
    columns: set[tuple[str, str]] = set()
    loops: dict[str, str] = {}
    waiting: list[tuple[ast.AST, _Place]] = [(tree, _Place(0))]
    count = 0
    while waiting:
        node, place = waiting.pop()
        count += 1
        if count > PARTS:
            raise Fault(N_("It has more than {most} parts."), most=PARTS)
        if place.depth > DEPTH:
            raise _too_deep()
        _gather(node, place, names, columns)
        for below, inner in _below(node, place):
            loops.update(inner.rows)
            waiting.append((below, inner))
    for name in names:
        if name.partition(".")[0] in loops:
            raise Fault(
                N_("{name} is a row here and something else there; give the row another name."), name=name
            )
    return Asked(frozenset(names), frozenset(loops.values()), frozenset(columns))


def path(node: ast.expr) -> tuple[str, ...]:
    """The names of a dotted name such as `row.grade`; a point after anything else is refused."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < POINTS:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise Fault(N_("A point may stand only between names, such as row.grade."))
    return (node.id, *reversed(parts))


def _gather(node: ast.AST, place: _Place, names: set[str], columns: set[tuple[str, str]]) -> None:
    match node:
        case ast.Name(ctx=ast.Load()) | ast.Attribute():
            parts = path(node)
            table = place.table(parts[0])
            if table is None:
                _free(".".join(parts), names)
            elif len(parts) > 1:
                columns.add((table, _column(parts)))
        case ast.Call():
            _call(node)
        case ast.Compare():
            _compare(node)
        case ast.Constant(value=value) if not isinstance(value, str | int | float | None):
            raise _unusable()
        case _ if not isinstance(node, _PLAIN):
            raise _unusable()


def _free(name: str, names: set[str]) -> None:
    if name in NAMES:
        raise Fault(N_("{name} is a function; write what it works on in brackets after it."), name=name)
    if name not in WORDS:
        names.add(name)


def _column(parts: tuple[str, ...]) -> str:
    if len(parts) > 2:  # noqa: PLR2004 - the row and its column
        raise Fault(
            N_("A row has columns and nothing below them; “{name}” goes deeper."), name=".".join(parts)
        )
    return parts[1]


def _call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in NAMES:
        said = ast.unparse(node.func)
        raise Fault(
            N_("There is no function named {name}; there are {names}."), name=said, names=", ".join(NAMES)
        )
    least, most = TAKES[node.func.id]
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    if node.keywords or starred or not least <= len(node.args) <= most:
        raise Fault(N_("{name} is given too few or too many values."), name=node.func.id)


def _compare(node: ast.Compare) -> None:
    for operand in (node.left, *node.comparators):
        if isinstance(operand, ast.Constant) and operand.value is None:
            raise Fault(N_("To ask whether an answer is missing, write is_missing(…)."))
    if not all(isinstance(sign, _OPERATORS) for sign in node.ops):
        raise Fault(N_("To compare, write ==, !=, <, <=, >, >=, in or not in."))


def _below(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    inner = _Place(place.depth + 1, place.rows)
    match node:
        case ast.Attribute():
            return
        case ast.Call():
            yield from ((argument, inner) for argument in node.args)
        case ast.GeneratorExp() | ast.ListComp():
            yield from _rows(node, inner)
        case _:
            yield from ((child, inner) for child in ast.iter_child_nodes(node))


def _rows(node: ast.GeneratorExp | ast.ListComp, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    if len(node.generators) > LOOPS:
        raise Fault(N_("It goes through more than {most} tables at once."), most=LOOPS)
    for loop in node.generators:
        if not isinstance(loop.target, ast.Name) or loop.target.id in NAMES or loop.target.id in WORDS:
            raise Fault(N_("After “for” stands one name for a row, such as: for row in items."))
        if not isinstance(loop.iter, ast.Name | ast.Attribute) or place.table(path(loop.iter)[0]) is not None:
            raise Fault(N_("After “in” stands the name of a table, such as: for row in items."))
        yield loop.iter, place
        table = ".".join(path(loop.iter))
        place = _Place(place.depth + 1, (*place.rows, (loop.target.id, table)))
        yield from ((condition, place) for condition in loop.ifs)
    yield node.elt, place


def _unusable() -> Fault:
    return Fault(N_("It has a part that formulas do not have."))


def _too_deep() -> Fault:
    return Fault(N_("Its parts stand in each other deeper than {most} times."), most=BRACKETS)
