"""Setting up a community: the application, who looks after its residents until then, and the day it is established."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from .. import norms
from ..access import SetupAccess
from ..flow import SETUP_FLOW
from ..models import Area, Body, BodyMember, ManagedBy, Place, SetupApplication
from ..timeline import in_force
from ..words import AreaLevel, AreasEvent, BodyKind, InterimKind
from .changing import change_area, establish_area, own_code
from .loading import establish_body

COUNTS = ("planned_households", "registered_households", "other_households", "moved_in_households", "radius_minutes")
SIZES = ("office_m2", "elderly_m2")
_ROOM = re.compile(r"^(.{1,30}?)[\s:：,，]*(\d+(?:\.\d+)?)\s*(?:平方米|平米|㎡|m2|m²)?$")


def read_rooms(text: str) -> list[dict[str, Any]]:
    """Rooms from lines like 「便民服务大厅 200」, in square metres. Raises Invalid naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _ROOM.match(line.strip())
        if match is None:
            raise Invalid({"rooms": f"第 {number} 行没有看懂，请写成“便民服务大厅 200”这样，一行一间。"})
        found.append({"name": match[1].strip(), "m2": float(match[2])})
    return found


def _fill(application: SetupApplication, given: Mapping[str, Any]) -> None:
    """Put the given figures on the application. Raises Invalid with a sentence at each field."""
    errors: dict[str, str] = {}
    name = "".join(str(given.get("name", "")).split())
    if not 2 <= len(name) <= 40:
        errors["name"] = "请写明拟设社区的名称，如“云岭社区”。"
    for key in COUNTS:
        value = given.get(key)
        most = 240 if key == "radius_minutes" else 100_000
        if value is not None and not 0 <= int(value) <= most:
            errors[key] = f"应为 0 至 {most} 的整数。"
        setattr(application, key, value)
    for key in SIZES:
        value = given.get(key)
        try:
            value = None if value in (None, "") else Decimal(str(value)).quantize(Decimal("0.01"))
        except InvalidOperation:
            errors[key] = "应为数字，单位平方米。"
        if isinstance(value, Decimal) and not 0 <= value <= 1_000_000:
            errors[key] = "面积应在 0 至 1000000 平方米之间。"
        setattr(application, key, value)
    planned, moved_in = application.planned_households, application.moved_in_households
    if planned is not None and moved_in is not None and moved_in > planned:
        errors["moved_in_households"] = "已入住户数不会多于规划总户数，请核对。"
    rooms = given.get("rooms", "")
    try:
        application.rooms = read_rooms(rooms) if isinstance(rooms, str) else list(rooms)
    except Invalid as wrong:
        errors.update(wrong.errors)
    application.name = name
    application.places = " ".join(str(given.get("places", "")).split())[:400]
    application.boundary_fits = given.get("boundary_fits")
    application.boundary_reference = " ".join(str(given.get("boundary_reference", "")).split())[:200]
    if errors:
        raise Invalid(errors)


@transaction.atomic
def apply_for_setup(*, area_id: int, by: Viewer, now: datetime, **given: Any) -> SetupApplication:
    """Begin an application for a new community in a street, as a draft. Raises Invalid, NotAllowed."""
    street = Area.objects.filter(in_force(clock.local(now).date()), pk=area_id, level=AreaLevel.STREET).first()
    if street is None:
        raise Invalid({"area": "请选择所在街道。"})
    application = SetupApplication(area=street, applicant_id=by.account_id, created_at=now)
    _fill(application, given)
    SETUP_FLOW.begin(application, by, now, "{actor}起草了新设社区的申请")
    if not SetupAccess.may(by, "prepare", application):
        raise NotAllowed("新设社区的申请由所在街道起草。")
    return application


@transaction.atomic
def edit_setup(*, setup_id: int, by: Viewer, now: datetime, **given: Any) -> SetupApplication:
    """Change the figures of a draft."""
    application = SETUP_FLOW.take(setup_id, "edit", by)
    _fill(application, given)
    return SETUP_FLOW.move(application, "edit", by, now)


