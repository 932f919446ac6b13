"""What stands in the way of an objective, its check, its revision: one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Missing


class NoSuchObjective(Missing):
    """It is not there, or not for who asks (law 11)."""

    message = "There is no objective {number}."


class ObjectiveSealed(Conflict):
    """Objectives are known to those who work for them; their forms keep nothing sealed (6.2.1 f, R37)."""

    message = "Objectives are published: their forms must not seal what they ask."


class ParentNotFitting(Conflict):
    """A department's objective arises from one of the centre, a person's from its department's (R30)."""

    message = "{parent} cannot be the parent: name an objective of the level above, set for this period."


class CodeInUse(Conflict):
    """One objective of a number at a time: an indicator has one definition (R42)."""

    message = "The objective number {code} is in use in this period; take another one, or revise that one."


class IndicatorElsewhere(Conflict):
    """One indicator has one source of data (R42)."""

    message = "“{indicator}” is taken from “{source}” already; an indicator has one source."


class SplitMissing(Conflict):
    """What adds up over the year is split by season (S16)."""

    message = "Split the target by season: a target of counts or money needs its parts."


class SplitNotOfPeriod(Conflict):
    """The parts of the split are equal numbers of whole months of the period."""

    message = "{parts} parts do not divide the period {first} to {last} into whole months."


class SplitEven(Conflict):
    """The split follows the seasons, never a plain average (S16, R37)."""

    message = "All parts weigh the same: follow the seasons, or write the reason in each even split."


class SplitNotWhole(Conflict):
    """The targets of the parts come to the target of the year."""

    message = "The targets of the parts come to {sum}, not to {target}."


class TargetsByRevisionOnly(Conflict):
    """Every change of an objective that was set is filed as a revision (S29, R35)."""

    message = "{record} is set: its objective is changed by a filed revision only."


class ObjectiveNotSet(Conflict):
    """Only what was set and has not ended is checked or revised."""

    message = "{objective} is not in force as an objective on {day}."


class OutsidePeriod(Conflict):
    """A check lies inside the period of its objective."""

    message = "The check from {first} to {last} lies outside the period of {objective}."


class PartNotFitting(Conflict):
    """A monthly check covers one part of the split, so that no result counts twice."""

    message = "A monthly check of {objective} covers one of its parts; {first} to {last} is none."


class CheckedTwice(Conflict):
    """A part of the period has one monthly result (R42)."""

    message = "{objective} has a monthly result from {first} to {last} already: {record}. Amend that one."


class TargetNotInForce(Conflict):
    """A result is held against the target in force for its part (S29)."""

    message = "The target of {objective} from {first} to {last} is {target}, not {given}."


class VerdictWrong(Conflict):
    """Whether a target was reached follows from the figures and the direction, not from an opinion."""

    message = "{actual} against a target of {target}: answer whether it was achieved accordingly."


class CorrectiveActionWanted(Conflict):
    """What is missed again and again, or by far, goes to a corrective action (5.8 of CP-08, 10.2)."""

    message = "{objective} was missed {times} time(s) in a row, at {attained} %: file its corrective action."


class OldTargetWrong(Conflict):
    """A revision starts from the target in force (R35)."""

    message = "The target of {objective} in force is {target}; the revision says {given}."


class RevisionMisplaced(Conflict):
    """Level and department decide who approves: they are those of the objective (R34)."""

    message = "{objective} stands at the level “{level}” in the department {department}; say so here."


class EffectiveOutside(Conflict):
    """A revision takes effect inside the period, after the one before it."""

    message = "{objective} cannot be revised from {day}: take a day in its period after {after}."


class FilingNumberInUse(Conflict):
    """A filing number is given once (R35)."""

    message = "The filing number {number} is in use."


class FormMissing(Conflict):
    """Checks and revisions are records on a form that says so."""

    message = "No form in force that you may fill in declares “{key}”."
