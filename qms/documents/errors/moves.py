"""Refusals of moves of a revision: each illegal move is its own fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict

__all__ = [
    "BindApproved",
    "BindDraft",
    "BindInReview",
    "BindIssued",
    "EditApproved",
    "EditInReview",
    "EditIssued",
    "EditIssuing",
    "FailApproved",
    "FailDraft",
    "FailInReview",
    "FailIssued",
    "RecallDraft",
    "RecallIssued",
    "RecallIssuing",
    "ReleaseDraft",
    "ReleaseInReview",
    "ReleaseIssued",
    "ReleaseIssuing",
    "ReturnApproved",
    "ReturnDraft",
    "ReturnIssued",
    "ReturnIssuing",
    "SignApproved",
    "SignDraft",
    "SignIssued",
    "SignIssuing",
    "SubmitApproved",
    "SubmitInReview",
    "SubmitIssued",
    "SubmitIssuing",
]


class EditInReview(Conflict):
    """Refused: an edit meets a text in review."""

    message = "{what} is in review; take it back to draft before changing it."


class EditApproved(Conflict):
    """Refused: an edit meets an approved text."""

    message = "{what} is approved; take it back to draft before changing it, its signatures then lapse."


class EditIssuing(Conflict):
    """Refused: an edit meets a text being issued."""

    message = "{what} is being issued and can no longer be changed."


class EditIssued(Conflict):
    """Refused: an edit meets an issued text (DOC-05)."""

    message = "{what} is issued and never changes; start a new revision."


class SubmitInReview(Conflict):
    """Refused: what is in review is submitted again."""

    message = "{what} is already in review."


class SubmitApproved(Conflict):
    """Refused: what is approved is submitted again."""

    message = "{what} is already approved."


class SubmitIssuing(Conflict):
    """Refused: what is being issued is submitted again."""

    message = "{what} is already being issued."


class SubmitIssued(Conflict):
    """Refused: what is issued is submitted again."""

    message = "{what} is already issued; start a new revision."


class SignDraft(Conflict):
    """Refused: a draft is signed."""

    message = "{what} is still a draft; nobody signs it before it is submitted."


class SignApproved(Conflict):
    """Refused: a review signature comes after approval."""

    message = "{what} is already approved; its review is closed."


class SignIssuing(Conflict):
    """Refused: a review signature comes while issuing."""

    message = "{what} is being issued; its review is closed."


class SignIssued(Conflict):
    """Refused: a review signature comes after issue."""

    message = "{what} is issued; its review is closed."


class ReturnDraft(Conflict):
    """Refused: a draft is returned."""

    message = "{what} is a draft; there is no review to return it from."


class ReturnApproved(Conflict):
    """Refused: an approved text is returned by a reviewer."""

    message = "{what} is approved; its review is closed and it can only be recalled."


class ReturnIssuing(Conflict):
    """Refused: a text being issued is returned."""

    message = "{what} is being issued and cannot be returned."


class ReturnIssued(Conflict):
    """Refused: an issued text is returned."""

    message = "{what} is issued and cannot be returned; revise or withdraw it."


class RecallDraft(Conflict):
    """Refused: a draft is recalled."""

    message = "{what} is already a draft."


class RecallIssuing(Conflict):
    """Refused: a text being issued is recalled."""

    message = "{what} is being issued and cannot be recalled."


class RecallIssued(Conflict):
    """Refused: an issued text is recalled."""

    message = "{what} is issued and cannot be recalled; withdraw it."


class ReleaseDraft(Conflict):
    """Refused: a draft is released (DOC-02)."""

    message = "{what} is a draft; it has to be reviewed and approved before it is issued."


class ReleaseInReview(Conflict):
    """Refused: a text in review is released (DOC-02)."""

    message = "{what} is in review; it has to be approved before it is issued."


class ReleaseIssuing(Conflict):
    """Refused: a text being issued is released again."""

    message = "{what} is already being issued."


class ReleaseIssued(Conflict):
    """Refused: an issued text is released again."""

    message = "{what} is already issued."


class BindDraft(Conflict):
    """Refused: a PDF is bound to a draft."""

    message = "{what} went back to draft; the rendered copy is of no use."


class BindInReview(Conflict):
    """Refused: a PDF is bound to a text in review."""

    message = "{what} is in review; the rendered copy is of no use."


class BindApproved(Conflict):
    """Refused: a PDF is bound to a text nobody released."""

    message = "{what} is not being issued; it has to be released first."


class BindIssued(Conflict):
    """Refused: a second PDF is bound to an issued text (DOC-05)."""

    message = "{what} is issued; its copy is stored and never replaced."


class FailDraft(Conflict):
    """Refused: issuing fails for a draft."""

    message = "{what} is a draft; there was no issue that could fail."


class FailInReview(Conflict):
    """Refused: issuing fails for a text in review."""

    message = "{what} is in review; there was no issue that could fail."


class FailApproved(Conflict):
    """Refused: issuing fails for a text nobody released."""

    message = "{what} is approved; there was no issue that could fail."


class FailIssued(Conflict):
    """Refused: issuing fails after it has succeeded."""

    message = "{what} is issued; its issue can no longer fail."