@transaction.atomic
def submit_setup(*, setup_id: int, by: Viewer, now: datetime) -> SetupApplication:
    """Send the application to the district, with whatever falls short plain to see."""
    return SETUP_FLOW.move(SETUP_FLOW.take(setup_id, "submit", by), "submit", by, now)


@transaction.atomic
def approve_setup(*, setup_id: int, document: str, by: Viewer, now: datetime) -> SetupApplication:
    """Approve; the checks are kept as they came out on the day."""
    application = SETUP_FLOW.take(setup_id, "approve", by)
    application.document = " ".join(document.split())[:80]
    checks = norms.setup_checks(application, clock.local(now).date())
    application.checks = [check.plain() for check in checks]
    return SETUP_FLOW.move(application, "approve", by, now, data={"document": application.document})


def _with_reason(step: str, setup_id: int, reason: str, by: Viewer, now: datetime) -> SetupApplication:
    application = SETUP_FLOW.take(setup_id, step, by)
    reason = " ".join(reason.split())[:500]
    if len(reason) < 2:
        raise Invalid({"reason": "请写明理由，街道和居民会问到。"})
    return SETUP_FLOW.move(application, step, by, now, note=reason)


@transaction.atomic
def give_back_setup(*, setup_id: int, reason: str, by: Viewer, now: datetime) -> SetupApplication:
    """Give it back to be completed."""
    return _with_reason("give_back", setup_id, reason, by, now)


@transaction.atomic
def refuse_setup(*, setup_id: int, reason: str, by: Viewer, now: datetime) -> SetupApplication:
    """Refuse it, with the reason."""
    return _with_reason("refuse", setup_id, reason, by, now)


@transaction.atomic
def withdraw_setup(*, setup_id: int, reason: str, by: Viewer, now: datetime) -> SetupApplication:
    """Take it back."""
    return _with_reason("withdraw", setup_id, reason, by, now)


@transaction.atomic
def arrange_interim(
    *, setup_id: int, kind: str, manager_id: int, by: Viewer, now: datetime, receiver_name: str = "",
    receiver_phone: str = "", receiver_account: str = "",
) -> SetupApplication:  # fmt: skip
    """Say who serves the residents until the community stands: a neighbouring community, or the named receiver of a
    residents' group who is reached through that community's desk. From today on what is raised there goes to them."""
    application = SETUP_FLOW.take(setup_id, "arrange", by)
    today = clock.local(now).date()
    kind = InterimKind(kind)
    manager = Area.objects.filter(in_force(today), pk=manager_id, level=AreaLevel.COMMUNITY).first()
    if manager is None or manager.parent_id != application.area_id:
        raise Invalid({"manager": "请选择同一街道内相邻的社区。"})
    receiver_name = " ".join(receiver_name.split())[:40]
    if kind == InterimKind.GROUP and not receiver_name:
        raise Invalid({"receiver_name": "成立居民小组的，请写明由谁接收居民的事项。"})
    receiver = None
    if receiver_account.strip():
        receiver = (
            get_user_model()._default_manager.filter(username__iexact=receiver_account.strip(), is_active=True).first()
        )
        if receiver is None:
            raise Invalid({"receiver_account": "没有这个用户名的账号，请核对；也可以不填。"})
    group = _group_of(application, manager, today, by, now)
    now_in_force = ManagedBy.objects.filter(area=group, valid_to__isnull=True).first()
    if now_in_force is not None:
        now_in_force.valid_to = today
        now_in_force.save(update_fields=["valid_to"])
    ManagedBy.objects.create(
        area=group, manager=manager, receiver=receiver, receiver_name=receiver_name,
        receiver_phone=" ".join(receiver_phone.split())[:40], valid_from=today, source=str(application),
    )  # fmt: skip
    if kind == InterimKind.GROUP:
        _group_body(group, receiver_name, receiver_phone, today, by, now)
    _take_places(application, group, manager)
    application.interim, application.established = kind, group
    audit.record(
        by=by, event=AreasEvent.MANAGED, obj=group, sentence="{actor}安排了此区域在设立社区前由谁接收事项",
        data={"manager": manager.code, "kind": str(kind)}, now=now,
    )  # fmt: skip
    return SETUP_FLOW.move(application, "arrange", by, now, data={"kind": str(kind), "manager": manager.code})


