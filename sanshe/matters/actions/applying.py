"""What is particular to an application: its item, its materials, who decides it. Filing itself is in `filing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sanshe.accounts.public import Role
from sanshe.areas.public import Area
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.people.public import Person

from .. import deadlines
from ..catalogue import ASKED, Material, deciding_body, known_facts, materials_for
from ..models import ApplicationMaterial, Matter, ServiceItem
from ..words import UNSETTLED, MaterialState, MatterState, OnlineWay
from .telling import tell_unit

#: What the window may say of a material that the index does not stand for.
BROUGHT = (MaterialState.SEEN, MaterialState.COPY, MaterialState.LATER)
Said = tuple[str, date | None]


@dataclass
class Application:
    """An application that passed its checks: what is to be written with the matter."""

    item: ServiceItem
    materials: list[ApplicationMaterial] = field(default_factory=list)
    saved: int = 0


def check_application(
    service_id: int | None,
    said: Mapping[int, Said],
    person: Person | None,
    area: Area | None,
    by: Viewer,
    now: datetime,
    for_caller: bool,
) -> tuple[Application | None, dict[str, str]]:
    """The application with its materials, or the sentences at the fields that are wrong.

    `said`: position of a material → its state and, for what is to come later, by which day. What the person's file
    holds is taken from there whatever is said. From home a material is either sent or not there yet: what may be
    brought later, and by when, is for the back office to say.
    """
    on = clock.local(now).date()
    item = ServiceItem.objects.filter(pk=service_id or 0).first()
    if item is None or item.valid_from > on or (item.valid_to is not None and item.valid_to <= on):
        return None, {"service": "请选择要申请的服务事项。"}
    if for_caller and not item.any_window and area is not None and not _serves(by, area):
        return None, {"service": f"「{item.name}」只能在{item.accepts}办理，请告诉对方到{area.short_name}办理。"}
    if not for_caller and not item.is_online:
        return None, {"service": f"「{item.name}」要到窗口办。{item.online_note}"}
    if not for_caller and item.online == OnlineWay.SIGNED and not by.signed_in:
        return None, {"service": f"「{item.name}」要知道申请人是谁，请登录后再申请。"}
    held = known_facts(person, on)
    last = clock.local(clock.add_working_days(now, _later(on))).date()
    made, missing, wrong = Application(item, saved=sum(name in held for name in ASKED)), [], {}
    for material in materials_for(item, held):
        state, until = said.get(material.position, ("", None))
        if not for_caller:
            state, until = MaterialState.SENT if state == MaterialState.SENT else MaterialState.MISSING, None
        if material.known:
            state, until = MaterialState.KNOWN, None
        elif for_caller and state not in BROUGHT:
            missing.append(material.name)
            continue
        elif state == MaterialState.LATER:
            until = until or last
            if not on <= until <= last:
                wrong["materials"] = f"「{material.name}」的补齐期限应在今天至 {last.month}月{last.day}日之间。"
        made.materials.append(_row(material, state, until if state == MaterialState.LATER else None, now))
    if missing:
        wrong["materials"] = f"请逐项核对材料，还没有选的有：{'、'.join(missing)}。"
    return (None, wrong) if wrong else (made, {})


def _later(on: date) -> int:
    return int(params.get("window.later_days", on=on).value)


def _row(material: Material, state: str, until: date | None, now: datetime) -> ApplicationMaterial:
    return ApplicationMaterial(
        position=material.position, name=material.name[:80], state=state, due_on=until,
        fact=material.fact if state == MaterialState.KNOWN else "",
        settled_at=None if state in UNSETTLED else now,
    )  # fmt: skip


def _serves(by: Viewer, area: Area) -> bool:
    """Whether the one who files holds a window's post for this area."""
    scopes = (by.grants.areas.get(str(role)) for role in (Role.FRONT_DESK, Role.COMMUNITY_WORKER))
    return any(scope is not None and scope.covers(area.pk, area.lo) for scope in scopes)


def assign(matter: Matter, item: ServiceItem, now: datetime) -> None:
    """Give an application to who decides it, by its item's working days. Raises Invalid when nobody is there."""
    unit = deciding_body(matter.area, item, clock.local(now).date())
    if unit is None:
        raise Invalid({"service": f"{matter.area.short_name}还没有登记能办理此事的承办单位，请与街道联系后再受理。"})
    matter.service, matter.host_unit, matter.state, matter.given_at = item, unit, MatterState.ASSIGNED, now
    deadlines.set_working_days(matter, item.days, now)


def count_owed(matter: Matter) -> None:
    """Write on the matter by which day the first of its owed materials is to come; None when none is owed."""
    days = matter.materials.filter(state=MaterialState.LATER).order_by("due_on").values_list("due_on", flat=True)
    matter.owed_on = days.first()
    matter.save(update_fields=["owed_on"])


def last_day(now: datetime) -> date:
    """The last day by which a material may be promised, counted from now."""
    return clock.local(clock.add_working_days(now, _later(clock.local(now).date()))).date()


def keep_materials(matter: Matter, application: Application, now: datetime) -> None:
    """Write the materials of an application that has begun, and tell who decides it."""
    for row in application.materials:
        row.matter = matter
    ApplicationMaterial.objects.bulk_create(application.materials)
    if any(row.due_on for row in application.materials):
        count_owed(matter)
    tell_unit(matter, matter.host_unit_id, f"新的申请：{application.item.name}（{matter.number}）", now)


def said_of(given: Mapping[str, Any]) -> dict[int, Said]:
    """What a form says of the materials: `material-3` is the state, `until-3` the day; what is no day is none."""
    found: dict[int, Said] = {}
    for key, value in given.items():
        kind, _, number = key.partition("-")
        if kind == "material" and number.isascii() and number.isdigit() and len(number) < 3:
            found[int(number)] = (str(value), _day(str(given.get(f"until-{number}", ""))))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
