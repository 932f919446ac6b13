"""A form that declares nearly everything, as tests of rules need it."""

from typing import Any

FULL: dict[str, Any] = {
    "number": "FM-02-03",
    "kind": "form",
    "language": "zh-Hans",
    "record-number": "FM-02-03-{year}-{seq:6}",
    "records": {"secrecy": "confidential", "circle": "aml", "department": "unit", "on": "accepted_on"},
    "fields": [
        {"section": {"zh-Hans": "申请", "en": "Application"}},
        {
            "id": "client",
            "label": {"zh-Hans": "客户", "en": "Client"},
            "type": "party",
            "kinds": ["client"],
            "required": True,
        },
        {"id": "unit", "label": "经办部门", "type": "department", "default": {"formula": "department"}},
        {"id": "manager", "label": "客户经理", "type": "person", "default": {"formula": "author"}},
        {"id": "accepted_on", "label": "受理日", "type": "date", "default": {"formula": "today"}},
        {
            "id": "product",
            "label": "品种",
            "type": "choice",
            "required": True,
            "options": [
                {"value": "micro", "label": {"zh-Hans": "小额", "en": "Micro-loan"}},
                {"value": "chain", "label": {"zh-Hans": "供应链", "en": "Supply chain"}},
                {"value": "other", "label": {"zh-Hans": "其他", "en": "Other"}},
            ],
        },
        {
            "id": "other_limit",
            "label": "其他期限",
            "type": "text",
            "show-when": "product == 'other'",
            "required": True,
            "longest": 20,
        },
        {
            "id": "amount",
            "label": {"zh-Hans": "金额", "en": "Amount"},
            "type": "money",
            "currency": "CNY",
            "code": "4.41.001",
            "required": True,
            "least": 0,
            "most": 5000000,
            "check": [{"that": "amount > 0", "say": {"zh-Hans": "金额应大于零。", "en": "More than zero."}}],
        },
        {"id": "term", "label": "期限", "type": "number", "unit": {"zh-Hans": "月", "en": "months"}},
        {"id": "monthly", "label": "每月", "type": "computed", "formula": "amount / term", "places": 2},
        {"id": "postcode", "label": "邮编", "type": "text", "pattern": "[0-9]{6}", "personal": True},
        {
            "id": "security",
            "label": "担保",
            "type": "multiple-choice",
            "options": ["mortgage", "pledge", "credit"],
            "default": "credit",
        },
        {"id": "need", "label": "需求单", "type": "record", "form": ["FM-02-01"]},
        {"id": "paper", "label": "资料", "type": "file"},
        {"section": "审查", "step": "review"},
        {
            "id": "risk",
            "label": "风险程度",
            "type": "choice",
            "required": True,
            "options": ["low", "high"],
        },
        {
            "id": "risk_reason",
            "label": "理由",
            "type": "long-text",
            "required-when": "risk == 'high'",
        },
        {
            "id": "issues",
            "label": "问题",
            "type": "table",
            "columns": [
                {"id": "grade", "label": "等级", "type": "choice", "options": ["A", "B"], "required": True},
                {"id": "fact", "label": "事实", "type": "text", "required-when": "grade == 'A'"},
                {"id": "points", "label": "分", "type": "number"},
                {"id": "share", "label": "占比", "type": "computed", "formula": "points / 100", "unit": "%"},
                {
                    "id": "due",
                    "label": "期限",
                    "type": "date",
                    "check": [{"that": "due >= accepted_on", "say": "不得早于受理日。"}],
                },
            ],
        },
        {"id": "points", "label": "总分", "type": "computed", "formula": "sum(row.share for row in issues)"},
        {"id": "mode", "label": "审批方式", "type": "choice", "options": ["single", "committee"]},
        {"section": "审批", "step": "approve", "show-when": "mode == 'single'"},
        {"id": "valid_until", "label": "有效期至", "type": "date"},
        {"id": "signed", "label": "签署", "type": "signature"},
    ],
    "steps": [
        {"id": "submit", "label": "申报", "by": {"author": True, "posts": ["client-manager"]}},
        {
            "id": "review",
            "label": {"zh-Hans": "审查", "en": "Review"},
            "by": {"posts": ["reviewer"], "of": "unit", "quorum": "any"},
            "opinion": "required",
            "signature": "required",
            "accept": "required",
            "return": "no",
            "within": {"by": "product", "chain": "T+3", "default": "T+2"},
            "from": "accepted_on",
            "warn": "1 working day",
            "not-by": ["submit"],
            "recuse": ["manager", "unit"],
            "decisions": [
                {"value": "agree", "label": "同意"},
                {"value": "disagree", "label": "不同意", "ends": True},
            ],
        },
        {
            "id": "committee",
            "label": "贷审会",
            "by": {"posts": ["secretary"]},
            "when": "mode == 'committee'",
            "opinion": "optional",
        },
        {
            "id": "approve",
            "label": "审批",
            "authority": {
                "by": "amount",
                "up-to": [
                    {"most": 500000, "posts": ["credit-head"]},
                    {"posts": ["general-manager"], "roles": ["approver"], "quorum": 2},
                ],
            },
            "within": "1 working day",
        },
        {
            "id": "inform",
            "label": "答复",
            "by": {"field": "manager"},
            "authority": {"by": "risk", "low": {"posts": ["a"]}, "default": {"posts": ["b"]}},
        },
    ],
    "clocks": [
        {
            "id": "whole",
            "label": "全流程",
            "from": "accepted_on",
            "until": "approve",
            "within": {"by": "product", "micro": "7 working days"},
            "warn": "2 working days",
            "cut-off": "16:00",
        }
    ],
    "opens": [
        {
            "when": "any(row.grade == 'A' for row in issues)",
            "at": "review",
            "form": "FM-13-02",
            "to": {"posts": ["risk-head"]},
            "within": "3 working days",
            "values": {"fact": "client", "amount": "amount", "on": "accepted_on", "gone": "other_limit"},
        },
        {"task": {"label": "归档"}, "to": {"author": True}},
        {"when": "amount > 1000", "action": {"title": "复核"}, "to": {"field": "manager"}},
        {"at": "close", "change-request": {"document": "CP-02"}},
    ],
}
ANSWERS: dict[str, Any] = {
    "client": "C-000001",
    "unit": "credit",
    "manager": "li",
    "accepted_on": "2026-11-28",
    "product": "micro",
    "amount": "12500.00",
    "term": "12",
    "postcode": "310000",
    "security": ["mortgage"],
    "risk": "high",
    "risk_reason": "负债高",
    "issues": [
        {"grade": "A", "fact": "缺件", "points": "30", "due": "2026-12-01"},
        {"grade": "B", "points": "20"},
    ],
    "mode": "single",
    "valid_until": "2027-01-01",
}


def without(head: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The head without some keys."""
    return {key: value for key, value in head.items() if key not in keys}
