"""The copy of what the platform holds on a person (个人信息保护法 art. 45), for reading and for machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .beyond import sections
from .models import HouseholdMember, Person, ReadLog

READS = 500


@dataclass
class Copy:
    """Headings with their lines, each line a title and a value."""

    made_at: datetime
    name: str
    parts: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """For machines."""
        return {
            "生成时间": clock.local(self.made_at).isoformat(timespec="seconds"),
            "内容": [
                {"标题": title, "条目": [{"项目": name, "内容": value} for name, value in lines]}
                for title, lines in self.parts
            ],
        }


def copy_of(viewer: Viewer, person: Person, now: datetime) -> Copy:
    """Gather the copy: the file in clear, households, who read it, and what the modules above show the viewer."""
    copy = Copy(now, person.name)
    copy.parts.append(("基本信息", _facts(person)))
    members = HouseholdMember.objects.filter(person=person).select_related("household__area")
    homes = [
        (str(m.household.area), f"{m.get_relation_display()}，{m.valid_from:%Y-%m-%d} 至 {_day(m.valid_to)}")
        for m in members
    ]
    former = [
        (str(n.get_kind_display()), f"{n.number or ''}，{clock.local(n.until):%Y-%m-%d} 更正")
        for n in person.former_numbers.all()
    ]
    asked = [
        (f"{clock.local(r.asked_at):%Y-%m-%d} {r.get_kind_display()}", f"{r.get_state_display()}：{r.answer or ''}")
        for r in person.rights_requests.all()
    ]
    found = [("住户关系", homes), ("更正前的号码", former), ("提出过的请求", asked)]
    for section in sections(viewer, person):
        lines = [(row.title, "，".join(part for part in (row.state, *row.meta) if part)) for row in section.rows]
        found.append((section.label, lines))
    reads = ReadLog.objects.filter(person=person).order_by("-id")[:READS]
    found.append(
        (
            "谁看过这份档案",
            [
                (f"{clock.local(r.at):%Y-%m-%d %H:%M} {r.reader_label}", f"{r.get_kind_display()}{_why(r.reason)}")
                for r in reads
            ],
        )
    )
    copy.parts += [(title, lines) for title, lines in found if lines]
    return copy


def _why(reason: str) -> str:
    return f"，事由：{reason}" if reason else ""


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else "今"


def _facts(person: Person) -> list[tuple[str, str]]:
    rows = [
        ("姓名", person.name),
        ("公民身份号码", person.citizen_number),
        (person.get_paper_kind_display() or "其他证件", person.paper_number),
        ("性别", person.get_sex_display()),
        ("出生日期", f"{person.born_on:%Y-%m-%d}" if person.born_on else ""),
        ("手机号码", person.phone),
        ("住址", person.address),
        ("居住的社区", str(person.area) if person.area else ""),
        ("建档时间", f"{clock.local(person.created_at):%Y-%m-%d}"),
    ]
    return [(name, value) for name, value in rows if value]
