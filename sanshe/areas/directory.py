"""Readers of the public directory (a community's bodies, members, affairs; my worker) and of applications."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible

from . import norms
from .access import AreaAccess, CommitteeNoticeAccess, NoticeQuestionAccess, SetupAccess
from .models import Area, Body, BodyMember, CommitteeNotice, NoticeQuestion, SetupApplication
from .queries import PlaceMatch, home_area, places_like
from .timeline import descendants, in_force, managed_by
from .words import AreaLevel, BodyKind, SetupState

#: The bodies of a community under the heads that the notice gives them (二(一)3), in its order.
HEADS: tuple[tuple[str, tuple[BodyKind, ...]], ...] = (
    ("社区党组织（核心）", (BodyKind.PARTY_ORGANISATION,)),
    ("社区居民委员会（主导）", (BodyKind.RESIDENTS_COMMITTEE, BodyKind.RESIDENTS_GROUP)),
    ("下属委员会", (
        BodyKind.MEDIATION_COMMITTEE, BodyKind.SECURITY_COMMITTEE, BodyKind.HEALTH_COMMITTEE,
        BodyKind.ENVIRONMENT_COMMITTEE,
    )),
    ("群团组织（纽带）", (BodyKind.MASS_ORGANISATION,)),
    ("居务监督委员会（制约）", (BodyKind.SUPERVISION_COMMITTEE,)),
    ("业主委员会和物业服务企业", (BodyKind.OWNERS_COMMITTEE, BodyKind.PROPERTY_COMPANY)),
    ("服务机构（“3+N”）", (
        BodyKind.COMMUNITY_CENTRE, BodyKind.STREET_CENTRE, BodyKind.DISTRICT_CENTRE, BodyKind.SERVICE_CENTRE,
        BodyKind.SERVICE_ORGANISATION, BodyKind.SOCIAL_ORGANISATION,
    )),
)  # fmt: skip
#: Without these a community's organisation is not complete; the page says so.
EXPECTED = (
    BodyKind.PARTY_ORGANISATION, BodyKind.RESIDENTS_COMMITTEE, BodyKind.MASS_ORGANISATION,
    BodyKind.SUPERVISION_COMMITTEE, BodyKind.MEDIATION_COMMITTEE, BodyKind.SECURITY_COMMITTEE,
    BodyKind.HEALTH_COMMITTEE, BodyKind.ENVIRONMENT_COMMITTEE,
)  # fmt: skip


@dataclass
class BodyCard:
    """A body with its members in office, and for a residents' committee the checks of law."""

    body: Body
    members: list[BodyMember] = field(default_factory=list)
    checks: list[norms.Check] = field(default_factory=list)


def area_page(viewer: Viewer, pk: int) -> Area:
    """An area with its parent. Raises NotVisible."""
    return AreaAccess.get(viewer, pk, rows=Area.objects.select_related("parent"))


def body_cards(area: Area, on: date) -> list[tuple[str, list[BodyCard]]]:
    """The bodies that stand in exactly this area, by head; those above that serve it (the centres) as well."""
    centres = (BodyKind.DISTRICT_CENTRE, BodyKind.STREET_CENTRE, BodyKind.SERVICE_CENTRE)
    rows = list(Body.objects.filter(in_force(on), area=area))
    above = [pk for pk in (area.parent_id, area.parent.parent_id if area.parent else None) if pk]
    rows += Body.objects.filter(in_force(on), area__in=above, kind__in=centres).select_related("area")
    members: dict[int, list[BodyMember]] = defaultdict(list)
    for member in BodyMember.objects.filter(in_force(on), body__in=[row.pk for row in rows]).order_by("rank", "id"):
        members[member.body_id].append(member)
    cards: dict[str, list[BodyCard]] = defaultdict(list)
    for row in rows:
        card = BodyCard(row, members[row.pk])
        if row.kind == BodyKind.RESIDENTS_COMMITTEE:
            card.checks = norms.committee_checks(card.members, on)
        cards[row.kind].append(card)
    groups = [(head, [card for kind in kinds for card in cards[kind]]) for head, kinds in HEADS]
    return [(head, found) for head, found in groups if found]


def missing_bodies(area: Area, on: date) -> list[str]:
    """The bodies that a community should have and that are not entered."""
    there = set(Body.objects.filter(in_force(on), area=area).values_list("kind", flat=True))
    return [str(kind.label) for kind in EXPECTED if kind not in there]


def streets_with_communities(on: date) -> list[tuple[Area, list[Area]]]:
    """The streets of the home area with their communities, in tree order."""
    out: list[tuple[Area, list[Area]]] = []
    wanted = (AreaLevel.STREET, AreaLevel.COMMUNITY)
    for area in descendants(home_area(), on=on).filter(level__in=wanted)[:3000]:
        if area.level == AreaLevel.STREET:
            out.append((area, []))
        elif out:
            out[-1][1].append(area)
    return out


@dataclass(frozen=True)
class Worker:
    """The one to turn to: who, with which duty, by which number, at which hours; where the address led."""

    area: Area
    place: str
    name: str
    duty: str
    phone: str
    hours: str
    address: str
    managed: str = ""


def workers_for(text: str, on: date) -> list[Worker]:
    """The workers whom a typed address or place leads to, best first. Empty when it leads nowhere."""
    try:
        matches = places_like(text, home_area(), 4)
    except Area.DoesNotExist:
        return []
    best = matches[0].score if matches else 0
    found: list[Worker] = []
    for match in matches:
        if match.score >= min(best, 60):
            found += _workers_of(match, on)
    return list(dict.fromkeys(found))[:8]


