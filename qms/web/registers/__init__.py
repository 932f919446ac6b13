"""Registers: the list, one register with its filters, totals and views, codes, publication, exports."""

from qms.web.registers import acts, codes, table
from qms.web.registers._pages import pages

__all__ = ["acts", "codes", "pages", "table"]
