"""Loading and keeping the service catalogue: an item changes by a new row with its day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from sanshe.accounts.public import SETUP
from sanshe.kernel import audit, policy
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.policy import Located

from ..access import ServiceItemAccess
from ..models import ServiceItem
from ..models.services import FACTS
from ..words import MattersEvent, OnlineWay

_SET = {"name", "in_force_from", "source", "items"}
_NEEDED = {"code", "name", "basis", "accepts", "decides", "days", "materials"}
_ITEM = {
    *_NEEDED, "field", "who", "guidance", "any_window", "in_force_from", "in_force_to", "online", "online_note", "life",
    "says", "for_others",
}  # fmt: skip
MOST_DAYS = 90  # working days; more is a slip of the pen


@transaction.atomic
def load_services(*, file: Path, by: Viewer, now: datetime) -> tuple[str, int]:
    """Load a catalogue and return its name with the number of new rows; loading it again adds nothing.

    But that a row which never said whether one may apply from home (it was loaded before that was asked) says so now.
    A row with a later day ends the one of the same code before it. Raises PolicyError with file and line.
    """
    if by.system != SETUP and ServiceItemAccess.rule("add").q(by) is not True:
        raise NotAllowed("服务事项目录由新区工作人员维护。")
    rows = policy.read(file).only(_SET, _SET, "服务事项目录")
    name, begins = rows["name"].text("name（名称）"), _day(rows["in_force_from"])
    source = rows["source"].text("source（来源）")
    count = sum(_item(item, begins, source) for item in rows["items"].items("items（条目）"))
    if count:
        audit.record(
            by=by, event=MattersEvent.SERVICES_LOADED, obj=None, sentence=f"{{actor}}载入了{name}（{count} 项）",
            data={"items": count}, now=now,
        )  # fmt: skip
    return name, count


def _day(item: Located) -> date:
    if type(item.value) is not date:
        raise item.fail("日期应写成 2025-01-01 的形式，不加引号。")
    return item.value


def _item(item: Located, begins: date, source: str) -> int:
    row = item.only(_ITEM, _NEEDED, "服务事项")
    days = row["days"].value
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        raise row["days"].fail(f"办理工作日应为 1 至 {MOST_DAYS} 的整数。")
    since = _day(row["in_force_from"]) if "in_force_from" in row else begins
    until = _day(row["in_force_to"]) if row.get("in_force_to") and row["in_force_to"].value else None
    texts = {key: str(row[key].value or "") if key in row else "" for key in ("field", "who", "guidance")}
    found, made = ServiceItem.objects.get_or_create(
        code=row["code"].text("code（编码）"),
        valid_from=since,
        defaults={
            **texts,
            **{key: row[key].text(key) for key in ("name", "basis", "accepts", "decides")},
            "materials": [_material(one) for one in row["materials"].items("materials（材料）")],
            "any_window": bool(row["any_window"].value) if "any_window" in row else True,
            "days": days,
            "valid_to": until,
            "source": source,
            **_from_home(row),
        },
    )
    if made:
        end_before(found)
    elif not found.online and "online" in row:
        ServiceItem.objects.filter(pk=found.pk).update(**_from_home(row))
    return int(made)


def _from_home(row: dict[str, Located]) -> dict[str, Any]:
    """Whether one may apply from home, in which situations in life, and how people call it."""
    way = str(row["online"].value or "") if "online" in row else ""
    if way and way not in OnlineWay.values:
        raise row["online"].fail(f"没有“{way}”这种办法，可用的有：{'、'.join(OnlineWay.values)}。")
    note = str(row["online_note"].value or "") if "online_note" in row else ""
    if way == OnlineWay.WINDOW and not note:
        raise row["online"].fail("只在窗口办的，请写明原因（online_note）。")

    def words(key: str, label: str) -> list[str]:
        return [one.text(label) for one in row[key].items(label)] if key in row else []

    return {
        "online": way,
        "online_note": note[:200],
        "life": words("life", "life（人生大事）"),
        "says": words("says", "says（俗称）"),
        "for_others": bool(row["for_others"].value) if "for_others" in row else False,
    }


def _material(item: Located) -> dict[str, object]:
    row = item.only({"name", "known", "original"}, {"name"}, "材料")
    known = str(row["known"].value or "") if "known" in row else ""
    if known and known not in FACTS:
        raise row["known"].fail(f"档案里没有“{known}”，可用的有：{'、'.join(FACTS)}。")
    return {"name": row["name"].text("name（名称）"), "known": known,
            "original": bool(row["original"].value) if "original" in row else False}  # fmt: skip


def end_before(item: ServiceItem) -> None:
    """A row that begins ends the one of the same code that is still open before it."""
    earlier = ServiceItem.objects.filter(code=item.code, valid_from__lt=item.valid_from, valid_to=None)
    earlier.exclude(pk=item.pk).update(valid_to=item.valid_from)


def services_file() -> Path:
    """The catalogue of the last policy pack that has one: `policy/<pack>/lists/services.yaml`."""
    for pack in reversed(settings.SANSHE_POLICY_PACKS):
        file = Path(settings.SANSHE_POLICY_DIR) / pack / "lists" / "services.yaml"
        if file.exists():
            return file
    raise Invalid("政策包里没有服务事项目录（lists/services.yaml），请指明文件。")
