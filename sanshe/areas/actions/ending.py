"""A body is dissolved: from when, why, and which other goes on with what it held.

What it held is known to the modules above (`areas.holdings`); what else must happen they register here (`on_body_end`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import BodyAccess
from ..holdings import held_open, move_from_gone, needs_heir
from ..models import Body, BodySuccession
from ..timeline import in_force
from ..words import AreasEvent
from .changing import say

#: Called with the body, the day and the moment, in the transaction of the ending.
Ended = Callable[[Body, date, datetime], None]

_ended: list[Ended] = []


def on_body_end(hook: Ended) -> None:
    """Register what must move when a body ends. Called by the modules above when they are loaded."""
    if hook not in _ended:
        _ended.append(hook)


def successors_for(body: Body, on: date) -> list[Body]:
    """The bodies that may go on: in force, near it in the tree, able to handle matters when this one did."""
    area = body.area
    near = Q(area__lo__lte=area.lo, area__hi__gt=area.lo) | Q(area__lo__gte=area.lo, area__lo__lt=area.hi)
    if area.parent is not None:
        near |= Q(area__lo__gte=area.parent.lo, area__lo__lt=area.parent.hi)
    rows = Body.objects.filter(in_force(on), near).exclude(pk=body.pk).select_related("area")
    if body.handles_matters:
        rows = rows.filter(handles_matters=True)
    else:
        rows = rows.filter(kind=body.kind)
    return list(rows.order_by("-area__lo", "name")[:300])


@transaction.atomic
def end_body(
    *, body_id: int, on: date, reason: str, by: Viewer, now: datetime, successor: int | None = None
) -> Body:  # fmt: skip
    """Dissolve a body from a day on. What it holds goes to the successor, or without one to those above.

    For a day to come, it moves when that day is there. Raises Invalid for a body that has ended, a day before it
    began, a successor that is none.
    """
    BodyAccess.get(by, body_id, "keep")
    body = Body.objects.select_for_update(of=("self",)).select_related("area__parent").get(pk=body_id)
    reason = " ".join(reason.split())
    if body.valid_to is not None:
        raise Invalid(f"{body}已于{say(body.valid_to)}撤销，或已定于那天撤销。")
    if on < body.valid_from:
        raise Invalid({"on": f"{body}自{say(body.valid_from)}起设立，撤销日期不能早于它。"})
    if not 2 <= len(reason) <= 200:
        raise Invalid({"reason": "请写明撤销的依据（2 至 200 个字），例如：机构改革方案的名称和文号。"})
    heir = None
    if successor is not None:
        heir = next((one for one in successors_for(body, on) if one.pk == successor), None)
        if heir is None:
            raise Invalid({"successor": "请从列出的机构中选择承接的机构。"})
    elif left := needs_heir(body.pk):
        said = "、".join(f"{what} {count} 件" for what, count in left)
        raise Invalid({"successor": f"{body}还有{said}，须有承接机构，或先办理终止。"})
    body.valid_to = on
    body.save(update_fields=["valid_to"])
    BodySuccession.objects.create(old=body, new=heir, on=on, reason=reason)
    told = f"由{heir}承接" if heir is not None else "没有承接机构"
    audit.record(
        by=by, event=AreasEvent.BODY_ENDED, obj=body, sentence=f"{{actor}}登记此机构撤销，{told}（{{note}}）",
        note=reason, data={"on": on, "successor": heir.pk if heir else None, "held": dict(held_open(body.pk))}, now=now,
    )  # fmt: skip
    for hook in _ended:
        hook(body, on, now)
    if on <= clock.local(now).date():
        move_from_gone(now, body_id=body.pk)
    return body
