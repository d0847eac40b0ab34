"""How the text of a sheet or form is turned into a demonstration site."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from sanshe.kernel.access import Viewer
from sanshe.kernel.register import Reference

from .access import DemonstrationSiteAccess
from .models import DemonstrationSite


def _offer(viewer: Viewer) -> QuerySet[DemonstrationSite]:
    return DemonstrationSiteAccess.rows(viewer).order_by("name")


def _find(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
    """Sites by their whole name; a name that two sites share is not found, so that none is guessed."""
    rows = list(_offer(viewer).filter(name__in=list(texts)).values_list("name", "pk"))
    names = [name for name, _ in rows]
    return {name: pk for name, pk in rows if names.count(name) == 1}


def site_reference() -> Reference:
    """Demonstration sites the viewer may see, by name."""
    return Reference(offer=_offer, find=_find, text=str)
