"""Materials that an application lacks: accepted with (容缺受理), asked for once (一次性告知), brought, reminded of.

The rule: the back office either begins without them, with a day for each, or tells once everything that is missing,
and the deadline stands still meanwhile. Afterwards it may send back what came and is no good, but ask for nothing
else. When the day passes the office is told; when the days of grace pass as well, the application ends by itself, with
a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState

from .. import deadlines
from ..access import ApplicationMaterialAccess, MatterAccess
from ..flow import FLOW
from ..models import ApplicationMaterial, Attachment, Ending, Matter
from ..words import OPEN, UNSETTLED, EndedHow, MaterialState, MattersEvent, MatterState
from .applying import count_owed, last_day
from .photos import store_material
from .telling import clean, tell_posts, tell_reporter, tell_unit
from .triage import lapse_requests

NOTE = 200
SAID = 500
CHUNK = 200


# -- the back office ---------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_owed(*, matter_id: int, lacking: Mapping[int, str], until: date, by: Viewer, now: datetime) -> Matter:
    """Begin at once; what lacks (position → what is wanted) is to come by a day. Everything not there yet is in it."""
    matter = FLOW.take(matter_id, "accept_owed", by)
    asked = _asked(matter, lacking, until, now)
    names, matter.handler_id = _named(asked), by.user_id
    FLOW.move(matter, "accept_owed", by, now, note=f"{_day(until)}前补齐：{names}", data={"until": until.isoformat()})
    _keep(matter, asked)
    tell_reporter(
        matter, f"您申请的「{matter}」已容缺受理，先办起来。请在{_day(until)}前补齐：{names}。", now, reach=True
    )
    return matter


@transaction.atomic
def tell_missing(*, matter_id: int, lacking: Mapping[int, str], until: date, by: Viewer, now: datetime) -> Matter:
    """Tell once all that is missing or no good; the deadline stands still until it has come."""
    matter = FLOW.take(matter_id, "tell_missing", by)
    asked = _asked(matter, lacking, until, now)
    names = _named(asked)
    matter.handler_id, matter.paused_at, matter.question = by.user_id, now, ""
    FLOW.move(matter, "tell_missing", by, now, note=f"{_day(until)}前补齐：{names}", data={"until": until.isoformat()})
    # Only now: whether it was told before is judged by these marks.
    _keep(matter, asked)
    tell_reporter(
        matter, f"您申请的「{matter}」还缺材料，这是一次性告知的全部内容，请在{_day(until)}前补齐：{names}。", now,
        reach=True,
    )  # fmt: skip
    return matter


def _asked(matter: Matter, lacking: Mapping[int, str], until: date, now: datetime) -> list[ApplicationMaterial]:
    """What is to be brought by a day, marked and not written yet. Raises Invalid."""
    _in_term(until, now)
    rows = list(matter.materials.select_for_update().filter(state__in=UNSETTLED))
    forgotten = [row.name for row in rows if row.state == MaterialState.MISSING and row.position not in lacking]
    if forgotten:
        raise Invalid({"": f"还没有交的都要列进来，一次说清：{'、'.join(forgotten)}。"})
    asked = [row for row in rows if row.position in lacking]
    if not asked:
        raise Invalid({"": "请勾选要补的材料；材料已经齐全的，直接受理。"})
    for row in asked:
        row.note = clean(lacking[row.position], f"why-{row.position}", NOTE)
        if row.state == MaterialState.SENT and not row.note:
            raise Invalid({f"why-{row.position}": f"「{row.name}」已经上传，请写明哪里不合格、要什么样的。"})
        row.state, row.due_on, row.asked_at = MaterialState.LATER, until, now
        row.reminded_at = row.late_at = None
    return asked


def _keep(matter: Matter, asked: Sequence[ApplicationMaterial]) -> None:
    for row in asked:
        row.save()
    count_owed(matter)


def _in_term(until: date, now: datetime) -> None:
    last = last_day(now)
    if not clock.local(now).date() < until <= last:
        raise Invalid({"until": f"补齐的日期应在明天至 {last.month}月{last.day}日之间。"})


def _named(rows: Sequence[ApplicationMaterial]) -> str:
    return "、".join(f"{row.name}（{row.note}）" if row.note else row.name for row in rows)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@transaction.atomic
def owed_longer(*, matter_id: int, until: date, reason: str, by: Viewer, now: datetime) -> Matter:
    """Let all that is still to come have until a later day, with the reason; what came too late is in time again."""
    matter = FLOW.take(matter_id, "owed_longer", by)
    _in_term(until, now)
    reason = clean(reason, "reason", NOTE, "请写明为什么放宽，申请人会看到。", 2)
    rows = list(matter.materials.select_for_update().filter(state=MaterialState.LATER))
    latest = max((row.due_on for row in rows if row.due_on is not None), default=None)
    if latest is not None and until <= latest:
        raise Invalid({"until": f"现在的日期是{_day(latest)}，请选更晚的一天。"})
    note = f"{_day(until)}前补齐：{'、'.join(row.name for row in rows)}。{reason}"
    FLOW.move(matter, "owed_longer", by, now, note=note, data={"until": until.isoformat()})
    for row in rows:
        row.due_on, row.reminded_at, row.late_at = until, None, None
    _keep(matter, rows)
    tell_reporter(matter, f"您申请的「{matter}」，补齐材料的日期放宽到{_day(until)}。", now, reach=True)
    return matter


@transaction.atomic
def refuse(
    *, matter_id: int, reason: str, basis: str, other_way: str, by: Viewer, now: datetime
) -> Matter:  # fmt: skip
    """Refuse an application before it is begun: why, on what basis, and what the applicant may do about it."""
    matter = FLOW.take(matter_id, "refuse", by)
    reason = clean(reason, "reason", 500, "请写明不予受理的理由，申请人会看到。", 5)
    basis = clean(basis, "basis", 300, "请写明依据的法律、文件和条款。", 4)
    matter.other_way = clean(other_way, "other_way", 500, "请告诉申请人不服可以走的途径。", 5)
    matter.triage_reason = f"{reason.rstrip('。')}。依据：{basis.rstrip('。')}。"
    matter.handler_id = by.user_id
    FLOW.move(matter, "refuse", by, now, note=matter.triage_reason)
    tell_reporter(matter, f"您申请的「{matter}」不予受理，请查看理由、依据和可以走的途径。", now, reach=True)
    return matter


@transaction.atomic
def send_back_material(*, material_id: int, note: str, until: date, by: Viewer, now: datetime) -> Matter:
    """Send back a material that came and is no good, with the reason and a day.

    After all that is missing was told once, only what was named then may be sent back.
    """
    seen = ApplicationMaterialAccess.get(by, material_id, "judge")
    matter = Matter.objects.select_for_update().get(pk=seen.matter_id)
    row = ApplicationMaterial.objects.select_for_update().get(pk=seen.pk)
    if not matter.is_open or matter.state == MatterState.ASSIGNED:
        raise WrongState("请先受理；还没有受理的，在“容缺受理”或“一次性告知”里一起说明。")
    if row.state != MaterialState.SENT:
        raise WrongState(f"「{row.name}」现在是「{row.get_state_display()}」，不能退回。")  # type: ignore[attr-defined]
    if row.asked_at is None and matter.materials.filter(asked_at__isnull=False).exists():
        raise WrongState(f"一次性告知时没有提到「{row.name}」，不能再要求补这一份。")
    note = clean(note, "note", NOTE, f"请写明「{row.name}」哪里不合格、要什么样的。", 2)
    _in_term(until, now)
    row.state, row.note, row.due_on, row.asked_at = MaterialState.LATER, note, until, now
    row.reminded_at = row.late_at = None
    row.save()
    count_owed(matter)
    audit.record(
        by=by, event=MattersEvent.MATERIAL_SENT_BACK, obj=matter, now=now, note=note, data={"position": row.position},
        sentence=f"{{actor}}退回了材料「{row.name}」，请在{_day(until)}前重交",
    )  # fmt: skip
    tell_reporter(
        matter, f"您申请的「{matter}」，「{row.name}」要重交：{note}。请在{_day(until)}前补上。", now, reach=True
    )
    return matter


# -- who brings it -----------------------------------------------------------------------------------------------------


@transaction.atomic
def settle_material(*, material_id: int, state: str, by: Viewer, now: datetime) -> Matter:
    """Write down that a material has been seen, copied, or is right as it was sent: by the window or by who decides.

    Raises WrongState when it is there already.
    """
    seen = ApplicationMaterialAccess.get(by, material_id, "settle")
    matter = Matter.objects.select_for_update().get(pk=seen.matter_id)
    row = ApplicationMaterial.objects.select_for_update().get(pk=seen.pk)
    if row.state not in UNSETTLED:
        raise WrongState(f"「{row.name}」已经补齐，不用再记。")
    if state == MaterialState.CHECKED and not ApplicationMaterialAccess.may(by, "judge", seen):
        raise NotAllowed("上传的材料由承办单位核对；居民带来纸件的，请记“已核原件”或“已留复印件”。")
    if state == MaterialState.CHECKED and row.state != MaterialState.SENT:
        raise WrongState(f"「{row.name}」还没有上传，请记“已核原件”或“已留复印件”。")
    if state not in (MaterialState.SEEN, MaterialState.COPY, MaterialState.CHECKED):
        raise Invalid({"state": "请选择“已核原件”或“已留复印件”。"})
    if not matter.is_open:
        raise WrongState("这件申请已经办完，不能再补材料。")
    owed = row.state != MaterialState.SENT
    row.state, row.settled_at = state, now
    row.save()
    audit.record(
        by=by, event=MattersEvent.MATERIAL_BROUGHT, obj=matter, now=now, data={"position": row.position},
        sentence=f"{{actor}}核对了材料「{row.name}」（{MaterialState(state).label}）",
    )  # fmt: skip
    if owed:
        tell_unit(matter, matter.host_unit_id, f"材料已补齐：{row.name}（{matter.number}）", now)
    _after_bringing(matter, by, now)
    return matter


@transaction.atomic
def send_materials(
    *, matter_id: int, files: Mapping[int, Sequence[UploadedFile[Any]]], said: Mapping[int, str], by: Viewer,
    now: datetime,
) -> Matter:  # fmt: skip
    """The applicant sends what is owed, all or some of it; late is still in time while the application is open.

    Raises Invalid at `file-N` or `said-N` of a material, and WrongState when nothing is owed any more.
    """
    matter = FLOW.take(matter_id, "send_materials", by)
    rows = list(matter.materials.select_for_update().filter(state__in=(MaterialState.LATER, MaterialState.MISSING)))
    if not rows:
        raise WrongState("要补的材料都已经交了，不用再交。")
    sent = []
    for row in rows:
        words = clean(said.get(row.position, ""), f"said-{row.position}", SAID)
        if give(matter, row, files.get(row.position, ()), words, now):
            sent.append(row)
    if not sent:
        raise Invalid({"": "请至少交一份：选照片或文件，能写清楚的也可以直接写。"})
    late = any(row.due_on is not None and row.due_on < clock.local(now).date() for row in sent)
    names = "、".join(row.name for row in sent)
    FLOW.move(
        matter, "send_materials", by, now, data={"positions": [row.position for row in sent], "late": late},
        sentence=f"{{actor}}补交了材料：{names}{'（已过补齐日期）' if late else ''}",
    )  # fmt: skip
    tell_unit(matter, matter.host_unit_id, f"申请人补交了材料，请核对：{names}（{matter.number}）", now)
    _after_bringing(matter, by, now)
    return matter


def give(
    matter: Matter, row: ApplicationMaterial, files: Sequence[UploadedFile[Any]], words: str, now: datetime
) -> bool:
    """Keep what was given for one material. False when nothing was. Raises Invalid at `file-N`."""
    if not files and not words:
        return False
    most = deadlines.days("files_most", now, "apply")
    if len(files) > most:
        raise Invalid({f"file-{row.position}": f"一份材料最多上传 {most} 个文件，现在选了 {len(files)} 个。"})
    if row.pk is not None and matter.attachments.filter(material=row).count() + len(files) > 5 * most:
        raise Invalid({f"file-{row.position}": f"一份材料最多保留 {5 * most} 个文件，请到窗口交。"})
    for upload in files:
        stored = store_material(upload, f"file-{row.position}")
        Attachment.objects.create(matter=matter, material=row, file=stored, at=now)
    row.state, row.said = MaterialState.SENT, words or row.said
    row.save()
    return True


def _after_bringing(matter: Matter, by: Viewer, now: datetime) -> None:
    """Count what is still owed; where the deadline stood still for it alone and nothing is, it runs again."""
    count_owed(matter)
    waits = matter.state == MatterState.WAITING and not matter.question
    if waits and not matter.materials.filter(state__in=(MaterialState.LATER, MaterialState.MISSING)).exists():
        deadlines.resume(matter, now)
        FLOW.move(matter, "materials_there", by, now, data={"due": str(matter.due_at)})


# -- by the clock ------------------------------------------------------------------------------------------------------


def watch_owed(by: Viewer, now: datetime, stop: Callable[[], bool]) -> None:
    """Remind before the day, tell the office after it, end the application when the days of grace are over.

    Each application is one transaction, and the mark is set in the transaction of the notice: run twice, it does
    nothing twice.
    """
    soon = clock.local(clock.add_working_days(now, deadlines.days("remind_before", now, "apply"))).date()
    rows = Matter.objects.filter(state__in=OPEN, owed_on__lte=soon).order_by("owed_on").values_list("pk", flat=True)
    for pk in list(rows[:CHUNK]):
        if stop():
            return
        _watch(pk, by, now, soon)


@transaction.atomic
def _watch(pk: int, by: Viewer, now: datetime, soon: date) -> None:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.state not in OPEN or matter.owed_on is None:
        return
    today = clock.local(now).date()
    owed = list(matter.materials.filter(state=MaterialState.LATER).order_by("due_on", "position"))
    past = [row for row in owed if row.due_on is not None and row.due_on < today]
    if past and closes_on(matter) < today:
        _lapse(matter, past, by, now)
        return
    late = [row for row in past if row.late_at is None]
    if late:
        names, closes = "、".join(row.name for row in late), closes_on(matter)
        FLOW.move(matter, "owed_late", by, now, data={"positions": [row.position for row in late]})
        ApplicationMaterial.objects.filter(pk__in=[row.pk for row in late]).update(late_at=now, reminded_at=now)
        said = f"材料过了补齐日期还没有交：{names}（{matter.number}），{_day(closes)}后按规则终止"
        tell_unit(matter, matter.host_unit_id, said, now)
        tell_posts(matter, (Role.FRONT_DESK,), said, now)
        tell_reporter(
            matter, f"您申请的「{matter}」有材料过了补齐日期：{names}。{_day(closes)}前仍可补交，过后申请终止。", now,
            reach=True,
        )  # fmt: skip
    near = [row for row in owed if row.due_on is not None and today <= row.due_on <= soon and row.reminded_at is None]
    if near and near[0].due_on is not None:
        names = "、".join(row.name for row in near)
        FLOW.move(matter, "remind_owed", by, now, data={"positions": [row.position for row in near]})
        ApplicationMaterial.objects.filter(pk__in=[row.pk for row in near]).update(reminded_at=now)
        tell_reporter(matter, f"您申请的「{matter}」，请在{_day(near[0].due_on)}前补齐：{names}。", now, reach=True)


def closes_on(matter: Matter) -> date:
    """The last day on which an owed material is still taken: its day and the days of grace after it."""
    assert matter.owed_on is not None
    at = clock.at(matter.owed_on.year, matter.owed_on.month, matter.owed_on.day)
    grace = deadlines.days("close_after", at, "apply")
    return clock.local(clock.add_working_days(at, grace, matter.calendar_version or None)).date()


def _lapse(matter: Matter, past: Sequence[ApplicationMaterial], by: Viewer, now: datetime) -> None:
    assert matter.owed_on is not None and matter.host_unit_id is not None
    names = "、".join(row.name for row in past)
    reason = (
        f"{names}应在{_day(matter.owed_on)}前补齐，过了{_day(closes_on(matter))}仍没有交，按规则终止办理。"
        "材料齐了可以重新申请，任一窗口都能受理。"
    )
    Ending.objects.create(
        matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, how=EndedHow.OWED, reason=reason, at=now
    )
    lapse_requests(matter, assists=True)
    matter.owed_on, matter.waited_at = None, None
    FLOW.move(matter, "lapse", by, now, note=reason)
    matter.paused_at = None
    matter.save(update_fields=["paused_at"])
    tell_unit(matter, matter.host_unit_id, f"材料逾期未补，已按规则终止：{matter}（{matter.number}）", now)
    tell_reporter(
        matter, f"您申请的「{matter}」因材料逾期没有补齐，已终止办理。可以重新申请；不同意的，可以提出异议。", now,
        reach=True,
    )  # fmt: skip


def owed_rows(viewer: Viewer) -> list[Matter]:
    """The applications of the viewer's area that lack materials, by the day on which these are to come."""
    rows = MatterAccess.rows(viewer, "relay").filter(state__in=OPEN, owed_on__isnull=False)
    related = rows.select_related("area", "host_unit", "service").prefetch_related("materials")
    return list(related.defer("text", "result").order_by("owed_on", "pk")[:CHUNK])
