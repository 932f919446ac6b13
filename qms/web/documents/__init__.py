"""The library, the document page, copies, readings, periodic reviews and withdrawals."""

from qms.web.documents import copies, library, reading, reviewing, withdrawing
from qms.web.documents._pages import pages

__all__ = ["copies", "library", "pages", "reading", "reviewing", "withdrawing"]
