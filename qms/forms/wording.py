"""Pure rules: conditions in words people read, with the labels of the form instead of ids."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from qms.forms.definition import Definition, Field, Option, Type, spoken
from qms.kernel.labels import N_, listed, say

_SIGNS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Eq: N_("{one} is {other}"),
    ast.NotEq: N_("{one} is not {other}"),
    ast.In: N_("{one} is one of {other}"),
    ast.NotIn: N_("{one} is none of {other}"),
    ast.Lt: "{one} < {other}",
    ast.LtE: "{one} ≤ {other}",
    ast.Gt: "{one} > {other}",
    ast.GtE: "{one} ≥ {other}",
}
_AND: Final = N_("{one} and {other}")
_OR: Final = N_("{one} or {other}")
_NOT: Final = N_("not: {one}")
_MISSING: Final = N_("{one} is not filled in")
_GIVEN: Final = N_("{one} is filled in")
_HOLDS: Final = N_("{one}: yes")
_FAILS: Final = N_("{one}: no")
_ROWS: Final = {
    "any": N_("in at least one row of {one}: {other}"),
    "all": N_("in every row of {one}: {other}"),
}
_SPANS: Final = {"hours": N_("hours from {one} to {other}"), "days": N_("days from {one} to {other}")}
_DECIDED: Final = N_("the decision")
_OPPOSITES: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def in_words(definition: Definition, condition: str, language: str) -> str:
    """A condition as a person would say it; what cannot be said simply stays the formula it is."""
    known = {_DECISION: _decision(definition, language)} | {entry.id: entry for entry in definition.fields}
    said = _Teller(known, language).tell(ast.parse(f"({condition}\n)", mode="eval").body)
    return said or " ".join(condition.split())


_DECISION: Final = "decision"


def _decision(definition: Definition, language: str) -> Field:
    """What the steps decide, which is no field of the form and yet has its options."""
    taken = [Option(one.value, one.label) for step in definition.steps for one in step.decisions]
    return Field(_DECISION, say(_DECIDED, language), Type.CHOICE, options=tuple(taken))


class _Teller:
    def __init__(self, fields: Mapping[str, Field], language: str) -> None:
        self.fields = fields
        self.language = language

    def tell(self, node: ast.expr) -> str:  # noqa: PLR0911 - one line for each kind of condition
        """The words of a part that is a condition; empty where it is not simple enough."""
        match node:
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self.compared(left, sign, right)
            case ast.BoolOp(op=operator, values=values):
                return self.joined(_AND if isinstance(operator, ast.And) else _OR, values)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.denied(inner)
            case ast.Call(func=ast.Name(id="is_missing"), args=[inner]):
                return self.phrase(_MISSING, self.called(inner))
            case ast.Call(func=ast.Name(id="contains"), args=[whole, part]):
                return self.compared(whole, ast.Eq(), part)
            case ast.Call(func=ast.Name(id="any" | "all" as how), args=[ast.GeneratorExp() as rows]):
                return self.among(how, rows)
            case ast.Name() | ast.Attribute():
                return self.phrase(_HOLDS, self.called(node))
        return ""

    def denied(self, node: ast.expr) -> str:
        """That a condition does not hold, without a doubled no where there is a plain word."""
        match node:
            case ast.Call(func=ast.Name(id="is_missing"), args=[inner]):
                return self.phrase(_GIVEN, self.called(inner))
            case ast.Call(func=ast.Name(id="contains"), args=[whole, part]):
                return self.compared(whole, ast.NotEq(), part)
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _OPPOSITES:
                return self.compared(left, _OPPOSITES[type(sign)](), right)
            case ast.Name() | ast.Attribute():
                return self.phrase(_FAILS, self.called(node))
        return self.phrase(_NOT, self.tell(node))

    def among(self, how: str, rows: ast.GeneratorExp) -> str:
        """A condition on the rows of a table; the columns are called as in its head."""
        match rows.generators:
            case [ast.comprehension(target=ast.Name(id=row), iter=ast.Name(id=table), ifs=[])]:
                entry = self.fields.get(table)
                if entry is not None and entry.type is Type.TABLE:
                    columns = {f"{row}.{column.id}": column for column in entry.columns}
                    inner = _Teller({**self.fields, **columns}, self.language).tell(rows.elt)
                    return self.phrase(_ROWS[how], spoken(entry.label, self.language), inner)
        return ""

    def called(self, node: ast.expr) -> str:
        """The label of a field or column, or the span between two; nothing where it is neither."""
        match node:
            case ast.Call(func=ast.Name(id="hours" | "days" as unit), args=[since, until]):
                return self.phrase(_SPANS[unit], self.called(since), self.called(until))
        entry = self.entry(node)
        return "" if entry is None else spoken(entry.label, self.language)

    def entry(self, node: ast.expr) -> Field | None:
        """The field or column that is named."""
        named = isinstance(node, ast.Name | ast.Attribute)
        return self.fields.get(ast.unparse(node)) if named else None

    def phrase(self, text: str, *parts: str) -> str:
        """A phrase of parts that could all be said."""
        if not all(parts):
            return ""
        return say(text, self.language, **dict(zip(("one", "other"), parts, strict=False)))

    def joined(self, text: str, values: list[ast.expr]) -> str:
        """Conditions one after the other."""
        said = self.tell(values[0])
        for value in values[1:]:
            said = self.phrase(text, said, self.tell(value))
        return said

    def compared(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> str:
        """A field and what it is held against."""
        return self.phrase(_SIGNS[type(sign)], self.called(left), self.value(self.entry(left), right))

    def value(self, entry: Field | None, node: ast.expr) -> str:  # noqa: PLR0911 - one for each kind
        """What a field is held against: a choice by its label, a number, a text, another field."""
        match node:
            case ast.Constant(value=str() as text) if entry is not None:
                labels = {option.value: spoken(option.label, self.language) for option in entry.options}
                return labels.get(text, f"“{text}”")
            case ast.Constant(value=bool() as truth):
                return say(N_("Yes") if truth else N_("No"), self.language)
            case ast.Constant(value=int() | float() as number):
                return f"{number:,}"
            case ast.Name(id="true" | "false" as word):
                return say(N_("Yes") if word == "true" else N_("No"), self.language)
            case ast.Name() | ast.Attribute():
                return self.called(node)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                said = [self.value(entry, part) for part in parts]
                return listed(said, self.language) if all(said) else ""
        return ""
