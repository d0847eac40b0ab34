"""Whom a mediator is related to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.texts import checked
from sanshe.people.public import find_person

from ..access import TieAccess
from ..models import MediatorTie
from ..words import DisputesEvent


@transaction.atomic
def declare_tie(*, name: str, phone: str, relation: str, by: Viewer, now: datetime) -> MediatorTie:
    """A mediator declares a relation to somebody of the index, named by name and phone together.

    Raises NotAllowed for those who are no mediators, Invalid at the fields.
    """
    if not by.holds(Role.MEDIATOR):
        raise NotAllowed("只有调解员需要声明与他人的关系。")
    name = checked("name", name, "姓名", 60)
    try:
        number = clean_phone(phone)
    except Invalid as wrong:
        raise Invalid({"phone": wrong.sentence}) from None
    person = find_person(phone=number, name=name)
    if person is None:
        raise Invalid({"phone": "没有姓名和电话都相符的人员档案，请核对；没有档案的人无需声明，遇到时请申请回避。"})
    relation = checked("relation", relation, "关系", 40)
    if MediatorTie.objects.filter(mediator=by.account_id, person=person, ended_at__isnull=True).exists():
        raise Invalid({"name": "与这个人的关系已经声明过。"})
    tie = MediatorTie.objects.create(mediator_id=by.account_id, person=person, relation=relation, declared_at=now)
    audit.record(
        by=by, event=DisputesEvent.TIE, obj=tie, sentence="{actor}声明了一项应当回避的关系", now=now, public=False
    )
    return tie


@transaction.atomic
def end_tie(*, tie_id: int, by: Viewer, now: datetime) -> None:
    """Take a declaration back."""
    tie = TieAccess.get(by, tie_id)
    MediatorTie.objects.filter(pk=tie.pk).update(ended_at=now)
    audit.record(by=by, event=DisputesEvent.TIE, obj=tie, sentence="{actor}撤销了一项声明", now=now, public=False)
