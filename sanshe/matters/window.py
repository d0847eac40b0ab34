"""The window: where a matter was taken in, and what it may see of what it passed on to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from sanshe.accounts.public import Role, posts_held
from sanshe.areas.public import Area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.fields import hash_of
from sanshe.people.public import Person, has_met

from .access import MatterAccess, WindowMatterAccess
from .models import ApplicationMaterial, Attachment, Matter, WindowMatter
from .words import OPEN, MaterialState, MatterKind

WINDOW = (Role.FRONT_DESK, Role.COMMUNITY_WORKER)
#: What a window may read of a matter that it took in for another community: nothing of the person, nothing they said.
PROGRESS = (
    "number", "kind", "state", "decision", "route", "urgent", "area__short_name", "area__lo", "host_unit__name",
    "service__name", "window__short_name", "promised_at", "created_at", "done_at", "paused_at", "saved",
)  # fmt: skip


def window_of(by: Viewer, area: Area, now: datetime) -> Area | None:
    """The area of the post by which someone takes a matter in: one that covers the matter's area, else the first."""
    rows = posts_held(by, clock.local(now).date()).filter(role__in=WINDOW, area__isnull=False)
    areas = [post.area for post in rows.select_related("area").order_by("pk") if post.area is not None]
    return next((one for one in areas if one.lo <= area.lo < one.hi), areas[0] if areas else None)


def taken_in(viewer: Viewer, chosen: dict[str, Any]) -> QuerySet[WindowMatter]:
    """What the viewer's windows took in, with what they may know of it, narrowed by `kind`, `state` (or `open`),
    `elsewhere` (for other communities) and `month` (its first day)."""
    rows = WindowMatterAccess.rows(viewer)
    if chosen.get("kind") in MatterKind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("state") == "open":
        rows = rows.filter(state__in=OPEN)
    elif chosen.get("state"):
        rows = rows.filter(state=chosen["state"])
    if chosen.get("elsewhere"):
        rows = rows.exclude(_at_home())
    month: date | None = chosen.get("month") or None
    if month is not None:
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        rows = rows.filter(created_at__gte=clock.start_of(month), created_at__lt=clock.start_of(following))
    return rows.select_related("area", "host_unit", "service", "window").only(*PROGRESS)


def _at_home() -> Q:
    """The matter's community is the window's own, or lies below it."""
    return Q(area__lo__gte=F("window__lo"), area__lo__lt=F("window__hi"))


def materials_of(matter: Matter) -> list[ApplicationMaterial]:
    """What an application stands on, in the order of the catalogue; nothing is asked for anything else."""
    return list(matter.materials.prefetch_related("files__file")) if matter.kind == MatterKind.APPLICATION else []


def photos_of(matter: Matter) -> list[Attachment]:
    """The photos of a matter itself; those of a material stand with the material."""
    return list(matter.attachments.filter(material=None).select_related("file"))


def living_elsewhere(matter: Matter) -> str:
    """Where the applicant's file says that they live, when the application names another community; "" else."""
    if matter.kind != MatterKind.APPLICATION or matter.person is None or matter.filed_by_id is not None:
        return ""
    area = matter.person.area
    return str(area) if area is not None and area.pk != matter.area_id else ""


def owed_counts(viewer: Viewer, today: date) -> dict[str, int]:
    """How many applications of the viewer's area lack materials, and of how many the day has passed."""
    rows = MatterAccess.rows(viewer, "relay").filter(state__in=OPEN, owed_on__isnull=False).order_by()
    return rows.aggregate(owed=Count("pk"), owed_late=Count("pk", filter=Q(owed_on__lt=today)))


def followed(viewer: Viewer, pk: int) -> WindowMatter:
    """One matter that the viewer's window took in, as far as it may know it. Raises NotVisible."""
    related = WindowMatter.objects.select_related("area", "host_unit", "service", "window").only(*PROGRESS)
    return WindowMatterAccess.get(viewer, pk, rows=related)


def person_met(viewer: Viewer, pk: int | None, now: datetime) -> Person | None:
    """The person of a key that was posted, if the viewer sees the file or looked it up today."""
    if pk is None or not has_met(viewer, pk, clock.start_of(clock.local(now).date())):
        return None
    return Person.objects.select_related("area").filter(pk=pk).first()


def earlier_of(viewer: Viewer, phone: str, people: list[Person], limit: int = 5) -> QuerySet[Matter]:
    """What the same phone or person brought up before, as far as the viewer may see it: to answer at once."""
    same = Q(person__in=[person.pk for person in people]) if people else Q()
    hashes = {hash_of("phone", number) for number in (phone, *(person.phone or "" for person in people))} - {""}
    if hashes:
        same |= Q(contact_phone_hash__in=sorted(hashes))
    if not same:
        return Matter.objects.none()
    rows = MatterAccess.rows(viewer).filter(same).select_related("area", "host_unit")
    return rows.defer("text", "result").order_by("-created_at", "-pk")[:limit]


@dataclass(frozen=True)
class Figures:
    """What the viewer's windows did in a month."""

    month: date
    taken: int
    elsewhere: int
    applications: int
    materials: int
    fields: int


def figures(viewer: Viewer, month: date) -> Figures:
    """Taken in, for other places, applications; materials that need not be brought and fields that the file filled."""
    rows = taken_in(viewer, {"month": month}).order_by()
    counted: dict[str, Any] = rows.values("id").aggregate(
        taken=Count("id"), elsewhere=Count("id", filter=~_at_home()),
        applications=Count("id", filter=Q(kind=MatterKind.APPLICATION)), fields=Sum("saved"),
    )  # fmt: skip
    known = ApplicationMaterial.objects.filter(state=MaterialState.KNOWN, matter__in=rows.values("pk"))
    return Figures(
        month, counted["taken"], counted["elsewhere"], counted["applications"], known.count(), counted["fields"] or 0
    )
