"""A unit is dissolved while it holds matters: its successor goes on, else the street's list; nothing is orphaned."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import Body, BodyHolding, note_succession
from sanshe.kernel.access import Viewer
from sanshe.kernel.notices import notify

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST, CALLBACK, OVERSIGHT
from ..models import Assist, CallBack, Extension, Matter, OversightOrder, TaskOrder
from ..tasks.words import OrderState
from ..words import AssistState, CallBackState, ExtensionState, MatterState, OversightState
from .telling import tell_posts, tell_unit
from .triage import lapse_requests

WITH_UNIT = (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING)
OPEN_ORDERS = (OversightState.ISSUED, OversightState.ANSWERED)
OPEN_CALLS = (CallBackState.OPEN, CallBackState.LISTED, CallBackState.APPEALED)


def _ids(gone: Body, heir: Body | None) -> dict[str, int | None]:
    return {"from": gone.pk, "to": heir.pk if heir else None}


def _matter(matter: Matter, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    data = _ids(gone, heir)
    if heir is not None:
        matter.host_unit, matter.handler, matter.given_at = heir, None, now
        FLOW.move(
            matter, "succeed", by, now, data=data, sentence=f"{gone}撤销，转由{heir}继续办理，期限不变"
        )  # fmt: skip
        tell_unit(matter, heir.pk, f"{gone}撤销，由本单位继续办理：{matter}", now)
        return
    # The host stays written down until the street has named another: that is what marks it on the street's list.
    deadlines.resume(matter, now)
    matter.handler, matter.designated, matter.question = None, False, ""
    lapse_requests(matter)
    FLOW.move(matter, "unit_gone", by, now, data=data, sentence=f"{gone}撤销，请街道指定承办单位，期限不变")
    tell_posts(matter, (Role.STREET_OFFICER,), f"承办单位已撤销，请指定承办单位：{matter}", now)


def _assist(assist: Assist, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    matter = assist.matter
    asked = Assist.objects.filter(matter=matter, unit=heir).exclude(state=AssistState.LAPSED).exists()
    if heir is None or asked or heir.pk == matter.host_unit_id:
        ASSIST.move(assist, "lapse", by, now, data={"from": gone.pk})
        tell_unit(matter, matter.host_unit_id, f"协办单位{gone}已撤销，需要的话请另请单位协办：{matter}", now)
        return
    assist.unit = heir
    ASSIST.move(assist, "succeed", by, now, data={"from": gone.pk, "to": heir.pk})
    tell_unit(matter, heir.pk, f"{gone}撤销，请继续答复协办：{matter}", now)


def _order(order: OversightOrder, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    heir = heir or order.matter.host_unit
    if heir is None or heir.pk == gone.pk:
        return
    order.unit = heir
    OVERSIGHT.move(order, "succeed", by, now, data={"from": gone.pk, "to": heir.pk})
    tell_unit(order.matter, heir.pk, f"{gone}撤销，督办由本单位回复：{order.matter}", now)


def _call(call: CallBack, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    call.unit = heir
    CALLBACK.move(call, "succeed", by, now, data=_ids(gone, heir))
    text = f"{gone}撤销，请继续回访整改：{call.matter}"
    if heir is not None:
        tell_unit(call.matter, heir.pk, text, now)
    else:
        tell_posts(call.matter, (Role.COMMUNITY_LEAD, Role.FRONT_DESK), text, now)


def _extension(asked: Extension, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    if heir is None:
        asked.state = ExtensionState.LAPSED
    else:
        asked.unit = heir
    asked.save(update_fields=["state", "unit"])
    note_succession(asked, gone, heir, by, now)


def _task(order: TaskOrder, gone: Body, heir: Body | None, by: Viewer, now: datetime) -> None:
    """Without a successor a task goes on as one of the street, or of the New Area, that the unit belonged to."""
    order.unit = heir
    order.save(update_fields=["unit"])
    note_succession(order, gone, heir, by, now)
    if heir is None:
        told = on_duty(Role.STREET_OFFICER, Role.DISTRICT_OFFICER, area=order.area)
        text = f"{gone}撤销，它下派的任务转由{order.area}负责：{order}"
        notify(told.values_list("pk", flat=True), text, order.get_absolute_url(), now, "下派任务")


_TASKS = (OrderState.WAITING, OrderState.OBJECTED, OrderState.OUT)
#: Without a successor an order waits where its matter waits: for the unit that the street names.
_ORDERS = Q(state__in=OPEN_ORDERS) & ~Q(matter__state=MatterState.RECEIVED)
HELD = (
    BodyHolding("主办的事项", Matter, "host_unit", Q(state__in=WITH_UNIT), _matter, _matter),
    BodyHolding("协办", Assist, "unit", Q(state=AssistState.ASKED), _assist, _assist),
    BodyHolding("督办单", OversightOrder, "unit", _ORDERS, _order, _order),
    BodyHolding("差评回访", CallBack, "unit", Q(state__in=OPEN_CALLS), _call, _call),
    BodyHolding("延期申请", Extension, "unit", Q(state=ExtensionState.ASKED), _extension, _extension),
    BodyHolding("提出的下派任务", TaskOrder, "unit", Q(state__in=_TASKS), _task, _task),
)
