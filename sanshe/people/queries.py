"""Readers of the person index: exact look-ups by keyed hash, the card that is shown of a found person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from sanshe.areas.public import Area
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.fields import hash_of
from sanshe.kernel.mask import mask_name

from .access import MAY_LOOK, PersonAccess, ReadLogAccess
from .identity import house_key
from .models import Household, Person, ReadLog

#: More hits than this for one phone are not people but a switchboard.
LIMIT = 20


@dataclass(frozen=True)
class PersonCard:
    """What is shown of a person: masked, and no more of it than the viewer may see."""

    id: int
    name: str
    number: str
    phone: str
    community: str
    url: str

    @property
    def line(self) -> str:
        """The card as one line."""
        return " · ".join(part for part in (self.name, self.number, self.phone, self.community) if part)


def person_card(viewer: Viewer, person: Person) -> PersonCard:
    """Return the card of a person for a viewer; who may not see the file is shown a masked name and no link."""
    may = PersonAccess.may(viewer, "see", person)
    return PersonCard(
        id=person.pk,
        name=person.name if may else mask_name(person.name),
        number=person.citizen_masked or person.paper_masked,
        phone=person.phone_masked,
        community=person.area.short_name if person.area else "未归入社区",
        url=reverse("people:person", args=[person.pk]) if may else "",
    )


def kept_file(person: Person | None) -> Person | None:
    """Return the file that stands for a person: a merged one leads to the one that was kept."""
    while person is not None and person.merged_into_id is not None:
        person = Person.every.select_related("area").get(pk=person.merged_into_id)
    return person


def _same(citizen: str, paper: str, phone: str) -> Q | None:
    found: Q | None = None
    for column, kind, text in (
        ("citizen_hash", "citizen", citizen),
        ("paper_hash", "citizen", paper),
        ("phone_hash", "phone", phone),
    ):
        digest = hash_of(kind, text) if text else ""
        if digest:
            part = Q(**{column: digest})
            found = part if found is None else found | part
    return found


def by_number(citizen_number: str = "", paper_number: str = "") -> Person | None:
    """Return the person of a citizen number or of another paper, in any spelling. For actions and modules above."""
    same = _same(citizen_number, paper_number, "")
    return kept_file(Person.every.select_related("area").filter(same).first()) if same is not None else None


def by_phone_and_name(phone: str, name: str) -> Person | None:
    """Return the person of that phone and name: a phone alone may serve a whole family."""
    same = _same("", "", phone)
    if same is None or not name.strip():
        return None
    rows = Person.every.select_related("area").filter(same, name=" ".join(name.split()))
    return kept_file(rows.order_by("id").first())


def find_people(viewer: Viewer, typed: str) -> list[Person]:
    """Return the people whose whole number or phone was typed, wherever they live.

    Raises NotVisible for viewers who serve at no window. Parts of a number find nothing: they can not, it is encrypted.
    """
    if MAY_LOOK.q(viewer) is not True:
        raise NotVisible()
    same = _same(typed, typed, typed)
    if same is None:
        return []
    hits = (kept_file(one) for one in Person.every.select_related("area").filter(same).order_by("id")[:LIMIT])
    return list({one.pk: one for one in hits if one is not None}.values())


def find_by_house(viewer: Viewer, name: str, address: str, within: Area) -> list[Person]:
    """Return the people of that name in that house, in an area, among those the viewer may see."""
    key = house_key(address)
    if not key or not name.strip():
        return []
    rows = PersonAccess.rows(viewer).filter(area__lo__gte=within.lo, area__lo__lt=within.hi)
    return list(rows.filter(house_hash=hash_of("text", key), name=name.strip()).select_related("area")[:LIMIT])


def person_of(user_id: int | None) -> Person | None:
    """Return the file of a user, None when no desk has linked one yet."""
    return Person.objects.select_related("area").filter(user_id=user_id).first() if user_id else None


def reads_of_mine(viewer: Viewer) -> QuerySet[ReadLog]:
    """Return who read the viewer's own file, newest first."""
    return ReadLogAccess.rows(viewer).order_by("-id")


def people_here(viewer: Viewer) -> QuerySet[Person]:
    """Return the people whose files the viewer may see, newest first."""
    return PersonAccess.rows(viewer).select_related("area").order_by("-id")


def households_in(on: date, area: Area | None = None) -> dict[int, int]:
    """Return the number of households in force on a day by the id of their area, in all areas or within one."""
    rows = Household.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
    if area is not None:
        rows = rows.filter(area__lo__gte=area.lo, area__lo__lt=area.hi)
    return dict(rows.values("area").annotate(n=Count("pk")).order_by().values_list("area", "n"))


def age_of(born_on: date | None, on: date) -> int | None:
    """Return the full years of age on a day, None when the birth date is unknown."""
    if born_on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
