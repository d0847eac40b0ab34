"""Who and what counts on a day: the readers that indicators, sheets and pages share."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanshe.areas.public import in_force
from sanshe.kernel import params

from ..models import Certificate, RoomStaff, SocialWorkRoom, Worker
from ..words import WorkerKind

#: The day of the notice: a definition holds for the days before it was first written down, too.
FIRST = date(2020, 7, 7)


def rooms_on(on: date) -> QuerySet[SocialWorkRoom]:
    """Rooms in use on a day: what the indicator counts."""
    return SocialWorkRoom.objects.filter(in_force(on))


def workers_on(on: date) -> QuerySet[Worker]:
    """Everybody in post on a day, of all three kinds."""
    return Worker.objects.filter(in_force(on))


def community_workers(on: date) -> QuerySet[Worker]:
    """Community workers in post on a day: the whole of which 85 and 90 % shall hold a certificate."""
    return Worker.objects.filter(in_force(on), kind=WorkerKind.COMMUNITY_WORKER)


def registered_on_day(on: date) -> Q:
    """The condition that a certificate is valid on a day.

    It is registered (from the day of registration up to, not on, the day it lapses), or was obtained so lately that
    its first registration is not due yet (`workforce.register_within`).
    """
    months = int(params.get("workforce.register_within", on=max(on, FIRST)).value)
    fresh = Q(registered_on__isnull=True, issued_on__lte=on, issued_on__gt=months_before(on, months))
    return Q(registered_on__lte=on, registered_until__gt=on) | fresh


def valid_certificates(on: date) -> QuerySet[Certificate]:
    """Certificates valid on a day."""
    return Certificate.objects.filter(registered_on_day(on))


def holds_certificate(on: date) -> Exists:
    """The condition that a worker holds a certificate on a day: obtained, and valid if the definition asks for it.

    `workforce.certified_needs_registration`: whether a lapsed registration still counts as holding (the notice does
    not say).
    """
    held = Certificate.objects.filter(worker=OuterRef("pk"), issued_on__lte=on)
    if params.get("workforce.certified_needs_registration", on=max(on, FIRST)).value:
        held = held.filter(registered_on_day(on))
    return Exists(held)


def certified(on: date) -> QuerySet[Worker]:
    """Community workers in post on a day who hold a certificate: the part of 85 and 90 %."""
    return community_workers(on).filter(holds_certificate(on))


def professionals_in_post(on: date) -> QuerySet[Worker]:
    """Social work professionals in post in an area on a day: in post, with a certificate valid on that day.

    Which kinds of workers count is the parameter `workforce.professional_kinds`: the notice does not define it.
    """
    kinds = params.get("workforce.professional_kinds", on=max(on, FIRST)).value
    valid = Certificate.objects.filter(registered_on_day(on), worker=OuterRef("pk"))
    return Worker.objects.filter(Exists(valid), in_force(on), kind__in=kinds)


def staff_on(on: date) -> QuerySet[RoomStaff]:
    """Who is in charge of a room on a day, as far as they are community workers of the room's own community."""
    return RoomStaff.objects.filter(in_force(on)).select_related("worker", "room")


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier; the last day of a shorter month."""
    return months_after(on, -months)


def months_after(on: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    count = on.year * 12 + on.month - 1 + months
    year, month = divmod(count, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))
