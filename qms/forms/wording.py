"""Pure rules: conditions in words people read, with the labels of the form instead of ids."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from qms.forms.definition import Definition, Field, spoken
from qms.kernel.labels import N_, say

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
_HOLDS: Final = N_("{one}: yes")


def in_words(definition: Definition, condition: str, language: str) -> str:
    """A condition as a person would say it; what cannot be said simply stays the formula it is."""
    said = _Teller(definition, language).tell(ast.parse(f"({condition}\n)", mode="eval").body)
    return said or " ".join(condition.split())


class _Teller:
    def __init__(self, definition: Definition, language: str) -> None:
        self.fields = {entry.id: entry for entry in definition.fields}
        self.language = language

    def tell(self, node: ast.expr) -> str:  # noqa: PLR0911 - one line for each kind of condition
        """The words of a part that is a condition; empty where it is not simple enough."""
        match node:
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self.compared(left, sign, right)
            case ast.BoolOp(op=operator, values=values):
                return self.joined(_AND if isinstance(operator, ast.And) else _OR, values)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.phrase(_NOT, self.tell(inner))
            case ast.Call(func=ast.Name(id="is_missing"), args=[ast.Name(id=name)]):
                return self.phrase(_MISSING, self.called(name))
            case ast.Call(func=ast.Name(id="contains"), args=[ast.Name() as whole, part]):
                return self.compared(whole, ast.Eq(), part)
            case ast.Name(id=name):
                return self.phrase(_HOLDS, self.called(name))
        return ""

    def called(self, name: str) -> str:
        """The label of a field; nothing where the name is none of the form's."""
        return spoken(self.fields[name].label, self.language) if name in self.fields else ""

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
        if not isinstance(left, ast.Name):
            return ""
        value = self.value(self.fields.get(left.id), right)
        return self.phrase(_SIGNS[type(sign)], self.called(left.id), value)

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
            case ast.Name(id=name):
                return self.called(name)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                said = [self.value(entry, part) for part in parts]
                return (", " if self.language == "en" else "、").join(said) if all(said) else ""
        return ""
