"""A unit is dissolved while it holds matters: its successor goes on, else the street's list; nothing is orphaned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.areas.public import Body, successor_of
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .. import deadlines
from ..access import CLOCK
from ..flow import FLOW
from ..flow_parts import ASSIST, CALLBACK, OVERSIGHT
from ..models import Assist, CallBack, Matter, OversightOrder
from ..words import AssistState, CallBackState, MatterState, OversightState
from .telling import tell_posts, tell_unit
from .triage import lapse_requests

WITH_UNIT = (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING)
OPEN_ORDERS = (OversightState.ISSUED, OversightState.ANSWERED)
OPEN_CALLS = (CallBackState.OPEN, CallBackState.LISTED, CallBackState.APPEALED)
CHUNK = 200


def held_by(body_id: int) -> list[tuple[str, int]]:
    """What a unit holds open now, by kind: said before it is dissolved."""
    counts = [
        ("主办的事项", Matter.objects.filter(host_unit=body_id, state__in=WITH_UNIT).count()),
        ("协办", Assist.objects.filter(unit=body_id, state=AssistState.ASKED).count()),
        ("督办单", OversightOrder.objects.filter(unit=body_id, state__in=OPEN_ORDERS).count()),
        ("差评回访", CallBack.objects.filter(unit=body_id, state__in=OPEN_CALLS).count()),
    ]
    return [(label, count) for label, count in counts if count]


def unit_ended(body: Body, on: date, now: datetime) -> None:
    """A body has been dissolved: what it holds moves at once, or by the clock on the day to come."""
    if on <= clock.local(now).date():
        move_from_gone(now, body_id=body.pk)


def move_from_gone(now: datetime, stop: Callable[[], bool] = lambda: False, body_id: int | None = None) -> int:
    """Move on what lies with units that have ended; the clock asks for all, the ending of one for its own.

    Run again it finds nothing left. One transaction a thing; returns how many were moved.
    """
    by = Viewer.system_account(CLOCK)
    on = clock.local(now).date()
    jobs: tuple[tuple[Any, str, Any, Callable[..., None]], ...] = (
        (Matter, "host_unit", WITH_UNIT, _matter),
        (Assist, "unit", (AssistState.ASKED,), _assist),
        (OversightOrder, "unit", OPEN_ORDERS, _order),
        (CallBack, "unit", OPEN_CALLS, _call),
    )
    gone = [body_id] if body_id is not None else list(
        Body.objects.filter(valid_to__lte=on).values_list("pk", flat=True)
    )  # fmt: skip
    moved = 0
    if not gone:
        return moved
    for model, field, states, move in jobs:
        rows = model.objects.filter(**{f"{field}__in": gone}, state__in=states)
        if model is OversightOrder:
            # Without a successor an order waits where its matter waits: for the unit that the street names.
            rows = rows.exclude(matter__state=MatterState.RECEIVED)
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)[: None if body_id else CHUNK]):
            if stop():
                return moved
            with transaction.atomic():
                row = model.objects.select_for_update().get(pk=pk)
                if row.state in states and getattr(row, f"{field}_id") in gone:
                    move(row, getattr(row, field), on, by, now)
                    moved += 1
    return moved


def _matter(matter: Matter, gone: Body, on: date, by: Viewer, now: datetime) -> None:
    heir = successor_of(gone, on)
    data = {"from": gone.pk, "to": heir.pk if heir else None}
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


def _assist(assist: Assist, gone: Body, on: date, by: Viewer, now: datetime) -> None:
    heir, matter = successor_of(gone, on), assist.matter
    asked = Assist.objects.filter(matter=matter, unit=heir).exclude(state=AssistState.LAPSED).exists()
    if heir is None or asked or heir.pk == matter.host_unit_id:
        ASSIST.move(assist, "lapse", by, now, data={"from": gone.pk})
        tell_unit(matter, matter.host_unit_id, f"协办单位{gone}已撤销，需要的话请另请单位协办：{matter}", now)
        return
    assist.unit = heir
    ASSIST.move(assist, "succeed", by, now, data={"from": gone.pk, "to": heir.pk})
    tell_unit(matter, heir.pk, f"{gone}撤销，请继续答复协办：{matter}", now)


def _order(order: OversightOrder, gone: Body, on: date, by: Viewer, now: datetime) -> None:
    heir = successor_of(gone, on) or order.matter.host_unit
    if heir is None or heir.pk == gone.pk:
        return
    order.unit = heir
    OVERSIGHT.move(order, "succeed", by, now, data={"from": gone.pk, "to": heir.pk})
    tell_unit(order.matter, heir.pk, f"{gone}撤销，督办由本单位回复：{order.matter}", now)


def _call(call: CallBack, gone: Body, on: date, by: Viewer, now: datetime) -> None:
    heir = successor_of(gone, on)
    call.unit = heir
    CALLBACK.move(call, "succeed", by, now, data={"from": gone.pk, "to": heir.pk if heir else None})
    text = f"{gone}撤销，请继续回访整改：{call.matter}"
    if heir is not None:
        tell_unit(call.matter, heir.pk, text, now)
    else:
        tell_posts(call.matter, (Role.COMMUNITY_LEAD, Role.FRONT_DESK), text, now)
