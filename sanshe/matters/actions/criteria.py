"""Loading the triage criteria: data with a version, from a YAML file."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sanshe.accounts.public import SETUP
from sanshe.kernel import audit, policy
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.policy import Located

from ..access import CriteriaSetAccess
from ..models import CriteriaSet, Criterion
from ..words import DeadlineKind, MattersEvent, Route

_SET = {"version", "name", "in_force_from", "in_force_to", "source", "classes", "items"}
_ITEM = {"code", "name", "covers", "route", "urgent", "hours", "unit", "deadline", "guidance"}


@transaction.atomic
def load_criteria(*, file: Path, by: Viewer, now: datetime) -> tuple[CriteriaSet, int]:
    """Load one version of the criteria and return it with the number of new entries; loading it again adds nothing.

    The version before it ends on the day this one begins. Raises PolicyError with file, line and what is wrong.
    """
    if by.system != SETUP and CriteriaSetAccess.rule("change").q(by) is not True:
        raise NotAllowed("分流标准由新区工作人员维护。")
    rows = policy.read(file).only(_SET, {"version", "name", "in_force_from", "source", "items"}, "分流标准")
    begins = _day(rows["in_force_from"])
    ends = _day(rows["in_force_to"]) if rows.get("in_force_to") and rows["in_force_to"].value else None
    found, made = CriteriaSet.objects.get_or_create(
        version=rows["version"].text("version（版本）"),
        defaults={
            "name": rows["name"].text("name（名称）"),
            "source": rows["source"].text("source（来源）"),
            "valid_from": begins,
            "valid_to": ends,
        },
    )
    if made:
        CriteriaSet.objects.exclude(pk=found.pk).filter(valid_from__lt=begins, valid_to=None).update(valid_to=begins)
    count = 0
    for item in rows["items"].items("items（条目）"):
        count += _item(found, item)
    if made or count:
        audit.record(
            by=by,
            event=MattersEvent.CRITERIA_LOADED,
            obj=found,
            sentence=f"{{actor}}载入了分流标准 {found.version}（{count} 条）",
            data={"version": found.version, "items": count},
            now=now,
        )
    return found, count


def _day(item: Located) -> date:
    if type(item.value) is not date:
        raise item.fail("日期应写成 2025-01-01 的形式，不加引号。")
    return item.value


def _item(found: CriteriaSet, item: Located) -> int:
    row = item.only(_ITEM, {"code", "name", "covers", "route"}, "分流标准条目")
    route, kind = row["route"].value, row["deadline"].value if "deadline" in row else DeadlineKind.DEFAULT
    if route not in Route.values:
        raise row["route"].fail(f"没有“{route}”这种分类，可用的有：{'、'.join(Route.values)}。")
    if kind not in DeadlineKind.values:
        raise row["deadline"].fail(f"没有“{kind}”这种期限，可用的有：{'、'.join(DeadlineKind.values)}。")
    hours = row["hours"].value if "hours" in row else None
    if hours is not None and (not isinstance(hours, int) or not 1 <= hours <= 48):
        raise row["hours"].fail("小时数应为 1 至 48 的整数。")
    _, made = Criterion.objects.get_or_create(
        set=found,
        code=row["code"].text("code（编码）"),
        defaults={
            "name": row["name"].text("name（名称）"),
            "covers": [entry.text("covers（包括）") for entry in row["covers"].items("covers（包括）")],
            "route": route,
            "urgent": bool(row["urgent"].value) if "urgent" in row else False,
            "hours": hours,
            "unit_hint": str(row["unit"].value or "") if "unit" in row else "",
            "deadline": kind,
            "guidance": str(row["guidance"].value or "") if "guidance" in row else "",
        },
    )
    return int(made)


def pack_file() -> Path:
    """The criteria of the last policy pack that has some: `policy/<pack>/lists/triage.yaml`."""
    for pack in reversed(settings.SANSHE_POLICY_PACKS):
        file = Path(settings.SANSHE_POLICY_DIR) / pack / "lists" / "triage.yaml"
        if file.exists():
            return file
    raise Invalid("政策包里没有分流标准（lists/triage.yaml），请指明文件。")
