"""What is said of corrective actions."""

from __future__ import annotations

from typing import Final

from qms.kernel.labels import N_

BEGINS: Final = N_(
    "Its records are corrective actions from now on: cause before action, effect judged by others."
)
ENDS: Final = N_("Its records are no corrective actions any longer.")
