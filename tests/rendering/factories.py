"""Sheets of every layout, made from the samples beside this file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from qms.rendering import (
    Approval,
    Change,
    Layout,
    Picture,
    Reference,
    Sheet,
    Stamp,
    StampKind,
    contents_of,
    read,
)

SAMPLES: Final = Path(__file__).parent / "samples"
PATTERN: Final = r"(QM|PL|CP)-\d{2}|(WI|OM|FM|RG|SC|QO)-\d{2}-\d{2}|ED-\d{3,5}"
AT: Final = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
CODE: Final = "7ZQK-03MD-9FVA-X2TB"
ADDRESS: Final = f"https://qms.example.org/v/{CODE}"
SOURCE: Final = (SAMPLES / "text.md").read_bytes()


def flow() -> Picture:
    """A small drawing, the same bytes each time."""
    image = Image.new("RGB", (360, 60), "white")
    pen = ImageDraw.Draw(image)
    for left in (5, 130, 255):
        pen.rectangle((left, 10, left + 95, 50), outline="black", width=2)
    made = io.BytesIO()
    image.save(made, "PNG")
    return Picture("flow.png", "image/png", made.getvalue())


def text_sheet(**changes: Any) -> Sheet:
    """A Chinese control procedure with everything a text may hold."""
    content = read((SAMPLES / "text.md").read_text("utf-8"), "CP-12.md")
    assert content.problems == ()
    sheet = Sheet(
        organisation="示例金融服务中心",
        kind="控制程序",
        number="CP-12",
        title="文件与记录控制程序",
        subtitle="Document and record control",
        revision="A/1",
        language="zh-Hans",
        owner="综合部",
        secrecy="内部",
        body=content.html,
        at=AT,
        published_on=date(2026, 11, 20),
        effective_on=date(2026, 12, 1),
        distribution="各部门、网点；10 个工作日内阅知",
        parent="QM-01 质量手册",
        clauses="ISO 9001:2015  7.5.1, 7.5.2, 7.5.3",
        approvals=(
            Approval("编制", "李敏", "文控员", "2026-11-18 09:12 UTC+08:00"),
            Approval("审核", "王建华", "质量管理负责人", "2026-11-19 15:40 UTC+08:00"),
            Approval("批准", "赵衡", "分管副总经理", "2026-11-20 10:30 UTC+08:00"),
            Approval("发布", "李敏", "文控员", "2026-11-20 16:05 UTC+08:00"),
        ),
        history=(
            Change("A/0", "2026-09-01", "首次发布", "建立统一的文件控制规则"),
            Change("A/1", "2026-12-01", "2.2 增加核对", "内审发现"),
        ),
        contents=contents_of(content, 3),
        references=(
            Reference("QM-01", "质量手册"),
            Reference("WI-12-01", "文件编写、编号与受控发布作业指导书"),
        ),
        pictures=(flow(),),
        verification_url=ADDRESS,
        short_code=CODE,
    )
    return replace(sheet, **changes)


def english_sheet(**changes: Any) -> Sheet:
    """The English realisation of the same procedure."""
    content = read((SAMPLES / "text.en.md").read_text("utf-8"), "CP-12.en.md")
    return text_sheet(
        organisation="Model Finance Centre",
        kind="Control procedure",
        title="Document and record control",
        subtitle="文件与记录控制程序",
        language="en",
        owner="General affairs",
        secrecy="Internal",
        body=content.html,
        distribution="All departments; read within 10 working days",
        parent="QM-01 Quality manual",
        approvals=(
            Approval("Reviewed", "Li Min", "Quality manager", "2026-11-19 15:40 UTC+08:00"),
            Approval("Approved", "Zhao Heng", "Deputy general manager", "2026-11-20 10:30 UTC+08:00"),
        ),
        history=(Change("A/1", "2026-12-01", "First issue", "One set of rules"),),
        contents=contents_of(content),
        references=(),
        pictures=(),
        **changes,
    )


def form_sheet(**changes: Any) -> Sheet:
    """A blank form as the forms slice declares it, of a demonstration workspace."""
    facts: dict[str, Any] = {
        "kind": "表单",
        "number": "FM-12-02",
        "title": "文件发布阅知确认单",
        "subtitle": "",
        "layout": Layout.FORM,
        "body": (SAMPLES / "form.html").read_text("utf-8"),
        "contents": (),
        "references": (),
        "pictures": (),
        "demo": True,
    }
    return text_sheet(**{**facts, **changes})


def register_sheet(**changes: Any) -> Sheet:
    """An empty register in landscape."""
    facts: dict[str, Any] = {
        "kind": "台账",
        "number": "RG-12-02",
        "title": "记录保存清单",
        "layout": Layout.REGISTER,
        "body": (SAMPLES / "register.html").read_text("utf-8"),
        "demo": False,
    }
    return form_sheet(**{**facts, **changes})


SHEETS: Final = {
    "text": text_sheet,
    "english": english_sheet,
    "form": form_sheet,
    "register": register_sheet,
}


def mark(kind: StampKind = StampKind.UNCONTROLLED, **changes: Any) -> Stamp:
    """A stamp for a named person at a set time."""
    given = Stamp(
        kind, "zh-Hans", "王建华", "2026-11-22 16:15 UTC+08:00", datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
    )
    return replace(given, **changes)
