"""How columns that point to an organisation or an incubator are chosen, and found from the text of a sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from sanshe.areas.public import in_force
from sanshe.kernel.access import Access, Viewer
from sanshe.kernel.identifiers import normal_credit_code
from sanshe.kernel.register import Reference

from .access import IncubatorAccess, OrganisationAccess
from .models import Organisation


def organisation_reference(verb: str = "see") -> Reference:
    """Organisations for which the viewer may do the verb, by credit code, organisation code, own number or name.

    A name that two organisations have finds none.
    """

    def offer(viewer: Viewer) -> QuerySet[Organisation]:
        return OrganisationAccess.rows(viewer, verb).filter(in_force())

    def find(texts: Collection[str], viewer: Viewer) -> Mapping[str, int]:
        spelt = {text: {text.strip(), normal_credit_code(text)} for text in texts if text.strip()}
        wanted = {one for some in spelt.values() for one in some}
        codes = Q(credit_code__in=wanted) | Q(identity__in=wanted) | Q(own_number__in=wanted)
        called: dict[str, set[int]] = defaultdict(set)
        rows = OrganisationAccess.rows(viewer).filter(codes | Q(name__in=wanted))
        for pk, *names in rows.values_list("pk", "credit_code", "identity", "own_number", "name"):
            for name in names:
                called[name].add(pk)
        hits = {text: set().union(*(called.get(one, set()) for one in some)) for text, some in spelt.items()}
        return {text: next(iter(pks)) for text, pks in hits.items() if len(pks) == 1}

    return Reference(offer=offer, find=find, text=_unlike)


def _unlike(organisation: Any) -> str:
    """The number by which an organisation is found again without fail, when its name is not its own alone."""
    twice = Organisation.objects.filter(name=organisation.name).exclude(pk=organisation.pk).exists()
    return str(organisation.own_number if twice else organisation.name)


def by_name(access: type[Access[Any]], verb: str, text: Callable[[Any], str] = str) -> Reference:
    """Rows in force for which the viewer may do the verb, by their name; a name that two have finds none."""

    def offer(viewer: Viewer) -> QuerySet[Any]:
        return access.rows(viewer, verb).filter(in_force())

    def find(texts: Collection[str], viewer: Viewer) -> Mapping[str, int]:
        called: dict[str, list[int]] = defaultdict(list)
        for pk, name in access.rows(viewer).filter(name__in=list(texts)).values_list("pk", "name"):
            called[name].append(pk)
        return {text: called[text][0] for text in texts if len(called.get(text, ())) == 1}

    return Reference(offer=offer, find=find, text=text)


INCUBATORS = by_name(IncubatorAccess, "keep")