def _workers_of(match: PlaceMatch, on: date) -> list[Worker]:
    area, managed = match.area, ""
    place = match.place.name if match.place is not None else ""
    looked_after = managed_by(area.pk, on) if area.level == AreaLevel.GROUP else None
    if looked_after is not None:
        manager = looked_after.manager
        managed = f"{area.short_name}由{manager.short_name}代管"
        if looked_after.receiver_name:
            phone = looked_after.receiver_phone
            return [Worker(manager, place, looked_after.receiver_name, "事项接收人", phone, "", "", managed)]
        area = manager
    return _workers_in(area, place, managed, on)


def _workers_in(area: Area, place: str, managed: str, on: date) -> list[Worker]:
    kinds = (BodyKind.RESIDENTS_COMMITTEE, BodyKind.PARTY_ORGANISATION, BodyKind.COMMUNITY_CENTRE)
    bodies = {body.pk: body for body in Body.objects.filter(in_force(on), area=area, kind__in=kinds)}
    members = list(BodyMember.objects.filter(in_force(on), body__in=bodies).order_by("rank", "id"))
    of_place = [m for m in members if place and place in re.split(r"[、，,；;\s]+", m.covers)]
    chosen = of_place or [m for m in members if not m.covers][:2] or members[:2]
    if not chosen:
        committee = next((b for b in bodies.values() if b.kind == BodyKind.RESIDENTS_COMMITTEE), None)
        if committee is None:
            return []
        return [Worker(area, place, committee.name, "", committee.phone, committee.office_hours, committee.address,
                       managed)]  # fmt: skip
    return [
        Worker(area, place, m.name, m.duty, m.office_phone or bodies[m.body_id].phone,
               bodies[m.body_id].office_hours, bodies[m.body_id].address, managed)
        for m in chosen
    ]  # fmt: skip


def affairs_of(viewer: Viewer, area: Area) -> QuerySet[CommitteeNotice]:
    """What a community has published, newest first."""
    return CommitteeNoticeAccess.rows(viewer).filter(area=area).order_by("-published_at", "-id")


def affair(viewer: Viewer, pk: int) -> tuple[CommitteeNotice, list[NoticeQuestion]]:
    """A published affair and the questions on it that the viewer may see. Raises NotVisible."""
    notice = CommitteeNoticeAccess.get(viewer, pk, rows=CommitteeNotice.objects.select_related("area__parent"))
    return notice, list(NoticeQuestionAccess.rows(viewer).filter(notice=notice).order_by("id"))


def may_publish(viewer: Viewer, area: Area) -> bool:
    """Whether the viewer publishes for this community."""
    scope = viewer.grants.areas.get("community_lead")
    if scope is None or area.level != AreaLevel.COMMUNITY:
        return False
    return scope.covers(area.pk, area.lo)


def changeable(viewer: Viewer, pk: int) -> Area:
    """An area whose form the viewer may change. Raises NotVisible, also for those who may not: no page for them."""
    area = area_page(viewer, pk)
    if not AreaAccess.may(viewer, "change", area) or area.valid_to is not None:
        raise NotVisible()
    return area


def may_change(viewer: Viewer, area: Area) -> bool:
    """Whether the viewer registers changes of this area."""
    return viewer.signed_in and area.valid_to is None and AreaAccess.may(viewer, "change", area)


def possible_parents(area: Area) -> QuerySet[Area]:
    """The areas of its parent's level in the home area, under which an area may come."""
    if area.parent is None:
        return Area.objects.none()
    return descendants(home_area(), area.parent.level).exclude(pk=area.parent.pk)


def siblings(area: Area) -> QuerySet[Area]:
    """The other areas of its level in the home area."""
    return descendants(home_area(), area.level).exclude(pk=area.pk).select_related("parent")


def setups(viewer: Viewer, state: str = "") -> QuerySet[SetupApplication]:
    """Applications that the viewer may see, newest first."""
    rows = SetupAccess.rows(viewer).select_related("area", "established").order_by("-id")
    return rows.filter(state=state) if state in SetupState.values else rows


def setup(viewer: Viewer, pk: int) -> SetupApplication:
    """One application. Raises NotVisible."""
    return SetupAccess.get(viewer, pk, rows=SetupApplication.objects.select_related("area__parent", "established"))


def own_streets(viewer: Viewer) -> QuerySet[Area]:
    """The streets for which the viewer may apply. Raises NotVisible for those who prepare none."""
    scope = viewer.grants.areas.get("street_officer")
    if scope is None:
        raise NotVisible()
    try:
        rows = descendants(home_area(), AreaLevel.STREET)
    except Area.DoesNotExist:
        return Area.objects.none()
    return rows if scope.everywhere or scope.ranges else rows.filter(pk__in=scope.ids)


def neighbours(application: SetupApplication) -> QuerySet[Area]:
    """The communities of the same street, which may look after the area until its own stands."""
    return descendants(application.area, AreaLevel.COMMUNITY)


def interim_of(application: SetupApplication) -> str:
    """Who looks after the residents now, in a sentence; empty when nobody was named."""
    if application.established_id is None:
        return ""
    found = managed_by(application.established_id)
    if found is None:
        return ""
    who = f"，由{found.receiver_name}接收" if found.receiver_name else ""
    return f"{found.area.short_name}自{clock.say_day(found.valid_from)}起由{found.manager.short_name}代管{who}"
