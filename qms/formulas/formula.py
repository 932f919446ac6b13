"""Pure rules: a formula that was read, and its value for the answers of one record.

The tree of parts is walked by simpleeval, of which everything that could reach beyond the answers is
replaced: literals are Decimal, names and functions a closed list, attributes the columns of a row.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any, Final

import simpleeval

from qms.formulas import lexicon, tree
from qms.formulas.errors import Fault, FormulaFailed, FormulaUnreadable
from qms.formulas.functions import CALLS
from qms.formulas.values import OPERATORS, Row, admit, release
from qms.kernel.labels import N_

STEPS: Final = 100_000
"""How many parts are looked at before a formula is given up; some tenths of a second."""


class Formula:
    """A formula that was read: its text, the names it asks for, and its value for given answers."""

    __slots__ = ("_clean", "_tree", "columns", "names", "tables", "text")

    def __init__(self, text: str) -> None:
        """Read the text; whatever formulas do not have is refused."""
        self.text = text
        self._clean = lexicon.clean(text)
        self._tree = tree.grow(self._clean)
        asked = tree.examine(self._tree)
        self.names = asked.names
        self.tables = asked.tables
        self.columns = asked.columns

    def __repr__(self) -> str:
        """The text, for logs."""
        return f"Formula({self.text!r})"

    def value(self, values: Mapping[str, Any]) -> Any:
        """What the formula gives for these answers; an answer that is absent is missing."""
        try:
            known = {name: self._known(name, values) for name in self.names}
            return release(_Walk(known, self._clean).eval(self._clean, self._tree.body))
        except Fault as fault:
            raise FormulaFailed(formula=self.text, why=fault.why) from fault
        except simpleeval.IterableTooLong as fault:
            raise FormulaFailed(formula=self.text, why=_too_much().why) from fault
        except DecimalException as fault:
            why = Fault(N_("A number becomes too large, or the calculation has no result.")).why
            raise FormulaFailed(formula=self.text, why=why) from fault

    def _known(self, name: str, values: Mapping[str, Any]) -> Any:
        """The admitted value of a name; a table without rows is an empty one."""
        found = admit(_found(values, name))
        if name not in self.tables or isinstance(found, tuple):
            return found
        if found is not None:
            raise Fault(N_("{name} is no table, so it has no rows."), name=name)
        return ()

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a condition is met; a missing value does not meet it."""
        return bool(self.value(values))


def parse(text: str) -> Formula:
    """Read a formula; what is wrong with it is said in one sentence."""
    try:
        return Formula(text)
    except Fault as fault:
        raise FormulaUnreadable(formula=text[: lexicon.LONGEST], why=fault.why) from fault


def _found(values: Mapping[str, Any], name: str) -> Any:
    """The value of a name; of a dotted one, where no such name is given, the part of its first name."""
    if name in values:
        return values[name]
    first, _, rest = name.partition(".")
    inside = values.get(first)
    return inside.get(rest) if rest and isinstance(inside, Mapping) else None


def _too_much() -> Fault:
    return Fault(N_("It has too much to look at; ask for less at once."))


class _Walk(simpleeval.EvalWithCompoundTypes):  # type: ignore[misc]  # simpleeval has no types
    """simpleeval with our values: the handlers it keeps are those for signs, calls, choices and loops."""

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        """Set what its own beginning would set, without the handlers and functions that are not ours."""
        self.operators = OPERATORS
        self.functions = CALLS
        self.names = {**tree.WORDS, **values}
        self.allowed_attrs: dict[type, set[str]] = {}
        self.steps = 0
        self.written = text.encode()
        self.nodes = {
            ast.Name: self._eval_name,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._eval_boolop,
            ast.Compare: self._eval_compare,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_call,
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.List: self._eval_list,
            ast.Tuple: self._eval_tuple,
            ast.ListComp: self._eval_comprehension,
            ast.GeneratorExp: self._eval_comprehension,
        }

    def _eval(self, node: ast.AST) -> Any:
        """One part; each costs a step, and a list as many as it is long, since it is looked through."""
        found = super()._eval(node)
        self.steps += 1 + (len(found) if isinstance(found, list | tuple) else 0)
        if self.steps > STEPS:
            raise _too_much()
        return found

    def _constant(self, node: ast.Constant) -> Any:
        """A number is read from what was written, never from the float of Python's parser."""
        if isinstance(node.value, bool | str | None):
            return node.value
        return Decimal(self.written[node.col_offset : node.end_col_offset].decode())

    def _attribute(self, node: ast.Attribute) -> Any:
        """A dotted name that was given as such, or a column of a row."""
        parts = tree.path(node)
        name = ".".join(parts)
        if name in self.names:
            return self.names[name]
        row = self._eval(node.value)
        return row.cells.get(node.attr) if isinstance(row, Row) else None
