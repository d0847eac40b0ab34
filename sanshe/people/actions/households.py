"""Members of households, and the address in clear for a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.readings import reading

from ..access import HouseholdAccess, MemberAccess
from ..models import Household, HouseholdMember
from ..queries import by_number
from ..words import PeopleEvent, ReadKind, Relation
from .index import log_read, reason_to_look


@transaction.atomic
def add_member(
    *, household_id: int, number: str, relation: str, since: date, by: Viewer, now: datetime
) -> HouseholdMember:
    """Add the person of a whole number to a household. Raises Invalid for an unknown number or one there already."""
    HouseholdAccess.get(by, household_id, "keep")
    household = Household.objects.select_for_update().get(pk=household_id)
    person = by_number(number, number)
    if person is None:
        raise Invalid({"number": "没有这个证件号码的人员档案，请先建立档案。"})
    if relation not in Relation.values:
        raise Invalid({"relation": "请选择与户主的关系。"})
    if since < household.valid_from:
        raise Invalid({"since": f"不能早于这一户的登记日期（{household.valid_from:%Y-%m-%d}）。"})
    try:
        with transaction.atomic():
            member = HouseholdMember.objects.create(
                household=household, person=person, relation=relation, valid_from=since
            )
    except IntegrityError:
        raise Invalid({"number": f"{person.name}已经是这一户的成员。"}) from None
    if relation == Relation.HEAD and household.head_id != person.pk:
        household.head = person
        household.save(update_fields=["head"])
    audit.record(
        by=by,
        event=PeopleEvent.HOUSEHOLD,
        obj=household,
        sentence="{actor}把{name}登记为这一户的成员",
        personal={"name": person.name},
        now=now,
        public=False,
    )
    return member


@transaction.atomic
def end_member(*, member_id: int, on: date, by: Viewer, now: datetime) -> HouseholdMember:
    """End a membership on a day. Raises Invalid for one that has ended, or a day before it began."""
    MemberAccess.get(by, member_id, "keep")
    member = HouseholdMember.objects.select_for_update().get(pk=member_id)
    if member.valid_to is not None:
        raise Invalid({"on": "这位成员已经迁出。"})
    if on < member.valid_from:
        raise Invalid({"on": f"不能早于起始日期（{member.valid_from:%Y-%m-%d}）。"})
    member.valid_to = on
    member.save(update_fields=["valid_to"])
    audit.record(
        by=by,
        event=PeopleEvent.HOUSEHOLD,
        obj=member.household,
        sentence="{actor}登记{name}迁出这一户",
        personal={"name": member.person.name},
        now=now,
        public=False,
    )
    return member


@reading
@transaction.atomic
def unmask_household(*, household_id: int, reason: str, by: Viewer, now: datetime) -> str:
    """Return a household's address in clear, for a reason that every member will read. Raises Invalid without one."""
    household = HouseholdAccess.get(by, household_id, "unmask")
    reason = reason_to_look(reason)
    members = {m.person_id: m.person for m in household.members.filter(valid_to__isnull=True).select_related("person")}
    if household.head is not None:
        members[household.head.pk] = household.head
    for person in members.values():
        log_read(person=person, kind=ReadKind.UNMASKED, by=by, now=now, reason=reason)
    audit.record(
        by=by,
        event=PeopleEvent.UNMASKED,
        obj=household,
        sentence="{actor}查看这一户的完整住址（事由：{note}）",
        note=reason,
        now=now,
        public=False,
    )
    return household.address or ""
