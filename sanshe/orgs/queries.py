"""Readers of the register of social organisations."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from sanshe.kernel.access import Viewer

from .access import OrganisationAccess
from .models import Organisation


def organisations(
    viewer: Viewer, on: date, text: str = "", kind: str = "", agency: bool = False
) -> QuerySet[Organisation]:
    """Organisations in existence on a day, by area and name."""
    rows = OrganisationAccess.rows(viewer).select_related("area").filter(_alive(on))
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(brand__contains=text) | Q(profile__contains=text))
    if kind:
        rows = rows.filter(kind=kind)
    if agency:
        rows = rows.filter(is_agency=True)
    return rows


def kinds(viewer: Viewer) -> list[str]:
    """The classes that stand in the register."""
    return sorted(set(OrganisationAccess.rows(viewer).order_by().values_list("kind", flat=True).distinct()))


def organisation_of_body(body_id: int) -> Organisation | None:
    """The register entry behind a body, if the body is a social organisation."""
    return Organisation.objects.filter(body_id=body_id).first()


def suppliers(on: date) -> QuerySet[Organisation]:
    """Organisations that may offer services: legal persons in existence (政府购买服务管理办法 第六条)."""
    return Organisation.objects.filter(_alive(on), standing="registered")


def _alive(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
