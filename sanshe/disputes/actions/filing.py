"""A dispute comes in: from a party, at the desk, or out of a matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from sanshe.areas.public import Area, AreaLevel
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.texts import checked
from sanshe.matters.public import MatterAccess
from sanshe.people.public import Person, find_person, person_of

from ..access import may_enter
from ..flow import FLOW
from ..models import Dispute, Party, kind_choices
from ..words import Answer, DisputesEvent, How, Side, Source
from .telling import due_in, heads, long_text, tell


@dataclass(frozen=True)
class PartyGiven:
    """A party as typed. `key` begins the names of its fields in the form, for the errors."""

    side: Side
    name: str
    phone: str = ""
    key: str = ""


def _next_number(now: datetime) -> tuple[int, str]:
    """A primary key and the number made from it: 调解2026-000123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('disputes_dispute', 'id'))")
        key = int(cursor.fetchone()[0])
    return key, f"调解{clock.local(now).year}-{key:06d}"


def _person(given: PartyGiven) -> tuple[str, str, Person | None]:
    """Name, phone and, when name and phone agree with one, the file. Raises Invalid at the fields."""
    name = checked(f"{given.key}name", given.name, "姓名或名称", 60)
    if not given.phone.strip():
        return name, "", None
    try:
        phone = clean_phone(given.phone)
    except Invalid as wrong:
        raise Invalid({f"{given.key}phone": wrong.sentence}) from None
    return name, phone, find_person(phone=phone, name=name)


@transaction.atomic
def file_dispute(
    *,
    area_id: int,
    kind: str,
    about: str,
    parties: Sequence[PartyGiven],
    by: Viewer,
    now: datetime,
    wish: str = "",
    as_party: bool = True,
    matter_id: int | None = None,
) -> Dispute:
    """Enter a dispute. `as_party`: the viewer is the first party, and wants mediation by applying (人民调解法 art. 17).

    Raises Invalid at the fields; NotAllowed for those who may not enter one for others; Invalid when the head of the
    committee is a party and nobody could take it in.
    """
    if not as_party and not may_enter(by):
        raise NotAllowed("为他人登记纠纷由社区窗口、社区工作者或调解员办理。")
    area = Area.objects.filter(pk=area_id, level=AreaLevel.COMMUNITY).first()
    if area is None:
        raise Invalid({"area": "请选择所在的社区。"})
    if kind not in dict(kind_choices()):
        raise Invalid({"kind": "请选择纠纷的类别。"})
    key, number = _next_number(now)
    one = Dispute(
        pk=key,
        number=number,
        area=area,
        kind=kind,
        about=long_text("about", about, "纠纷情况", now),
        wish=long_text("wish", wish, "希望怎样解决", now, required=False) or None,
        filed_by_id=by.user_id,
        created_at=now,
        source=Source.PARTY if as_party else Source.DESK,
    )
    if matter_id is not None:
        one.source, one.matter_id = Source.MATTER, MatterAccess.get(by, matter_id).pk
    rows = _rows(one, parties, by, now, as_party)
    due_in(one, "consent_days", now)
    try:
        with transaction.atomic():
            FLOW.begin(one, by, now, sentence="{actor}登记了一件纠纷", data={"number": number, "kind": kind})
    except IntegrityError:
        raise Invalid({"": "这件事项已经转过人民调解，不用重复登记。"}) from None
    Party.objects.bulk_create(rows)
    if not heads(one):
        raise Invalid({"": f"{area.short_name}人民调解委员会的负责人是当事人，或还没有设定负责人，应当回避。"
                           "请向街道人民调解委员会申请，或依法向人民法院起诉。"})  # fmt: skip
    if one.matter is not None:
        audit.record(by=by, event=DisputesEvent.TURNED_OVER, obj=one.matter, sentence="已转人民调解", now=now)
    others = [r.user_id or (r.person.user_id if r.person else None) for r in rows if r.answer == Answer.ASKED]
    tell(one, others, "有人申请与您调解一件纠纷。是否调解由您决定，请登录查看并答复。", now, by)
    tell(one, [u.pk for u in heads(one)], "收到一件纠纷，请征求双方意愿。", now, by)
    return one


def _rows(one: Dispute, parties: Sequence[PartyGiven], by: Viewer, now: datetime, as_party: bool) -> list[Party]:
    """The parties as rows, not yet saved: the applicant first. Raises Invalid."""
    rows: list[Party] = []
    if as_party:
        me = person_of(by.account_id)
        rows.append(
            Party(dispute=one, side=Side.FIRST, person=me, user_id=by.account_id, name=me.name if me else by.name,
                  phone=(me.phone if me else None) or None, answer=Answer.AGREED, how=How.ONLINE, answered_at=now)
        )  # fmt: skip
    errors: dict[str, str] = {}
    for given in parties:
        try:
            name, phone, person = _person(given)
        except Invalid as wrong:
            errors |= wrong.errors
            continue
        rows.append(Party(dispute=one, side=given.side, name=name, phone=phone or None, person=person,
                          answer=Answer.ASKED))  # fmt: skip
    if errors:
        raise Invalid(errors)
    known: list[Any] = [r.person.pk for r in rows if r.person is not None]
    if len(known) != len(set(known)):
        raise Invalid({"": "同一个人不能既是申请一方又是另一方，请核对姓名和电话。"})
    if {r.side for r in rows} != {Side.FIRST, Side.SECOND}:
        raise Invalid({"": "纠纷要有双方当事人，请把双方都填上。"})
    return rows
