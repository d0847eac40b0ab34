"""Readers of the register of social organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanshe.areas.public import in_force
from sanshe.kernel import params
from sanshe.kernel.access import Viewer

from .access import OrganisationAccess
from .models import Incubator, Organisation, OrganisationActivity, OrganisationServes, Residency
from .words import Outcome


def organisations(
    viewer: Viewer, on: date, text: str = "", kind: str = "", agency: bool = False
) -> QuerySet[Organisation]:
    """Organisations in existence on a day, by area and name."""
    rows = OrganisationAccess.rows(viewer).select_related("area").filter(in_force(on))
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(brand__contains=text) | Q(profile__contains=text))
    if kind:
        rows = rows.filter(kind=kind)
    if agency:
        rows = rows.filter(is_agency=True)
    return rows


def organisation_of_body(body_id: int) -> Organisation | None:
    """The register entry behind a body, if the body is a social organisation."""
    return Organisation.objects.filter(body_id=body_id).first()


def suppliers(on: date) -> QuerySet[Organisation]:
    """Organisations that may offer services: legal persons in existence (政府购买服务管理办法 第六条)."""
    return Organisation.objects.filter(in_force(on), standing="registered", body__isnull=False)


def community_organisations(on: date) -> QuerySet[Organisation]:
    """The organisations that count towards 10 and 15 in a community on a day, by their `area`.

    Which standings count, and whether social work agencies do, is data: parameters `orgs.counted_standings` and
    `orgs.counted_agencies` (the notice does not define it). The area is the one where the organisation is at home;
    rows at a street count for no community.
    """
    rows = Organisation.objects.filter(
        in_force(on), standing__in=params.get("orgs.counted_standings", on=known(on)).value
    )
    if not params.get("orgs.counted_agencies", on=known(on)).value:
        rows = rows.filter(is_agency=False)
    return rows


def active_organisations(on: date, days: int) -> QuerySet[Organisation]:
    """Organisations in existence on a day that did something in the `days` up to and with that day."""
    done = OrganisationActivity.objects.filter(
        organisation=OuterRef("pk"), on__gt=on - timedelta(days=days), on__lte=on
    )
    return Organisation.objects.filter(Exists(done), in_force(on))


def agencies_serving(on: date) -> QuerySet[OrganisationServes]:
    """Which areas a social work agency serves on a day (notice 一(一)): a row an agency and `area`."""
    agency = Q(organisation__is_agency=True, organisation__valid_from__lte=on) & (
        Q(organisation__valid_to=None) | Q(organisation__valid_to__gt=on)
    )
    return OrganisationServes.objects.filter(in_force(on) & agency).select_related("organisation")


def incubators_on(on: date, level: str = "") -> QuerySet[Incubator]:
    """Incubators in use on a day, of one level if given; the target of 一(三) counts the district's own."""
    rows = Incubator.objects.filter(in_force(on))
    return rows.filter(level=level) if level else rows


def residents_on(on: date) -> QuerySet[Residency]:
    """Who stays in an incubator on a day."""
    return Residency.objects.filter(in_force(on)).select_related("organisation", "incubator")


def known(on: date) -> date:
    """A definition holds for the days before it was first written down, too."""
    return max(on, date(2020, 7, 7))


def double_of(row: Organisation) -> tuple[str, str] | None:
    """The column and the sentence that name the organisation which this one would double; None when there is none.

    The same by credit code or organisation code (the credit code holds it), or by name in the same area while both
    exist. Every entry is public, so it may be named.
    """
    others = Organisation.objects.exclude(pk=row.pk)
    identity = row.credit_code[8:17] if row.credit_code else row.organisation_code
    if identity:
        found = others.filter(identity=identity).first()
        if found is not None:
            same_credit = bool(row.credit_code) and found.credit_code == row.credit_code
            what = "统一社会信用代码" if same_credit else "组织机构代码（信用代码第 9 至 17 位）"
            name = "credit_code" if row.credit_code else "organisation_code"
            return name, f"这个{what}已登记为「{found.name}」（{found.own_number}），请直接使用那条记录。"
    namesake = others.filter(area_id=row.area_id, name=row.name.strip(), valid_to=None).first()
    if namesake is not None and row.valid_to is None:
        return "name", f"{row.area}已有同名的社会组织「{namesake.name}」（{namesake.own_number}），请直接使用那条记录。"
    return None


@dataclass(frozen=True)
class OrganisationFile:
    """What this module holds of an organisation, for its one file."""

    serves: list[OrganisationServes]
    activities: list[OrganisationActivity]
    recent: int
    stays: list[Residency]
    operates: list[Incubator]


def file_of(organisation: Organisation, on: date) -> OrganisationFile:
    """Where it serves, what it did lately, its stays in incubators and the incubators it runs."""
    days = int(params.get("orgs.active_days", on=on).value)
    done = organisation.activities.filter(on__lte=on).select_related("area")
    return OrganisationFile(
        serves=list(organisation.serves.filter(in_force(on)).select_related("area", "area__parent")),
        activities=list(done[:8]),
        recent=done.filter(on__gt=on - timedelta(days=days)).count(),
        stays=list(organisation.residencies.select_related("incubator")),
        operates=list(organisation.operates.filter(in_force(on)).select_related("area")),
    )


@dataclass(frozen=True)
class IncubatorSummary:
    """Who stays in an incubator, how many places are left (None when their number is unknown), and what was given."""

    staying: list[Residency]
    free: int | None
    ever: int
    graduated: int
    venture_grant: int
    subsidy: int
    fees_waived: int
    trained: int


def incubator_summary(incubator: Incubator, on: date) -> IncubatorSummary:
    """An incubator as it stands on a day, with the support of all its stays (notice 二(二)1). Sums in yuan."""
    stays = list(incubator.residencies.filter(valid_from__lte=on).select_related("organisation"))
    staying = [one for one in stays if one.valid_to is None or one.valid_to > on]
    return IncubatorSummary(
        staying=staying,
        free=None if incubator.places is None else max(incubator.places - len(staying), 0),
        ever=len({one.organisation_id for one in stays}),
        graduated=sum(1 for one in stays if one.outcome == Outcome.GRADUATED),
        venture_grant=sum(one.venture_grant for one in stays),
        subsidy=sum(one.subsidy for one in stays),
        fees_waived=sum(one.fees_waived for one in stays),
        trained=sum(one.trained for one in stays),
    )
