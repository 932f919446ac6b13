"""What each shipped form is walked with where a generated answer would not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DAY, NOW = "2026-11-02", "2026-11-02T01:00:00Z"
EARLIER = "2026-10-12"


@dataclass(frozen=True)
class Plot:
    """Fixed answers, who begins, what is decided in which step, the steps it takes, and what it opens.

    `breaks` are answers that a check of the form itself refuses: step, changed answers, field it is told at.
    """

    form: str
    by: str
    steps: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    opens: tuple[str, ...] = ()
    breaks: tuple[tuple[str, Mapping[str, Any], str], ...] = ()
    name: str = ""

    @property
    def id(self) -> str:
        """The name of the plot in test reports."""
        return f"{self.form} {self.name}".strip()


_OPINION = {
    "client_manager": "client-manager",
    "handling_unit": "business",
    "accepted_on": EARLIER,
    "received": "2026-10-13",
    "client_replied_on": DAY,
}
_GRADED = {"grade": "C", "text": "缺少一页复印件", "ground": "资料清单", "demand": "补齐", "reply": "已补"}
_SUBMITTED = ("submit", "unit_head", "receive", "review")
_TIME = (
    ("receive", {"received": "2026-10-11"}, "received"),
    ("submit", {"amount": "0.00"}, "amount"),
    ("submit", {"term": "0"}, "term"),
    ("submit", {"accepted_on": "2027-01-01"}, "accepted_on"),
)

_UNLINKED: dict[str, Any] = {"finding": None, "follow_up": None}
_QUARTER = {"period_from": "2026-07-01", "period_until": "2026-09-30"}
_MEMBERS = ("credit-head", "risk-head", "legal-head")
PLOTS = (
    Plot(
        "FM-02-01",
        "client-manager",
        ("collect", "review", "convert", "agree"),
        {"outcome": "accepted", "operation_mode": "cooperative"},
        opens=("FM-02-03",),
        breaks=(
            ("collect", {"truth_declaration": False}, "truth_declaration"),
            ("collect", {"contact_on": "2027-01-01"}, "contact_on"),
            ("convert", {"fees_public": False}, "fees_public"),
            ("convert", {"plan_document": None}, "plan_document"),
            ("agree", {"agreed": False}, "outcome"),
            ("agree", {"agreed_on": None}, "agreed_on"),
        ),
    ),
    Plot(
        "FM-02-01",
        "client-manager",
        ("collect", "review", "convert", "agree"),
        {"outcome": "ended", "agreed": False, "client_kind": "group", "operation_mode": "own"},
        breaks=(
            ("collect", {"attachments": None}, "attachments"),
            ("agree", {"end_reason": None}, "end_reason"),
        ),
        name="ended",
    ),
    Plot(
        "FM-02-02",
        "client-manager",
        ("check", "review"),
        {"verdict": "conforming", "node_kind": "review", "responsible": "credit-clerk"},
        breaks=(
            (
                "check",
                {"release_conditions": [{"condition": "登记", "fulfilled": False, "proof": "无"}]},
                "release_conditions",
            ),
            ("check", {"checked_at": "2027-01-01T00:00:00Z"}, "checked_at"),
        ),
    ),
    Plot(
        "FM-02-02",
        "client-manager",
        ("check", "review", "treat", "close"),
        {"verdict": "deviation", "node_kind": "plan", "responsible": "credit-clerk", "finding": None},
        opens=("FM-13-02",),
        breaks=(("check", {"deviation": None}, "deviation"), ("treat", {"treatment": None}, "treatment")),
        name="deviation",
    ),
    Plot(
        "FM-02-03",
        "client-manager",
        (*_SUBMITTED, "approve", "reply"),
        {**_OPINION, "risk_degree": "low", "issues": [_GRADED]},
        {"approve": "agree"},
        opens=("FM-02-02",),
        breaks=_TIME,
    ),
    Plot(
        "FM-02-03",
        "client-manager",
        (*_SUBMITTED, "approve", "reply"),
        {**_OPINION, "risk_degree": "medium", "issues": [_GRADED], "product": "micro-loan"},
        {"approve": "disagree"},
        name="two approvers",
    ),
    Plot(
        "FM-02-03",
        "client-manager",
        (*_SUBMITTED, "committee", "reply"),
        {**_OPINION, "risk_degree": "low", "issues": [{**_GRADED, "grade": "A"}], "product": "other"},
        {"committee": "conditional"},
        opens=("FM-13-02", "task", "FM-02-02"),
        breaks=(("submit", {"other_limit": None}, "other_limit"),),
        name="committee",
    ),
    Plot(
        "FM-02-04",
        "committee-secretary",
        ("convene", "opinions", "consolidate", "sign", "issue", "follow_up"),
        {
            "no_items": False,
            "chair": "deputy-general-manager",
            "members": [
                {"member": each, "present": True} for each in ("credit-head", "risk-head", "legal-head")
            ],
            "decisions": [{"item_no": "1", "decision": "conditional", "conditions": "追加抵押"}],
        },
    ),
    Plot("FM-02-04", "committee-secretary", ("convene",), {"no_items": True}, name="no items"),
    Plot(
        "FM-07-01",
        "client-manager",
        ("fill", "liable", "review", "close"),
        {
            "use": "check",
            "verdict": "failed",
            "liable_person": "credit-clerk",
            "finding": None,
            "follow_up": None,
        },
        opens=("FM-13-02",),
        breaks=(
            ("fill", {"checked_at": "2027-01-01T00:00:00Z"}, "checked_at"),
            ("review", {"action": None}, "action"),
        ),
    ),
    Plot(
        "FM-07-01",
        "client-manager",
        ("fill", "liable", "review", "close"),
        {
            "use": "warning",
            "warning_level": "red",
            "liable_person": "credit-clerk",
            "finding": None,
            "follow_up": None,
        },
        opens=("task", "task"),
        breaks=(("fill", {"indicator": None}, "indicator"),),
        name="warning",
    ),
    Plot(
        "FM-07-01",
        "client-manager",
        ("fill", "review"),
        {"use": "set", **_UNLINKED},
        name="set",
    ),
    Plot(
        "FM-07-04",
        "client-manager",
        ("report", "unit_head", "score", "measure"),
        {"trigger": "event", "use_of_funds": "deviating", "warning": True, "measure_owner": "client-manager"},
        opens=("FM-13-02", "action"),
        breaks=(
            ("report", {"event": None}, "event"),
            ("measure", {"measure_owner": None}, "measure_owner"),
            ("measure", {"told_on": None}, "told_on"),
        ),
    ),
    Plot(
        "FM-07-04",
        "client-manager",
        ("report", "unit_head", "score"),
        {"trigger": "calendar", "use_of_funds": "as-agreed", "warning": False, "bad_business": False},
        breaks=(("report", {"use_proof": None}, "use_proof"),),
        name="nothing wrong",
    ),
    Plot(
        "FM-08-01",
        "credit-head",
        ("propose", "confirm", "check", "review", "approve", "publish"),
        {
            "department": "credit",
            "objective_owner": "credit-head",
            "objective_number": "MB-01",
            "family": "work",
            "level": "centre",
            "unit": "percent",
            "direction": "larger",
            "target": "95",
            "period_from": "2026-01-01",
            "period_until": "2026-12-31",
            "split": [{"period": "上半年", "weight": "45"}, {"period": "下半年", "weight": "55"}],
        },
        breaks=(
            ("propose", {"split": [{"period": "全年", "weight": "99"}]}, "split"),
            ("propose", {"family": "work", "unit": "count"}, "unit"),
            ("propose", {"period_until": "2025-12-31"}, "period_until"),
            ("propose", {"level": "department"}, "parent_objective"),
        ),
    ),
    Plot(
        "FM-08-02",
        "credit-head",
        ("check", "feedback", "leader", "collect"),
        {
            "check_level": "month",
            "department": "credit",
            "checked_person": "credit-clerk",
            "self_check": False,
            "period_from": "2026-01-01",
            "period_until": "2026-06-30",
            "period_target": "95",
            "actual": "90",
            "achieved": False,
            "action_owner": "credit-head",
        },
        opens=("action",),
        breaks=(("check", {"cause": None}, "cause"),),
    ),
    Plot(
        "FM-08-03",
        "credit-head",
        ("propose", "budget", "review", "approve", "file"),
        {
            "department": "credit",
            "change_kind": "change",
            "level": "centre",
            "old_target": "95",
            "new_target": "97",
            "new_split": [{"period": "上半年", "weight": "45"}, {"period": "下半年", "weight": "55"}],
            "effective_date": "2026-12-01",
        },
        breaks=(
            ("propose", {"objective": None}, "objective"),
            ("propose", {"budget_data": None}, "budget_data"),
            ("file", {"filing_checks": ["complete"]}, "filing_checks"),
            ("file", {"effective_date": "2026-10-01"}, "effective_date"),
        ),
    ),
    Plot(
        "FM-12-01",
        "credit-clerk",
        ("request", "department", "numbering", "review", "approve", "release", "effect"),
        {
            "request_kind": "new",
            "document_kind": "form",
            "owner_department": "credit",
            "origin": "suggestion",
            "detail_grade": "frame",
            "document_number": "FM-02-05",
            "revision": "A/0",
            "notice_date": DAY,
        },
        {"approve": "agree"},
        opens=("task",),
        breaks=(
            ("request", {"record_class": None}, "record_class"),
            ("request", {"purpose": None}, "purpose"),
            ("request", {"detail_due": None}, "detail_due"),
            ("numbering", {"document_number": "FM 2"}, "document_number"),
            ("release", {"effective_date": "2026-11-01"}, "effective_date"),
        ),
    ),
    Plot(
        "FM-12-01",
        "credit-clerk",
        ("request", "department", "numbering", "review", "approve"),
        {
            "request_kind": "revise",
            "owner_department": "credit",
            "origin": "action",
            "document_number": "CP-12",
            "revision": "A/1",
        },
        {"approve": "disagree"},
        breaks=(
            ("request", {"changes": None}, "changes"),
            ("request", {"source_action": None}, "source_action"),
        ),
        name="refused",
    ),
    Plot(
        "FM-12-02",
        "document-controller",
        ("issue", "read", "training", "close"),
        {"revision": "A/0"},
        breaks=(
            ("issue", {"effective_date": "2026-10-01"}, "effective_date"),
            ("training", {"training_effect": None}, "training_effect"),
        ),
    ),
    Plot(
        "FM-12-03",
        "internal-auditor",
        ("request", "first_check", "clearance_check", "approve", "circle", "hand_over", "receipt"),
        {"receiver": "internal-auditor", "bundle_hash": "0f" * 32, "closed_circle": True},
        {"approve": "agree"},
        breaks=(
            ("hand_over", {"bundle_hash": "0f"}, "bundle_hash"),
            ("request", {"period_until": "2026-11-01"}, "period_until"),
        ),
    ),
    Plot(
        "FM-13-01",
        "internal-auditor",
        ("plan", "overlap", "approve", "complete", "deliver"),
        {
            "mode": ["off-site"],
            "leader": "internal-auditor",
            "team": [{"member": "outlet-inspector", "own_department": "risk", "independent": True}],
            "exception": None,
            "checklist": [{"item": "档案", "clause": "CP-12 §5.8"}],
            "results": [{"item": "档案", "result": "conforming"}],
            "delivered_to": [{"recipient": "credit-head"}],
        },
        breaks=(
            ("plan", {"notice": None}, "notice"),
            ("plan", {"slot_until": "2026-11-01"}, "slot_until"),
            ("plan", {"team": [{"member": "risk-head", "independent": False}]}, "team"),
        ),
    ),
    Plot(
        "FM-13-02",
        "internal-auditor",
        ("record", "confirm", "deliberate", "deliver"),
        {
            "plan": None,
            "department": "credit",
            "finding_class": "B",
            "repeat": False,
            "attendees": [{"attendee": each, "vote": "B"} for each in ("risk-head", "legal-head")],
            "spread_to": [{"unit": "outlet-east"}],
        },
        opens=("FM-13-03", "change-request"),
        breaks=(
            ("record", {"repeat": True}, "earlier_finding"),
            ("deliberate", {"finding_class": "none"}, "action_needed"),
        ),
    ),
    Plot(
        "FM-13-04",
        "quality-manager",
        ("prepare", "review", "file"),
        {
            "period_from": "2026-01-01",
            "period_until": "2026-12-31",
            "held_on": DAY,
            "improvements": [{"what": "缩短审批路线", "owner": "credit-head", "due": "2026-11-20"}],
            "changes": [],
            "no_change": True,
            "resources": [],
            "no_resource": True,
        },
        breaks=(
            ("prepare", {"period_until": "2025-12-31"}, "period_until"),
            ("review", {"held_on": "2027-01-01"}, "held_on"),
        ),
    ),
    Plot(
        "SC-13-01",
        "risk-head",
        ("gather", "confirm", "conclude"),
        {"unit": "outlet-east", **_QUARTER, "found": [{"business": "贷款", "found_class": "b"}]},
        breaks=(("gather", {"period_until": "2026-06-30"}, "period_until"),),
    ),
    Plot(
        "SC-13-02",
        "risk-head",
        ("gather", "conclude"),
        {"unit": "centre", **_QUARTER, "line_scores": [{"line": "信贷", "line_score": "90"}]},
        breaks=(("gather", {"period_until": "2026-06-30"}, "period_until"),),
    ),
    Plot(
        "SC-16-01",
        "clients-head",
        ("gather", "confirm", "conclude"),
        {
            "unit": "outlet-west",
            **_QUARTER,
            "cases_received": "10",
            "cases_closed": "9",
            "plans_offered": "0",
            "plans_adopted": "0",
            "major_events": [],
        },
        breaks=(
            ("gather", {"period_until": "2026-06-30"}, "period_until"),
            ("gather", {"cases_closed": "11"}, "cases_closed"),
            ("gather", {"plans_adopted": "1"}, "plans_adopted"),
        ),
    ),
    Plot(
        "FM-13-03",
        "credit-head",
        ("plan", "accept", "execute", "verify", "sanction", "close"),
        {
            "department": "credit",
            "owner": "credit-clerk",
            "received_on": "2026-10-09",
            "due": "2026-10-20",
            "observe_until": "2026-10-30",
            "revision_needed": False,
        },
        breaks=(
            ("plan", {"observe_until": "2026-10-19"}, "observe_until"),
            ("execute", {"spread": None}, "spread"),
            ("verify", {"effective": False}, "effective"),
        ),
    ),
    Plot(
        "FM-14-01",
        "client-manager",
        ("receive", "accept", "grade", "on_site", "investigate", "unit_head", "reply", "close"),
        {
            "matter": "repair",
            "unit_concerned": "business",
            "person_concerned": "business-clerk",
            "solved_at_once": False,
            "handed_to": "complaint-officer",
            "lead_unit": "business",
            "handler": "client-manager",
            "event_class": "major",
            "received_at": "2026-11-01T20:00:00Z",
        },
        opens=("task", "FM-13-03"),
        breaks=(
            ("receive", {"location": None}, "location"),
            ("grade", {"handler": "business-clerk"}, "handler"),
            ("grade", {"major_kind": None}, "major_kind"),
            ("on_site", {"over_two_hours_reason": None}, "over_two_hours_reason"),
            ("unit_head", {"measure": None}, "measure"),
        ),
    ),
    Plot(
        "FM-14-01",
        "client-manager",
        ("receive", "grade", "close"),
        {
            "matter": "suggestion",
            "unit_concerned": "business",
            "person_concerned": "business-clerk",
            "repeat": False,
            "solved_at_once": True,
            "event_class": "ordinary",
        },
        name="solved at once",
    ),
    Plot(
        "FM-14-02",
        "client-manager",
        ("answer", "collect", "lock"),
        {"survey_kind": "b"},
        opens=("FM-14-01",),
        breaks=(("answer", {"room": None}, "room"), ("collect", {"valid": False}, "invalid_reason")),
    ),
    Plot(
        "FM-14-03",
        "outlet-inspector",
        ("experience", "verify", "feedback"),
        {"overall": "dissatisfied", "outlet": "outlet-east", "finding": None},
        opens=("FM-13-02",),
        breaks=(("experience", {"ended_at": "2026-11-01T00:00:00Z"}, "ended_at"),),
    ),
)
