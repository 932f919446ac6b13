"""The key `finding` of a form's head, which beside fields and steps declares the classes of findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qms import forms
from qms.audits import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.errors import Problem
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class FindingSection(forms.BindingSection):
    """Findings with the classes of the organisation: A to D, or minor and major, or others (AUD-05)."""

    binding: forms.Binding = rules.FINDING

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """Names that the form does not have, and classes that it does not offer or not grade."""
        named = forms.BindingSection.check(self, work, value, head)
        classed = rules.class_faults(value, head)
        return [*named, *(replace(each, field=f"{self.key}.{each.field}") for each in classed)]
