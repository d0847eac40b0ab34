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

from .access import OrganisationAccess
from .codes import clean_organisation_code
from .models import Organisation, TriageAnswer
from .queries import double_of
from .triage import Facts, triage
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
    organisation_code: str = "",
    **more: Any,
) -> Organisation:
    """Enter a social organisation, with the body by which others know it.

    `more`: further fields of the register. Raises Invalid for an empty name, an unknown standing, a wrong code, or an
    organisation that stands here already; NotAllowed when the officer's post does not cover the area.
    """
    if not name.strip():
        raise Invalid({"name": "请填写社会组织的名称。"})
    if standing not in Standing.values:
        raise Invalid({"standing": "请选择法人登记、街道管理或社区指导。"})
    found = Organisation(
        name=name.strip(), area=area, kind=kind, standing=standing, valid_from=since,
        credit_code=clean_credit_code(credit_code) if credit_code else "",
        organisation_code=clean_organisation_code(organisation_code) if organisation_code else "", **more,
    )  # fmt: skip
    double = double_of(found)
    if double is not None:
        raise Invalid({double[0]: double[1]})
    found.body = establish_body(
        name=found.name, kind=BodyKind.SOCIAL_ORGANISATION, area=area, valid_from=since, by=by, now=now
    )
    found.save()
    if not by.system and not OrganisationAccess.may(by, "add", found):
        raise NotAllowed("社会组织由所在街道或新区的工作人员登记。")
    audit.record(by=by, event="orgs.register", obj=found, sentence=f"{{actor}}登记了社会组织「{found.name}」", now=now)
    return found


def save_with_body(row: Organisation, *, by: Viewer, now: datetime) -> Organisation:
    """Save a row of the register; a legal person and an agency get the body by which they bid, sign and hold posts."""
    if row.body_id is None and (row.standing == Standing.REGISTERED or row.is_agency):
        body = establish_body(
            name=row.name, kind=BodyKind.SOCIAL_ORGANISATION, area=row.area, valid_from=row.valid_from, by=by, now=now
        )
        if Organisation.objects.filter(body=body).exists():
            raise Invalid({"name": f"{row.area}已有同名的机构，请核对名称。"})
        row.body = body
    row.save()
    return row


@transaction.atomic
def keep_triage(*, organisation_id: int, facts: Facts, by: Viewer, now: datetime) -> TriageAnswer:
    """Keep a triage with the organisation it was made for. Raises NotVisible, NotAllowed."""
    organisation = OrganisationAccess.get(by, organisation_id, "keep")
    answer = triage(facts, now.date())
    kept = TriageAnswer(
        organisation=organisation, at=now, by=by.name or by.system, facts=facts.told(), road=answer.road,
        checks=[check.told() for check in answer.checks], because=answer.because,
    )  # fmt: skip
    kept.save()
    audit.record(
        by=by, event="orgs.triage", obj=organisation, sentence=f"{{actor}}测算了登记去向：{kept.get_road_display()}",
        data={"road": str(answer.road), "because": answer.because}, now=now,
    )  # fmt: skip
    return kept


@transaction.atomic
def register_triaged(
    *, facts: Facts, name: str, area: Area, kind: str, x_kind: str, standing: str, is_loose: bool, since: date,
    by: Viewer, now: datetime,
) -> Organisation:  # fmt: skip
    """Enter an organisation together with the triage that said where it belongs. Raises as `register`."""
    made = register(
        name=name, area=area, kind=kind, x_kind=x_kind, standing=standing, is_loose=is_loose, since=since,
        members=facts.individuals, unit_members=facts.units, by=by, now=now,
    )  # fmt: skip
    keep_triage(organisation_id=made.pk, facts=facts, by=by, now=now)
    return made
