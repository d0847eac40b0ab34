"""Readers of the person index: exact look-ups by keyed hash, the card that is shown of a found person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, When
from django.urls import reverse

from sanshe.areas.public import Area
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.fields import hash_of
from sanshe.kernel.mask import mask_name

from .access import (
    MAY_LOOK,
    FindingAccess,
    HouseholdAccess,
    MemberAccess,
    PersonAccess,
    ReadLogAccess,
    RightsAccess,
)
from .identity import house_key
from .models import Finding, Household, HouseholdMember, Merge, Person, ReadLog, RetentionRun, RightsRequest
from .rules import FLOORS, RULES
from .scanning import field_of, numbers_in
from .words import FindingState, ReadKind, RightsState

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


def find_at_house(viewer: Viewer, name: str, house: str) -> list[Person]:
    """Return the people of that whole name in that house (building and room), wherever in the area that we serve.

    Exact, by the keyed hash of building and room, as by a number. Raises NotVisible for viewers who serve at no window.
    """
    if MAY_LOOK.q(viewer) is not True:
        raise NotVisible()
    key = house_key(house)
    if not key or not name.strip():
        return []
    rows = Person.every.select_related("area").filter(house_hash=hash_of("text", key), name=" ".join(name.split()))
    hits = (kept_file(one) for one in rows.order_by("id")[:LIMIT])
    return list({one.pk: one for one in hits if one is not None}.values())


def has_met(viewer: Viewer, person_id: int, since: datetime) -> bool:
    """Return whether the viewer may name this person in a record: sees the file, or looked it up since that moment.

    Else a key that somebody made up would bring the name and phone of a stranger into it.
    """
    if PersonAccess.rows(viewer).filter(pk=person_id).exists():
        return True
    return ReadLog.objects.filter(person=person_id, reader=viewer.user_id, at__gte=since).exists()


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


#: Lines of the log on its page.
READS_SHOWN = 200


def reads_table(viewer: Viewer) -> dict[str, Any]:
    """Return the viewer's log as its page shows it: the newest lines, how many in all, by whom and of which kind."""
    rows = reads_of_mine(viewer)
    total = rows.count()
    readers = rows.order_by().values("reader_label").annotate(n=Count("pk")).order_by("-n", "reader_label")[:5]
    unmasked = rows.filter(kind=ReadKind.UNMASKED).count()
    return {"rows": list(rows[:READS_SHOWN]), "total": total, "readers": list(readers), "unmasked": unmasked}


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


def files() -> QuerySet[Person]:
    """Return all files with what their pages show."""
    return Person.objects.select_related("area", "user")


def file_of(viewer: Viewer, pk: int) -> Person:
    """Return a file that the viewer may see. Raises NotVisible."""
    return PersonAccess.get(viewer, pk, rows=files())


def kept_instead(viewer: Viewer, pk: int) -> int | None:
    """Return the file that was kept in place of a merged one, for old links; None for any other."""
    gone = Person.every.filter(pk=pk, merged_into__isnull=False).first()
    kept = kept_file(gone)
    return kept.pk if kept is not None and PersonAccess.may(viewer, "see", kept) else None


def households_of(viewer: Viewer, person: Person) -> list[HouseholdMember]:
    """Return the households a person belongs or belonged to, as far as the viewer may see them (or they are own)."""
    rows = HouseholdMember.objects if _is_own(viewer, person) else MemberAccess.rows(viewer)
    return list(rows.filter(person=person).select_related("household__area", "household__head").order_by("-valid_from"))


def _is_own(viewer: Viewer, person: Person) -> bool:
    return viewer.user_id is not None and person.user_id == viewer.user_id


def household(viewer: Viewer, pk: int) -> Household:
    """Return a household that the viewer may see. Raises NotVisible."""
    return HouseholdAccess.get(viewer, pk, rows=Household.objects.select_related("area__parent", "place", "head"))


def members_of(viewer: Viewer, home: Household) -> list[tuple[HouseholdMember, PersonCard]]:
    """Return the members, those of today first, each with as much of the file as the viewer may see."""
    rows = home.members.select_related("person__area").order_by("-valid_to", "valid_from", "pk")
    ordered = sorted(rows, key=lambda m: (m.valid_to is not None, m.valid_from, m.pk))
    return [(m, person_card(viewer, m.person)) for m in ordered]


def member(viewer: Viewer, pk: int) -> HouseholdMember:
    """Return a membership that the viewer may see. Raises NotVisible."""
    return MemberAccess.get(viewer, pk)


def requests() -> QuerySet[RightsRequest]:
    """Return all requests with what their pages show."""
    return RightsRequest.objects.select_related("person", "area")


def answers_requests(viewer: Viewer) -> bool:
    """Return whether the viewer holds a post that answers or enters requests."""
    return MAY_LOOK.q(viewer) is True