def _group_of(application: SetupApplication, manager: Area, today: date, by: Viewer, now: datetime) -> Area:
    """The area of the residents' group below the community that looks after it, so that its posts cover it."""
    group: Area | None = application.established
    if group is None:
        return establish_area(
            name=f"{application.name}筹建区", level=AreaLevel.GROUP, parent_id=manager.pk, on=today, by=by, now=now,
            source=str(application), code=own_code(application.area),
        )  # fmt: skip
    if group.parent_id != manager.pk:
        group = change_area(area_id=group.pk, on=today, by=by, now=now, source=str(application), parent_id=manager.pk)
    return group


def _group_body(group: Area, name: str, phone: str, today: date, by: Viewer, now: datetime) -> None:
    body = establish_body(
        name=f"{group.short_name}居民小组", kind=BodyKind.RESIDENTS_GROUP, area=group, phone=phone.strip()[:40], by=by,
        now=now, valid_from=today,
    )  # fmt: skip
    BodyMember.objects.filter(body=body, valid_to__isnull=True).exclude(name=name).update(valid_to=today)
    if not BodyMember.objects.filter(body=body, name=name, valid_to__isnull=True).exists():
        BodyMember.objects.create(
            body=body, name=name, duty="事项接收人", rank=1, how="appointed", office_phone=phone.strip()[:40],
            valid_from=today,
        )  # fmt: skip


def _take_places(application: SetupApplication, group: Area, manager: Area) -> None:
    """The places of the coming community lead to it: those kept at the neighbour move, new ones are entered."""
    names = [name for name in re.split(r"[、，,；;\s]+", application.places) if 2 <= len(name) <= 80]
    there = set(Place.objects.filter(area=group).values_list("name", flat=True))
    Place.objects.filter(area=manager, name__in=set(names) - there).update(area=group)
    there |= set(Place.objects.filter(area=group).values_list("name", flat=True))
    Place.objects.bulk_create([Place(area=group, name=name) for name in dict.fromkeys(names) if name not in there])


@transaction.atomic
def establish_community(
    *, setup_id: int, on: date, by: Viewer, now: datetime, name: str = "", code: str = ""
) -> SetupApplication:
    """Establish the community from a day on: the residents' group becomes it, or it is made; others stop looking after
    it; its party organisation and residents' committee are entered as bodies. Raises Invalid, WrongState."""
    application = SETUP_FLOW.take(setup_id, "establish", by)
    if on > clock.local(now).date():
        raise Invalid({"on": "设立日期不能晚于今天。"})
    short = "".join((name or application.name).split())
    full = f"{short}居民委员会"
    given: dict[str, Any] = {"on": on, "by": by, "now": now, "source": application.document or str(application)}
    group: Area | None = application.established
    if group is None:
        community = establish_area(
            name=full, short_name=short, level=AreaLevel.COMMUNITY, parent_id=application.area_id, code=code, **given
        )
    else:
        if on < group.valid_from:
            raise Invalid({"on": f"设立日期不能早于代管开始的 {group.valid_from}。"})
        community = change_area(
            area_id=group.pk, name=full, short_name=short, level=AreaLevel.COMMUNITY, parent_id=application.area_id,
            code=code, **given,
        )  # fmt: skip
        ManagedBy.objects.filter(area=community, valid_to__isnull=True).update(valid_to=on)
        Body.objects.filter(area=community, kind=BodyKind.RESIDENTS_GROUP, valid_to__isnull=True).update(valid_to=on)
    for kind, ending in ((BodyKind.PARTY_ORGANISATION, "党组织"), (BodyKind.RESIDENTS_COMMITTEE, "居民委员会")):
        establish_body(name=f"{short}{ending}", kind=kind, area=community, by=by, now=now, valid_from=on)
    application.established, application.established_on = community, on
    return SETUP_FLOW.move(application, "establish", by, now, data={"code": community.code, "on": on})
