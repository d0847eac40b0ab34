"""The ledgers of matters."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register import Column, Register, check_end, declare

from .access import ServiceItemAccess
from .actions.services import MOST_DAYS, end_before
from .models.services import FACTS, Asked
from .words import OnlineWay

GROUP = "事项"
#: What parts two materials: a 、 or a line, but not within brackets.
_PARTED = re.compile(r"[、；;\n](?![^（(]*[）)])")
_MARKS = re.compile(r"[（(]([^（()）]*)[）)]$")
_BY_LABEL = {label: name for name, label in FACTS.items()}


def read_materials(text: str) -> list[Asked]:
    """Materials as they are written: parted by 、, with （档案：…） where the index stands for one, or （核原件）.

    Raises Invalid for a fact that the index does not hold.
    """
    found = []
    for part in _PARTED.split(text.replace("\0", "")):
        name, known, original = part.strip(), "", False
        marks = _MARKS.search(name)
        said = re.split(r"[，,]", marks[1]) if marks else []
        if marks and all(one.strip() == "核原件" or one.strip().startswith("档案：") for one in said):
            name = name[: marks.start()].strip()
            original = any(one.strip() == "核原件" for one in said)
            for one in said:
                if one.strip().startswith("档案："):
                    label = one.strip().removeprefix("档案：").strip()
                    if label not in _BY_LABEL:
                        raise Invalid(f"档案里没有“{label}”，可用的有：{'、'.join(_BY_LABEL)}。")
                    known = _BY_LABEL[label]
        if name:
            found.append(Asked(name=name[:80], known=known, original=original))
    return found


def read_words(text: str) -> list[str]:
    """Words as they are written: parted by 、, each at most 20 characters."""
    parts = (part.strip() for part in re.split(r"[、；;,，\n]", str(text).replace("\0", "")))
    return [part[:20] for part in parts if part][:12]


@declare
class ServiceRegister(Register):
    """The service catalogue, kept by the New Area."""

    name = "services"
    title = "服务事项目录"
    lead = "居民在任一窗口可以申请的事项：依据、材料、由谁办理、几个工作日。内容变了，另加一条写明新的起效日。"
    group = GROUP
    access = ServiceItemAccess
    side_effects = True
    pages = (("看公开的目录", "matters:services"),)
    columns = [
        Column("name", example="高龄津贴申请", synonyms=("事项名称", "服务事项名称")),
        Column("code", hint="同一事项的各版用同一个编码", example="Y-01", synonyms=("事项编码",)),
        Column("field", synonyms=("类型", "分类")),
        Column("who", shown=False, synonyms=("申请条件", "服务对象")),
        Column(
            "materials", shown=False, synonyms=("申请材料", "材料清单"),
            hint="用顿号分开；档案能代替的写成“居民身份证（档案：公民身份号码）”，要看原件的写（核原件）",
            clean=read_materials,
        ),
        Column("accepts", synonyms=("受理单位", "受理地点")),
        Column("decides", hint="单位名称的后半截，按申请人所在社区找到具体单位", synonyms=("办理单位", "决定单位")),
        Column("any_window", synonyms=("全区域通办",)),
        Column("days", unit="个工作日", synonyms=("办理期限", "承诺期限")),
        Column("online", hint="不填的，只在窗口受理", synonyms=("网上办理", "是否网办")),
        Column("online_note", shown=False, hint="只在窗口办的要写", synonyms=("不能网办的原因",)),
        Column("life", shown=False, hint="用顿号分开，例如：出生、上学", clean=read_words),
        Column("says", shown=False, hint="居民平时怎么叫它，用顿号分开", clean=read_words, synonyms=("别名",)),
        Column("for_others", shown=False, synonyms=("代办",)),
        Column("guidance", shown=False, wide=True),
        Column("basis", shown=False, wide=True, synonyms=("设定依据", "法律依据")),
        Column("valid_from", synonyms=("施行日期",)),
        Column("valid_to", hint="新的一版起效时自动写上"),
        Column("source", shown=False),
    ]  # fmt: skip
    filters = ["field", "any_window", "decides"]
    search = ["name", "code", "who"]
    sort = "code"
    key = [("code", "valid_from")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: Any, values: Any, by: Viewer, now: datetime) -> None:
        """An item that is in force is not rewritten: only its end may be set; what changes is a new row."""
        check_end(row, "失效日不能早于起效日。")
        if not 1 <= (row.days or 0) <= MOST_DAYS:
            raise Invalid({"days": f"办理工作日应为 1 至 {MOST_DAYS} 的整数。"})
        today: date = clock.local(now).date()
        if row.online == OnlineWay.WINDOW and not row.online_note:
            raise Invalid({"online_note": "只在窗口办的，请写明原因，居民会看到。"})
        before = type(row).objects.filter(pk=row.pk).first() if row.pk else None
        if before is None or before.valid_from > today:
            return
        changed = [c.name for c in self.editable if c.name != "valid_to" and _differs(before, row, c.attname)]
        if changed:
            raise Invalid({changed[0]: "这一版已经施行，内容不能改写；请另加一条，写明新的起效日，旧的会自动截止。"})

    def save(self, row: Any, *, by: Viewer, now: datetime) -> None:
        """Write the row; the version before it ends on its day."""
        row.save()
        end_before(row)


def _differs(before: Any, row: Any, name: str) -> bool:
    old, new = getattr(before, name), getattr(row, name)
    if name == "materials":
        return [str(Asked(one)) for one in old] != [str(Asked(one)) for one in new]
    return bool(old != new)
