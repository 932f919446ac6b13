"""How pages about documents name a revision, write its state, and read it back from an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import url_for

from qms import accounts, documents
from qms.documents import KINDS, Standing, revision_ref
from qms.kernel.labels import LANGUAGES, N_, in_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.documents import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_DASHED: Final = re.compile(r"([A-Z]{1,4})-([0-9])", re.ASCII)
NAMES: Final = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
# What a state asks of whoever meets the paper, in one sentence.
BANDS: Final = {
    Standing.DRAFT: N_("This is a draft. Do not work by it."),
    Standing.IN_REVIEW: N_("This text is in review. Do not work by it."),
    Standing.APPROVED: N_("This text is approved but not issued. Do not work by it yet."),
    Standing.ISSUING: N_("This text is being issued. Do not work by it yet."),
    Standing.PENDING: N_("This revision is not in force yet."),
    Standing.SUPERSEDED: N_("This revision is superseded. Do not work by it."),
    Standing.WITHDRAWN: N_("This document is withdrawn. Do not work by it."),
}


def written(label: str) -> str:
    """A label as addresses carry it: `A/3` is written A-3."""
    return label.replace("/", "-")


def label_of(text: str) -> str:
    """The label an address means."""
    return _DASHED.sub(r"\1/\2", text) if _DASHED.fullmatch(text) else text


def ref_at(number: str, lang: str, label: str) -> Ref:
    """The Ref an address means."""
    return revision_ref(number, lang, label_of(label))


def parts_of(ref: Ref) -> dict[str, Any]:
    """Number, language and label of a Ref as the parts of an address."""
    number, lang, label = ref.key.split("@")[:3]
    return {"number": number, "lang": lang, "label": written(label)}


def page_of(ref: Ref, **more: Any) -> str:
    """The address of the document page of a revision."""
    where = parts_of(ref)
    return url_for("documents.one", number=where["number"], label=where["label"], lang=where["lang"], **more)


def work_on(endpoint: str, ref: Ref, **more: Any) -> str:
    """The address of a page of the draft desk about a revision."""
    return url_for(endpoint, **parts_of(ref), **more)


def closest(work: Work, offered: list[str]) -> str:
    """The language realisation that serves the reader best."""
    other = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}.get(work.language, "")
    wanted = (work.language, other, work.settings.language, *LANGUAGES)
    return next((each for each in wanted if each in offered), offered[0])


def departments(work: Work) -> dict[str, str]:
    """Every department's name by its code."""
    found = accounts.department_names(work.session)
    return {code: in_language(names, work.language) for code, names in found.items()}


def titles(work: Work) -> dict[str, str]:
    """The titles of everything in force that the reader sees, by number."""
    found = documents.library(work.session, work.rights, work.today)
    return {each.number: in_language(each.title, work.language) for each in found}


def shared(work: Work) -> Mapping[str, Any]:
    """What templates about documents need beside their own facts."""
    return {
        "kinds": KINDS,
        "grades": documents.GRADES,
        "standings": documents.STANDINGS,
        "meanings": documents.MEANINGS,
        "tongues": NAMES,
        "departments": departments(work),
        "page_of": page_of,
        "work_on": work_on,
        "parts_of": parts_of,
    }


def name_of(revision: Revision) -> str:
    """`CP-12 A/3`."""
    return f"{revision.document.number} {revision.label}"
