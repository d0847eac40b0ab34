"""Verbs of the register of social organisations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanshe.areas.public import Area, BodyKind, establish_body
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_credit_code

from .models import Organisation
from .words import Standing


@transaction.atomic
def register(
    *,
    name: str,
    area: Area,
    kind: str,
    standing: str,
    since: date,
    by: Viewer,
    now: datetime,
    credit_code: str = "",
    **more: Any,
) -> Organisation:
    """Enter a social organisation, with the body by which others know it.

    `more`: further fields of the register. Raises Invalid for an empty name, an unknown standing, a wrong or known
    credit code; NotAllowed when the officer's post does not cover the area.
    """
    scope = {**by.grants.areas}
    if not by.system and not any(
        s.everywhere or area.pk in s.ids or any(lo <= area.lo < hi for lo, hi in s.ranges)
        for role, s in scope.items()
        if role in ("street_officer", "district_officer")
    ):
        raise NotAllowed("社会组织由所在街道或新区的工作人员登记。")
    if not name.strip():
        raise Invalid({"name": "请填写社会组织的名称。"})
    if standing not in Standing.values:
        raise Invalid({"standing": "请选择法人登记、街道管理或社区指导。"})
    if credit_code:
        credit_code = clean_credit_code(credit_code)
        known = Organisation.objects.filter(credit_code=credit_code).first()
        if known:
            raise Invalid({"credit_code": f"这个统一社会信用代码已登记为「{known.name}」，请直接使用那条记录。"})
    body = establish_body(
        name=name.strip(), kind=BodyKind.SOCIAL_ORGANISATION, area=area, valid_from=since, by=by, now=now
    )
    found = Organisation(
        body=body, name=name.strip(), area=area, kind=kind, standing=standing, credit_code=credit_code,
        valid_from=since, **more,
    )  # fmt: skip
    found.save()
    audit.record(by=by, event="orgs.register", obj=found, sentence=f"{{actor}}登记了社会组织「{found.name}」", now=now)
    return found
