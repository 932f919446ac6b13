"""All tables of the house, whatever slice keeps them."""

from __future__ import annotations

from typing import Final

from qms.accounts import models as _accounts
from qms.actions import models as _actions
from qms.audits import models as _audits
from qms.changes import models as _changes
from qms.clocks import models as _clocks
from qms.competence import models as _competence
from qms.documents import models as _documents
from qms.evidence import models as _evidence
from qms.feedback import models as _feedback
from qms.impact import models as _impact
from qms.jobs import models as _jobs
from qms.kernel.database import Base
from qms.management_review import models as _management_review
from qms.nonconformities import models as _nonconformities
from qms.objectives import models as _objectives
from qms.parties import models as _parties
from qms.records import models as _records
from qms.registers import models as _registers
from qms.retention import models as _retention
from qms.risks import models as _risks
from qms.schedules import models as _schedules
from qms.scoring import models as _scoring
from qms.standards import models as _standards
from qms.tasks import models as _tasks
from qms.trail import models as _trail
from qms.trail_reviews import models as _trail_reviews

MODELS: Final = (
    _accounts,
    _actions,
    _audits,
    _changes,
    _clocks,
    _competence,
    _documents,
    _evidence,
    _feedback,
    _impact,
    _jobs,
    _management_review,
    _nonconformities,
    _objectives,
    _parties,
    _registers,
    _retention,
    _risks,
    _schedules,
    _scoring,
    _records,
    _standards,
    _tasks,
    _trail,
    _trail_reviews,
)
METADATA: Final = Base.metadata
