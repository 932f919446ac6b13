"""Files somebody brings, as evidence or as a table: what is taken, told by name and content."""

from qms.uploads import table
from qms.uploads.admitting import DayFull, admitted, kept
from qms.uploads.checking import MOST_BYTES, Kept, UploadRefused, checked
from qms.uploads.scanning import Harmful, ScannerSilent, scan
from qms.uploads.table import SheetUnreadable

__all__ = [
    "MOST_BYTES",
    "DayFull",
    "Harmful",
    "Kept",
    "ScannerSilent",
    "SheetUnreadable",
    "UploadRefused",
    "admitted",
    "checked",
    "kept",
    "scan",
    "table",
]
