"""What management reviews contribute to a bundle: the frozen packs of reviews in scope (MRV-04, BND-06)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import documents, records
from qms.kernel.clock import start_of
from qms.kernel.labels import N_, say
from qms.kernel.ports import Item
from qms.kernel.refs import Ref
from qms.management_review.models import ReviewPack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_DAY: Final = timedelta(days=1)


class ReviewEvidence:
    """The Evidence of management reviews, beside their records."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """The packs frozen by the last day of the scope, of reviews the receiver may see."""
        last = scope.as_of or scope.until or work.today
        query = select(ReviewPack).where(
            ReviewPack.record.in_(records.in_scope(work, scope, rights)),
            ReviewPack.digest.is_not(None),
            ReviewPack.frozen_at < start_of(last + _DAY, work.settings.zone_info),
        )
        return [
            Item(
                f"records/{documents.safe_name(row.record)}/pack.json",
                digest=row.digest,
                title=f"{row.record} {say(N_('Pack of the management review'), work.language)}",
                refs=(Ref("record", row.record),),
            )
            for row in work.session.scalars(query.order_by(ReviewPack.record))
        ]
