"""Pure rules: what a formula means before anything is filled in: its names, its kinds, its choices.

Only what can never be right is a fault: an unknown name or column, a choice a field does not have, a sum
of texts, a comparison of a date with a number. What the formula language allows is `qms.formulas`' law.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qms.forms.names import Kind, Name
from qms.formulas import FormulaUnreadable, parse
from qms.kernel.labels import N_, Phrase

_TRUTH: Final = Name(Kind.TRUTH)
_NUMBER: Final = Name(Kind.NUMBER)
_UNKNOWN: Final = Name(Kind.UNKNOWN)
_RESULTS: Final[Mapping[str, Name]] = {
    "any": _TRUTH,
    "all": _TRUTH,
    "contains": _TRUTH,
    "is_missing": _TRUTH,
    "sum": _NUMBER,
    "count": _NUMBER,
    "mean": _NUMBER,
    "round": _NUMBER,
    "days": _NUMBER,
    "hours": _NUMBER,
    "date": Name(Kind.DATE),
    "month": _NUMBER,
    "year": _NUMBER,
    "lower": Name(Kind.TEXT),
}
_WORDS: Final = frozenset({"true", "false"})
_EITHER: Final = frozenset({"least", "most"})
_NOT_COUNTED: Final = frozenset({Kind.TEXT, Kind.TEXTS, Kind.DATE, Kind.INSTANT, Kind.ROWS, Kind.TRUTH})


def faults_of(text: str, names: Mapping[str, Name], wanted: Kind = Kind.UNKNOWN) -> list[Phrase]:
    """What is wrong with a formula where these names are known and this kind of result is wanted."""
    try:
        formula = parse(text)
    except FormulaUnreadable as fault:
        return [Phrase(fault.message, **fault.facts)]
    for name in sorted(formula.names - set(names)):
        table = names.get(name.partition(".")[0])
        if table is not None and table.kind is Kind.ROWS:
            return [_NOT_NUMBERS[Kind.ROWS]]
        return [Phrase(N_("There is no field {name} that could stand in a formula here."), name=name)]
    reader = _Reader(names)
    kind = reader.kind(_tree(text)).kind
    if not reader.faults and wanted is not Kind.UNKNOWN and kind not in (wanted, Kind.UNKNOWN):
        reader.faults.append(_NO_TRUTH if wanted is Kind.TRUTH else _NO_NUMBER)
    return reader.faults[:1]


def kind_of(text: str, names: Mapping[str, Name]) -> Kind:
    """The kind of result of a formula without fault."""
    return _Reader(names).kind(_tree(text)).kind


def outcomes(text: str) -> Iterator[str]:
    """The texts a formula without fault gives by itself, such as both ends of `'a' if x > 1 else 'b'`."""
    yield from _given(_tree(text))


def _given(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from _given(one)
            yield from _given(other)
        case ast.Constant(value=str() as value):
            yield value


def _tree(text: str) -> ast.expr:
    """The parts of a formula that was read; in brackets it may run over several lines."""
    return ast.parse(f"({text}\n)", mode="eval").body


_NO_TRUTH: Final = Phrase(N_("A condition is needed here, which holds or does not, such as: amount > 0."))
_NO_NUMBER: Final = Phrase(N_("This formula does not give a number."))


@dataclass(slots=True)
class _Reader:
    names: Mapping[str, Name]
    faults: list[Phrase] = field(default_factory=list)

    def kind(self, node: ast.expr) -> Name:
        """What a part of a formula gives; parts that need no look give what nobody knows."""
        reader = _READERS.get(type(node))
        return reader(self, node) if reader else _UNKNOWN

    def constant(self, node: ast.Constant) -> Name:
        if isinstance(node.value, bool):
            return _TRUTH
        return Name(Kind.TEXT) if isinstance(node.value, str) else _NUMBER

    def name(self, node: ast.Name) -> Name:
        return _TRUTH if node.id in _WORDS else self.names.get(node.id, _UNKNOWN)

    def binary(self, node: ast.BinOp) -> Name:
        return self.sum(node.op, self.kind(node.left).kind, self.kind(node.right).kind)

    def unary(self, node: ast.UnaryOp) -> Name:
        inner = self.kind(node.operand).kind
        return _TRUTH if isinstance(node.op, ast.Not) else self.sum(node.op, inner, Kind.NUMBER)

    def logic(self, node: ast.BoolOp) -> Name:
        for value in node.values:
            self.kind(value)
        return _TRUTH

    def choice(self, node: ast.IfExp) -> Name:
        self.kind(node.test)
        one, other = self.kind(node.body), self.kind(node.orelse)
        return one if one.kind is other.kind else _UNKNOWN

    def column(self, node: ast.Attribute) -> Name:
        """A column of a row, which its table must have."""
        row = self.kind(node.value)
        if node.attr not in row.columns and (row.columns or row.kind is not Kind.UNKNOWN):
            self.faults.append(Phrase(N_("The table has no column {name}."), name=node.attr))
        return row.columns.get(node.attr, _UNKNOWN)

    def sum(self, operator: ast.operator | ast.unaryop, left: Kind, right: Kind) -> Name:
        """Only numbers are counted with; but texts may be put together, and days counted from a date."""
        kinds = {left, right}
        if isinstance(operator, ast.Add) and kinds == {Kind.TEXT}:
            return Name(Kind.TEXT)
        if isinstance(operator, ast.Add | ast.Sub) and left is Kind.DATE:
            return self.from_date(operator, right)
        if kinds == {Kind.UNKNOWN} and isinstance(operator, ast.Add | ast.Sub):
            return _UNKNOWN
        self.not_counted(kinds)
        return _NUMBER

    def from_date(self, operator: ast.operator | ast.unaryop, right: Kind) -> Name:
        """A day so many days later or earlier, or the days between two."""
        if isinstance(operator, ast.Sub) and right is Kind.DATE:
            return _NUMBER
        self.not_counted({right})
        return Name(Kind.DATE) if right is Kind.NUMBER else _UNKNOWN

    def not_counted(self, kinds: set[Kind]) -> None:
        wrong = sorted(kinds & _NOT_COUNTED)
        if wrong:
            self.faults.append(_NOT_NUMBERS[wrong[0]])

    def compare(self, node: ast.Compare) -> Name:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            one, other = self.kind(left), self.kind(right)
            self.chosen(one, right)
            self.chosen(other, left)
            kinds = {one.kind, other.kind} - {Kind.UNKNOWN}
            if not isinstance(operator, ast.In | ast.NotIn) and len(kinds) > 1:
                text = N_("These cannot be compared: {one} and {other}.")
                facts = {"one": _CALLED[one.kind], "other": _CALLED[other.kind]}
                self.faults.append(Phrase(text, **facts))
        return _TRUTH

    def chosen(self, entry: Name, against: ast.expr) -> None:
        """A choice is compared with choices it has."""
        if entry.options is None:
            return
        for value in _texts(against):
            if value not in entry.options:
                text = N_("There is no option {value}; the options are {options}.")
                self.faults.append(Phrase(text, value=value, options=", ".join(sorted(entry.options))))

    def call(self, node: ast.Call) -> Name:
        name = ast.unparse(node.func)
        kinds = [self.kind(arg) for arg in node.args]
        if name == "contains":
            self.chosen(kinds[0], node.args[1])
        if name in _EITHER:
            return kinds[0] if len(kinds) > 1 else _UNKNOWN
        return _RESULTS.get(name, _UNKNOWN)

    def each(self, node: ast.GeneratorExp | ast.ListComp) -> Name:
        """Rows of a table one by one: the name of the row knows its columns."""
        names = dict(self.names)
        for loop in node.generators:
            rows = _Reader(names, self.faults).kind(loop.iter)
            if rows.kind not in (Kind.ROWS, Kind.TEXTS, Kind.UNKNOWN):
                self.faults.append(Phrase(N_("Only the rows of a table can be gone through one by one.")))
            kind = Kind.TEXT if rows.kind is Kind.TEXTS else Kind.UNKNOWN
            names[ast.unparse(loop.target)] = Name(kind, rows.options, rows.columns)
            for condition in loop.ifs:
                _Reader(names, self.faults).kind(condition)
        return _Reader(names, self.faults).kind(node.elt)


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as value):
            yield value
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from _texts(part)


_READERS: Final[Mapping[type[ast.expr], Callable[[_Reader, Any], Name]]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.column,
    ast.BinOp: _Reader.binary,
    ast.UnaryOp: _Reader.unary,
    ast.BoolOp: _Reader.logic,
    ast.Compare: _Reader.compare,
    ast.IfExp: _Reader.choice,
    ast.Call: _Reader.call,
    ast.GeneratorExp: _Reader.each,
    ast.ListComp: _Reader.each,
}
_CALLED: Final = {
    Kind.NUMBER: Phrase(N_("a number")),
    Kind.TEXT: Phrase(N_("a text")),
    Kind.TEXTS: Phrase(N_("several choices")),
    Kind.DATE: Phrase(N_("a date")),
    Kind.INSTANT: Phrase(N_("a time")),
    Kind.TRUTH: Phrase(N_("yes or no")),
    Kind.ROWS: Phrase(N_("a table")),
}
_NOT_NUMBERS: Final = {
    Kind.TEXT: Phrase(N_("A text cannot be counted with.")),
    Kind.TEXTS: Phrase(N_("Several choices cannot be counted with; count them first.")),
    Kind.DATE: Phrase(
        N_("A date cannot be counted with like this; days(from, until) gives the days between two.")
    ),
    Kind.INSTANT: Phrase(N_("A time cannot be counted with; days(from, until) gives the days between two.")),
    Kind.ROWS: Phrase(N_("A table cannot be counted with; add up a column: sum(row.x for row in table).")),
    Kind.TRUTH: Phrase(N_("What is true or not cannot be counted with.")),
}
