"""The library, the document page, copies, readings and withdrawals."""

from qms.web.documents import copies, library, reading, withdrawing
from qms.web.documents._pages import pages

__all__ = ["copies", "library", "pages", "reading", "withdrawing"]
