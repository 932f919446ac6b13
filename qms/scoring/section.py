"""The key `scoring` of a scorecard's head."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qms import forms
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.scoring import declared, rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class ScoringSection(forms.BindingSection):
    """Scores with the indicators, weights, deductions, vetoes and bands of the organisation (S38)."""

    binding: forms.Binding = rules.SCORING

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """Names the form does not have, weights that are not whole, and a scorecard that is no scorecard."""
        found = list(forms.BindingSection.check(self, work, value, head))
        found += [replace(each, field=f"{self.key}.{each.field}") for each in declared.faults(value, head)]
        if head.get("kind") != "scorecard":
            found.append(Problem(N_("Only scorecards score."), field=self.key))
        return found
