"""The library, the document page, copies, readings, periodic reviews and withdrawals."""

from qms.web.documents import copies, library, looking_up, reading, reviewing, withdrawing
from qms.web.documents._pages import pages

__all__ = ["copies", "library", "looking_up", "pages", "reading", "reviewing", "withdrawing"]
