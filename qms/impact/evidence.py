"""What impact lists contribute to a bundle: what each revision in it touched, and what was concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts, documents
from qms.impact import rows
from qms.impact.describe import KINDS, VERDICTS
from qms.kernel.labels import N_, say
from qms.kernel.ports import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.impact.models import ImpactLine
    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_LIST: Final = (
    N_("Number"),
    N_("Language"),
    N_("Revision"),
    N_("How it is touched"),
    N_("What"),
    N_("Detail"),
    N_("Conclusion"),
    N_("Remark"),
    N_("Until"),
    N_("By"),
    N_("Concluded at"),
)


class ImpactEvidence:
    """The Evidence of impact lists: those of revisions in scope, inside the receiver's rights (BND-08)."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """One list; none where no revision in scope had anything to conclude."""
        table = []
        for revision in documents.scoped(work, scope, rights):
            head = [revision.document.number, revision.language, revision.label]
            found = rows.visible(work, rights, rows.of_round(work, revision))
            names = accounts.names_of(work.session, {each.concluded_by_id or 0 for each in found})
            table += [[*head, *_told(work, each, names)] for each in found]
        if not table:
            return ()
        head = [say(each, work.language) for each in _LIST]
        content = documents.master_list.to_csv([head, *table])
        return (
            Item(
                "documents/impact.csv", content=content, title=say(N_("What changes touched"), work.language)
            ),
        )


def _told(work: Work, line: ImpactLine, names: dict[int, str]) -> list[str]:
    language = work.language
    return [
        say(KINDS[line.kind], language),
        line.what,
        line.detail,
        say(VERDICTS[line.verdict], language) if line.verdict else "",
        line.remark,
        line.until_on.isoformat() if line.until_on else "",
        names.get(line.concluded_by_id or 0, ""),
        documents.local(work, line.concluded_at) if line.concluded_at else "",
    ]
