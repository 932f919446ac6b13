"""What stands in the way of an audit or a finding, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class NoSuchAudit(Missing):
    """It does not exist, or not for whoever asks."""

    message = "There is no audit {audit}."


class NotAnAuditForm(Conflict):
    """A plan is begun on a form that declares one."""

    message = "{form} is no form of audits; it declares none."


class CoverageNotAllowed(Forbidden):
    """Who reads the records of no department has no map of what was looked at (AUD-08)."""

    message = "You may not see what audits covered."


class OwnWorkAudited(Forbidden):
    """Nobody audits the work of a department they belong to, or did in the audited time (9.2.2 c, AUD-03)."""

    message = "{record}: {people} would audit work of their own: {departments}."


class AuditorNotQualified(Conflict):
    """Whoever audits has shown that they can (9.2.2 c, AUD-03)."""

    message = "{record}: these do not have what is asked of auditors: {people}."


class OwnPlanApproved(Forbidden):
    """Whoever belongs to the team does not let its audit start (AUD-03)."""

    message = "You belong to the team of {record}; somebody else lets it start."


class AuditUnplanned(Conflict):
    """An audit starts with criteria, scope and all that its plan asks (9.2.2 b, AUD-02)."""

    message = "{record} cannot start before these are known: {fields}."


class AuditsOverlap(Conflict):
    """What others look at already is merged, used, or looked at again for a reason (S62, R50)."""

    message = (
        "{record} overlaps with {others}; name each under the overlaps with a reason, or change the plan."
    )


class AuditStarted(Conflict):
    """What was frozen at the start of an audit stays as it is (AUD-04)."""

    message = "{record} has started; its plan and its checklist stay as they are."


class AuditNotStarted(Conflict):
    """Findings come from an audit under way."""

    message = "{audit} is not under way; nothing is found by it."


class ChecklistUnanswered(Conflict):
    """Every question of the frozen checklist has a result, be it that it was not looked at (AUD-04)."""

    message = "{record}: these questions have no result: {items}."


class NotOnChecklist(Conflict):
    """The checklist is frozen: what it does not ask is not answered (AUD-04)."""

    message = "{record}: the checklist does not ask this: {items}."


class FindingsUnwritten(Conflict):
    """Each result that says so has its finding (AUD-05)."""

    message = "{record} has {seen} result(s) with a finding, but {written} finding(s) filed; file the others."


class FindingsUndecided(Conflict):
    """An audit lasts until each of its findings has its class and was delivered (AUD-05, AUD-07)."""

    message = "{record} is not closed before these findings have a class and were delivered: {findings}."


class ReportIncomplete(Conflict):
    """A report has its eleven elements (AUD-06)."""

    message = "The report of {record} lacks: {elements}."


class ReportUndelivered(Conflict):
    """The results reach somebody of each department that was audited (9.2.2 d, AUD-07)."""

    message = "{record}: nobody of these departments is named to receive the report: {departments}."


class NotARecipient(Forbidden):
    """Whoever a report was delivered to says that it arrived."""

    message = "The report of {audit} was not delivered to you."


class ReportReceived(Conflict):
    """A report arrives once."""

    message = "You have confirmed the report of {audit} already."


class FindingIncomplete(Invalid):
    """A finding has a criterion, evidence and a statement (AUD-05)."""

    message = "Without criterion, evidence and statement this is no finding."


class ConcernedVoter(Forbidden):
    """Whoever belongs to the department, or found it, does not speak on the class (S69)."""

    message = "{record}: {people} belong to the department concerned or found it; mark them as recused."


class ClassNotAgreed(Conflict):
    """A class is what most of those present agreed on, and at least two of them (S69, R48)."""

    message = "{record}: the class {chosen} is not what those present agreed on: {agreed}."


class ActionNeeded(Conflict):
    """Some classes ask for a corrective action whatever is said (AUD-07)."""

    message = "{record}: a finding of the class {chosen} needs a corrective action."


class ClassFixed(Conflict):
    """What was agreed jointly is not changed or taken away by one person (S69)."""

    message = "{record} has its class by a joint decision; send it back to be agreed on again."


class SpreadMissing(Conflict):
    """A common problem is looked for elsewhere too (S69, R48)."""

    message = "{record} is a common problem; name the other departments that look whether they have it."


class DaysBackwards(Conflict):
    """No audit ends before it begins, nor the time it looks at."""

    message = "{record}: a last day lies before its first day."