def requests_here(viewer: Viewer) -> QuerySet[RightsRequest]:
    """Return the requests that the viewer may see, open ones first, by their limit."""
    rows = RightsAccess.rows(viewer).select_related("person", "area").defer("words", "new_value", "answer")
    is_open = Case(When(state=RightsState.RECEIVED, then=0), default=1, output_field=IntegerField())
    return rows.order_by(is_open, "due_at", "-pk")


def requests_of(viewer: Viewer, person: Person) -> list[RightsRequest]:
    """Return the requests on a file that the viewer may see, newest first."""
    return list(RightsAccess.rows(viewer).filter(person=person).select_related("area"))


def merges() -> QuerySet[Merge]:
    """Return all mergings with both files."""
    return Merge.objects.select_related("kept__area", "gone__area", "by")


def merges_of(person: Person) -> list[Merge]:
    """Return the mergings into a file that still stand."""
    return list(merges().filter(kept=person, split_at__isnull=True))


def side_by_side(one: Person, other: Person) -> list[tuple[str, str, str, bool]]:
    """Return the facts of two files, masked: title, here, there, whether they differ."""

    def line(title: str, left: str, right: str, secret: tuple[object, object] | None = None) -> None:
        same = left == right if secret is None else secret[0] == secret[1]
        rows.append((title, left or "未登记", right or "未登记", bool(left and right) and not same))

    rows: list[tuple[str, str, str, bool]] = []
    line("姓名", one.name, other.name)
    line("公民身份号码", one.citizen_masked, other.citizen_masked, (one.citizen_hash, other.citizen_hash))
    line("其他证件", one.paper_masked, other.paper_masked, (one.paper_hash, other.paper_hash))
    line("性别", str(one.get_sex_display()), str(other.get_sex_display()))
    line("年龄", _years(one), _years(other), (one.born_on, other.born_on))
    line("手机号码", one.phone_masked, other.phone_masked, (one.phone_hash, other.phone_hash))
    line("住址", one.address_masked, other.address_masked, (one.address, other.address))
    line("居住的社区", str(one.area or ""), str(other.area or ""))
    line("本人账号", "已关联" if one.user_id else "", "已关联" if other.user_id else "")
    line("建档时间", f"{clock.local(one.created_at):%Y-%m-%d}", f"{clock.local(other.created_at):%Y-%m-%d}")
    return rows


def _years(person: Person) -> str:
    age = age_of(person.born_on, clock.today())
    return "" if age is None else f"{age} 岁"


def moved_lines(done: Merge) -> list[tuple[str, int]]:
    """Return what a merging led over: the kind of record and how many."""
    lines: dict[str, int] = {}
    for label, _, pks in done.moved:
        try:
            title = str(apps.get_model(label)._meta.verbose_name)
        except LookupError:
            title = "其他记录"
        lines[title] = lines.get(title, 0) + len(pks)
    return sorted(lines.items())


def retention_table() -> dict[str, Any]:
    """Return the floors of the law and the rules that run, each with figure, source, last run and sum of the year."""
    since = clock.now() - timedelta(days=365)
    rows = []
    for rule in RULES:
        runs = RetentionRun.objects.filter(rule=rule.name)
        last = runs.order_by("-at").first()
        year = runs.filter(at__gte=since).aggregate(n=Sum("done"))["n"] or 0
        rows.append({"rule": rule, "value": params.get(rule.parameter), "last": last, "year": year})
    floors = [{"floor": floor, "value": params.get(floor.parameter)} for floor in FLOORS]
    return {"rows": rows, "floors": floors}


def _finding_line(finding: Finding) -> dict[str, Any]:
    place = field_of(finding.model, finding.field)
    kind = str(place[0]._meta.verbose_name) if place else "已不存在的记录"
    column = str(place[1].verbose_name) if place else ""
    row = place[0]._base_manager.filter(pk=finding.row).first() if place else None
    address = getattr(row, "get_absolute_url", None)
    return {
        "finding": finding,
        "kind": kind,
        "column": column,
        "title": str(row or "")[:40],
        "url": address() if address else "",
    }


def finding_lines(viewer: Viewer, limit: int = 200) -> list[dict[str, Any]]:
    """Return the numbers in free texts that wait for the viewer, with where they stand."""
    rows = FindingAccess.rows(viewer).filter(state=FindingState.OPEN).select_related("area")
    return [_shown_line(line) for line in map(_finding_line, rows[:limit])]


def masked_lines(viewer: Viewer, limit: int = 50) -> list[dict[str, Any]]:
    """Return what was masked lately and can still be put back."""
    rows = FindingAccess.rows(viewer).filter(state=FindingState.MASKED, number__isnull=False)
    return [_shown_line(_finding_line(one)) for one in rows.select_related("area").order_by("-done_at")[:limit]]


def _shown_line(line: dict[str, Any]) -> dict[str, Any]:
    """A title may itself hold the number."""
    title = line["title"]
    for one in numbers_in(title):
        title = title.replace(one.text, one.masked)
    return {**line, "title": title}
