"""Verbs of the person index: find or make, change, link to an account, unmask; each reading is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sanshe.accounts.public import Role, User
from sanshe.areas.public import Area
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.mask import mask_phone
from sanshe.kernel.readings import reading

from ..access import MAY_LOOK, SETUP, PersonAccess
from ..identity import citizen_facts, clean_paper, house_key
from ..models import Person, ReadLog
from ..queries import PersonCard, by_number, by_phone_and_name, person_card
from ..words import PeopleEvent, ReadKind


class Duplicate(Invalid):
    """The person is in the index already; `card` shows as much of the file as the viewer may see.

    `certain` is False when only name and phone agree: then a community's lead may go on, with a reason.
    """

    def __init__(self, card: PersonCard, certain: bool) -> None:
        self.card, self.certain = card, certain
        what = "这个证件号码已有档案" if certain else "已有姓名和电话都相同的档案"
        super().__init__({"": f"{what}：{card.line}。请直接使用，不必再建。"})


def _fill(person: Person, *, citizen_number: str, paper_kind: str, paper_number: str, phone: str, address: str) -> None:
    """Check the details and put them into the row, with their masked forms. Raises Invalid naming every wrong field."""
    errors: dict[str, str] = {}
    if citizen_number:
        try:
            facts = citizen_facts(citizen_number)
            person.citizen_number, person.citizen_masked = facts.number, facts.masked
            person.born_on, person.sex = facts.born_on, facts.sex
        except Invalid as wrong:
            errors["citizen_number"] = wrong.sentence
    if paper_number or paper_kind:
        try:
            person.paper_number, person.paper_masked = clean_paper(paper_kind, paper_number)
            person.paper_kind = paper_kind
        except Invalid as wrong:
            errors.update(wrong.errors)
    if phone:
        try:
            person.phone = clean_phone(phone)
            person.phone_masked = mask_phone(person.phone)
        except Invalid as wrong:
            errors["phone"] = wrong.sentence
    if len(address) > 200:
        errors["address"] = "住址最多 200 个字。"
    elif address:
        person.address, person.house = address.strip(), house_key(address) or None
    if errors:
        raise Invalid(errors)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Invalid({"name": "请填写姓名。"})
    if len(name) > 60 or not name.isprintable():
        raise Invalid({"name": "姓名最多 60 个字，不能含有特殊控制字符。"})
    return name


@transaction.atomic
def make_person(
    *,
    name: str,
    by: Viewer,
    now: datetime,
    citizen_number: str = "",
    paper_kind: str = "",
    paper_number: str = "",
    phone: str = "",
    address: str = "",
    area: Area | None = None,
    user: User | None = None,
    override_reason: str = "",
) -> Person:
    """Enter a person in the index.

    Raises Duplicate when the person is there already, Invalid for wrong details, NotAllowed for those who serve at no
    window. `override_reason` lets a community's lead go on when only name and phone agree; a number is never doubled.
    """
    if MAY_LOOK.q(by) is not True:
        raise NotAllowed("人员档案由社区窗口和社区工作者建立。")
    person = Person(name=_name(name), area=area, user=user, created_at=now)
    _fill(
        person,
        citizen_number=citizen_number,
        paper_kind=paper_kind,
        paper_number=paper_number,
        phone=phone,
        address=address,
    )
    known = by_number(citizen_number, paper_number)
    if known is not None:
        raise Duplicate(person_card(by, known), certain=True)
    likely = by_phone_and_name(phone, person.name) if phone else None
    override_reason = " ".join(override_reason.split())
    if likely is not None and not (override_reason and _may_override(by, area)):
        raise Duplicate(person_card(by, likely), certain=False)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        # Someone else was quicker by a moment; the index holds one file a number.
        known = by_number(citizen_number, paper_number)
        if known is None:
            raise
        raise Duplicate(person_card(by, known), certain=True) from None
    audit.record(
        by=by,
        event=PeopleEvent.OVERRIDDEN if likely is not None else PeopleEvent.MADE,
        obj=person,
        sentence="{actor}为{name}建立了人员档案" + ("（姓名电话与已有档案相同，理由：{note}）" if likely else ""),
        personal={"name": person.name},
        note=override_reason if likely is not None else "",
        data={"like": likely.pk} if likely is not None else {},
        now=now,
        public=False,
    )
    return person


def _may_override(by: Viewer, area: Area | None) -> bool:
    if by.system == SETUP:
        return True
    scope = by.grants.areas.get(str(Role.COMMUNITY_LEAD))
    if scope is None or area is None:
        return False
    return scope.covers(area.pk, area.lo)


@transaction.atomic
def find_or_make(
    *,
    name: str,
    by: Viewer,
    now: datetime,
    citizen_number: str = "",
    paper_kind: str = "",
    paper_number: str = "",
    phone: str = "",
    address: str = "",
    area: Area | None = None,
) -> tuple[Person, bool]:
    """Return the person of that number, else of that phone and name, else a new one; and whether it is new.

    What the file lacks is filled in, what it holds is never overwritten. Raises Invalid for wrong details, also when a
    number belongs to someone of another name.
    """
    if MAY_LOOK.q(by) is not True:
        raise NotAllowed("人员档案由社区窗口和社区工作者建立。")
    name = _name(name)
    details = {
        "citizen_number": citizen_number,
        "paper_kind": paper_kind,
        "paper_number": paper_number,
        "phone": phone,
        "address": address,
    }
    _fill(Person(), **details)
    found = by_number(citizen_number, paper_number)
    if found is not None and found.name != name:
        raise Invalid({"name": f"这个证件号码的档案姓名与填写的不一致：{person_card(by, found).line}。请核对证件。"})
    if found is None and phone:
        found = by_phone_and_name(phone, name)
        if found is not None and citizen_number and found.citizen_number:
            # Two people of one name and one phone, each with a number of their own.
            return _make_beside(name=name, by=by, now=now, area=area, **details), True
    if found is None:
        return make_person(name=name, by=by, now=now, area=area, user=None, **details), True  # type: ignore[arg-type]
    person = Person.objects.select_for_update().get(pk=found.pk)
    fresh = {
        "citizen_number": "" if person.citizen_number else citizen_number,
        "paper_kind": "" if person.paper_number else paper_kind,
        "paper_number": "" if person.paper_number else paper_number,
        "phone": "" if person.phone else phone,
        "address": "" if person.address else address,
    }
    moved_in = person.area_id is None and area is not None
    if any(fresh.values()) or moved_in:
        _fill(person, **fresh)
        if moved_in:
            person.area = area
        person.save()
        _tell(by, PeopleEvent.CHANGED, person, "{actor}补全了{name}的人员档案", now)
    return person, False


def _make_beside(*, name: str, by: Viewer, now: datetime, area: Area | None, **details: str) -> Person:
    """Enter someone whose name and phone agree with another file but whose number differs: father and son, say."""
    person = Person(name=name, area=area, created_at=now)
    _fill(person, **details)
    person.save(force_insert=True)
    _tell(by, PeopleEvent.MADE, person, "{actor}为{name}建立了人员档案", now)
    return person


@transaction.atomic
def change_person(
    *,
    person_id: int,
    by: Viewer,
    now: datetime,
    name: str,
    phone: str = "",
    address: str = "",
    area: Area | None = None,
) -> Person:
    """Correct name, phone, address or community. Empty phone and address leave what is there."""
    PersonAccess.get(by, person_id, "change")
    person = Person.objects.select_for_update().get(pk=person_id)
    person.name = _name(name)
    _fill(person, citizen_number="", paper_kind="", paper_number="", phone=phone, address=address)
    if area is not None:
        person.area = area
    person.save()
    _tell(by, PeopleEvent.CHANGED, person, "{actor}修改了{name}的人员档案", now)
    return person


@transaction.atomic
def link_account(*, person_id: int, user: User, by: Viewer, now: datetime) -> Person:
    """Join a person's file to the account of the same person, whose papers the desk has seen.

    Raises Invalid when either is joined already, or when the account is the desk worker's own.
    """
    PersonAccess.get(by, person_id, "change")
    person = Person.objects.select_for_update().get(pk=person_id)
    if user.pk == by.user_id:
        raise Invalid({"account": "不能把档案关联到自己的账号，请由其他同事核对证件后办理。"})
    if person.user_id is not None:
        raise Invalid({"account": "这份档案已关联账号。"})
    if Person.objects.filter(user=user).exists():
        raise Invalid({"account": "这个账号已关联另一份档案，请核对。"})
    person.user = user
    person.save()
    _tell(by, PeopleEvent.LINKED, person, "{actor}核对证件后把{name}的档案与本人账号关联", now)
    return person


def _tell(by: Viewer, event: PeopleEvent, person: Person, sentence: str, now: datetime) -> None:
    audit.record(
        by=by, event=event, obj=person, sentence=sentence, personal={"name": person.name}, now=now, public=False
    )


@reading
@transaction.atomic
def log_read(*, person: Person, kind: ReadKind, by: Viewer, now: datetime, reason: str = "") -> None:
    """Write down that someone read a person's file; one's own reading is not written down.

    In the person's own list, and in the audit, which nobody can change.
    """
    if by.user_id is not None and by.user_id == person.user_id:
        return
    posts = "、".join(by.grants.posts)
    ReadLog.objects.create(
        person=person,
        reader_id=by.user_id,
        reader_label=f"{by.name}，{posts}"[:120] if posts else by.name[:120],
        kind=kind,
        reason=reason,
        at=now,
    )
    audit.record(
        by=by,
        event=PeopleEvent.UNMASKED if kind == ReadKind.UNMASKED else PeopleEvent.READ,
        obj=person,
        sentence="{actor}" + str(kind.label) + "：{name}" + ("（事由：{note}）" if reason else ""),
        personal={"name": person.name},
        note=reason,
        now=now,
        public=False,
    )


@transaction.atomic
def open_file(*, person_id: int, by: Viewer, now: datetime) -> Person:
    """Return a person's file for its page, and write the reading down. Raises NotVisible."""
    person = PersonAccess.get(by, person_id, rows=Person.objects.select_related("area", "user"))
    log_read(person=person, kind=ReadKind.OPENED, by=by, now=now)
    return person


def reason_to_look(reason: str) -> str:
    """Return the reason for looking at what is masked. Raises Invalid for none, a word, or a story."""
    reason = " ".join(reason.split())
    if len(reason) < 4:
        raise Invalid({"reason": "请写明查看的事由（至少 4 个字），本人可以看到。"})
    if len(reason) > 200 or not reason.isprintable():
        raise Invalid({"reason": "事由最多 200 个字。"})
    return reason


@transaction.atomic
def unmask(*, person_id: int, reason: str, by: Viewer, now: datetime) -> dict[str, str]:
    """Return number, phone and address in clear, for a reason that the person will read. Raises Invalid without one."""
    person = PersonAccess.get(by, person_id, "unmask")
    reason = reason_to_look(reason)
    log_read(person=person, kind=ReadKind.UNMASKED, by=by, now=now, reason=reason)
    return {
        "citizen_number": person.citizen_number or "",
        "paper_number": person.paper_number or "",
        "phone": person.phone or "",
        "address": person.address or "",
    }
