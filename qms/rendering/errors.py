"""Why a sheet could not be made."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Invalid


class RenderFailed(Invalid):
    """The sheet asks for what it may not have, or cannot be set at all."""

    message = "The PDF could not be made: {reason}."


class RenderTimeout(Conflict):
    """Making the PDF took longer than the limit and was stopped."""

    message = (
        "Making the PDF took longer than {seconds} seconds and was stopped; shorten or split the document."
    )


class RenderTooLarge(Conflict):
    """Making the PDF needed more memory or space than the limit and was stopped."""

    message = "Making the PDF needed more than {megabytes} MB and was stopped; shorten or split the document."


class GlyphMissing(Invalid):
    """A stamp holds a character that no font can print."""

    message = "The character {char} ({code}) in the stamp cannot be printed with the fonts at hand."


class PdfUnreadable(Invalid):
    """The bytes to be stamped are no PDF, or one that is locked."""

    message = "These bytes are no PDF that can be stamped."
