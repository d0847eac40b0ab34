"""Verbs of the monthly allowance sheet."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from sanshe.areas.public import Area, AreaLevel, descendants, home_area
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState

from .. import allowance
from ..access import AllowanceSheetAccess
from ..flow import SHEET_FLOW
from ..models import AllowanceLine, AllowanceSheet, Worker
from ..queries import months_after
from ..words import SheetState, WorkerKind


@transaction.atomic
def compute(*, area: Area, month: date, by: Viewer, now: datetime) -> AllowanceSheet:
    """Work out a street's sheet of a month from certificates and posts as they stand; make it if there is none.

    Doing it again without a change in between changes nothing. Raises Invalid for another area than a street or a
    month to come, NotAllowed outside of one's own area, WrongState once the sheet was handed on.
    """
    month = month.replace(day=1)
    if area.level != AreaLevel.STREET:
        raise Invalid({"area": "津贴月表按街道计算，请选择一个街道。"})
    if month > clock.local(now).date():
        raise Invalid({"month": "这个月还没有开始，不能计算。"})
    # The lock of the sheet's row keeps two who press at once apart; the unique constraint those who make it at once.
    sheet, made = AllowanceSheet.objects.select_for_update().get_or_create(
        area=area, month=month, defaults={"computed_at": now}
    )
    if not by.system and not AllowanceSheetAccess.may(by, "compute", sheet):
        raise NotAllowed("津贴月表由本街道或新区的工作人员计算。")
    if sheet.state != SheetState.DRAFT:
        raise WrongState(
            f"{sheet}已经「{sheet.get_state_display()}」，不能再计算；需要更正的请由新区退回，或在下月补扣。"
        )
    rule = allowance.rule_of(month)
    lines = allowance.dues(_workers(area, month), month, rule)
    held = {(line.worker_id, line.area_id, line.level, line.number, line.days, line.rate, line.amount)
            for line in sheet.lines.all()}  # fmt: skip
    wanted = {(d.worker, d.area, d.level, d.number, d.days, d.rate, d.amount) for d in lines}
    if not made and held == wanted and sheet.rule == rule:
        return sheet
    sheet.lines.all().delete()
    AllowanceLine.objects.bulk_create(
        AllowanceLine(
            sheet=sheet, worker_id=d.worker, area_id=d.area, level=d.level, number=d.number, days=d.days, rate=d.rate,
            amount=d.amount,
        )
        for d in lines
    )  # fmt: skip
    sheet.rule, sheet.computed_at = rule, now
    sheet.total, sheet.people = sum(d.amount for d in lines), len({d.worker for d in lines})
    sheet.save()
    audit.record(
        by=by, event="workforce.allowance", obj=sheet, data={"people": sheet.people, "fen": sheet.total}, now=now,
        sentence=f"{{actor}}计算了月表：{sheet.people} 人，合计 {sheet.total / 100:,.2f} 元",
    )  # fmt: skip
    return sheet


def _workers(area: Area, month: date) -> list[Worker]:
    """Community workers who were in post in the street on some day of the month, with their certificates."""
    end = months_after(month, 1)
    rows = Worker.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=month), kind=WorkerKind.COMMUNITY_WORKER, valid_from__lt=end,
        area__lo__gte=area.lo, area__lo__lt=area.hi, certificates__isnull=False,
    )  # fmt: skip
    return list(rows.distinct().prefetch_related("certificates"))


def compute_all(*, month: date, by: Viewer, now: datetime) -> int:
    """The sheets of every street for a month; those handed on stay as they are. Returns how many were worked out."""
    done = 0
    for street in descendants(home_area(), AreaLevel.STREET, month):
        try:
            compute(area=street, month=month, by=by, now=now)
        except WrongState:
            continue
        done += 1
    return done


@transaction.atomic
def submit(*, sheet_id: int, by: Viewer, now: datetime) -> AllowanceSheet:
    """Hand the checked sheet to the New Area."""
    sheet = SHEET_FLOW.take(sheet_id, "submit", by)
    sheet.submitted_by_id = by.user_id
    return SHEET_FLOW.move(sheet, "submit", by, now)


@transaction.atomic
def approve(*, sheet_id: int, by: Viewer, now: datetime) -> AllowanceSheet:
    """Approve the sheet: it is frozen from here on."""
    return SHEET_FLOW.move(SHEET_FLOW.take(sheet_id, "approve", by), "approve", by, now)


@transaction.atomic
def send_back(*, sheet_id: int, reason: str, by: Viewer, now: datetime) -> AllowanceSheet:
    """Give the sheet back to the street with a reason. Raises Invalid without one."""
    if not reason.strip():
        raise Invalid({"reason": "请写明退回的原因，街道才知道改什么。"})
    return SHEET_FLOW.move(SHEET_FLOW.take(sheet_id, "send_back", by), "send_back", by, now, note=reason.strip())


@transaction.atomic
def record_export(*, sheet: AllowanceSheet, by: Viewer, now: datetime) -> None:
    """Write down that the sheet, which names people and sums, left the platform."""
    audit.record(by=by, event="workforce.export", obj=sheet, sentence="{actor}导出了月表", now=now, public=False)
