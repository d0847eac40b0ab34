"""Readers of workers: what they hold, what lapses, which posts are filled, and the rules that need other rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from sanshe.areas.public import in_force
from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import CertificateAccess, WorkerAccess
from ..models import Certificate, ContinuingEducation, StaffPost, Worker
from ..words import RANK, Level
from .counts import FIRST, months_after


def _term(on: date) -> int:
    return 12 * int(params.get("workforce.registration_years", on=max(on, FIRST)).value)


def lapses_on(since: date) -> date:
    """The day on which a registration made on `since` lapses (`workforce.registration_years`)."""
    return months_after(since, _term(since))


def hours_needed(level: str, on: date) -> int:
    """Hours of continuing education asked for within one registration of a level."""
    return int(params.get(f"workforce.hours_{level}", on=max(on, FIRST)).value)


def is_valid(certificate: Certificate, on: date) -> bool:
    """`registered_on_day` for a row that is at hand."""
    if certificate.registered_on is not None and certificate.registered_until is not None:
        return certificate.registered_on <= on < certificate.registered_until
    months = int(params.get("workforce.register_within", on=max(on, FIRST)).value)
    return certificate.issued_on <= on < months_after(certificate.issued_on, months)


def best_of(certificates: Iterable[Certificate], on: date) -> Certificate | None:
    """The highest certificate that is valid on a day."""
    valid = [one for one in certificates if is_valid(one, on)]
    return max(valid, key=lambda one: (RANK[Level(one.level)], one.issued_on), default=None)


def held_text(worker: Worker, on: date) -> str:
    """What a worker holds, in a few words; empty without a certificate."""
    held = list(worker.certificates.all())
    best = best_of(held, on)
    if best is not None:
        until = f"登记至 {best.registered_until}" if best.registered_until else "待登记"
        return f"{best.get_level_display()}（{until}）"
    last = max(held, key=lambda one: RANK[Level(one.level)], default=None)
    return f"{last.get_level_display()}（登记已过期）" if last is not None else ""


def check_double(worker: Worker) -> None:
    """The same person is not twice in the same place. Raises Invalid naming the row that stands."""
    rows = Worker.objects.filter(area_id=worker.area_id, kind=worker.kind, valid_to=None).exclude(pk=worker.pk)
    if worker.person_id is not None:
        if (found := rows.filter(person_id=worker.person_id).first()) is not None:
            raise Invalid({"person": f"这个人在{worker.area}已有在岗记录（编号 {found.pk}），请修改那一条。"})
    elif (found := rows.filter(name=worker.name, person=None).first()) is not None:
        raise Invalid(
            {"name": f"{worker.area}已有同名的在岗人员（编号 {found.pk}）；确是两个人的，请填公民身份号码以便区分。"}
        )


def check_post(worker: Worker) -> None:
    """A post is held where it was set up, and by no more people than it is for. Raises Invalid."""
    post = worker.post
    assert post is not None
    if post.area_id != worker.area_id:
        raise Invalid({"post": f"这个岗位设在{post.area}，不在{worker.area}。"})
    if worker.valid_to is not None:
        return
    if post.valid_to is not None and post.valid_to <= worker.valid_from:
        raise Invalid({"post": f"这个岗位已于 {post.valid_to} 撤销。"})
    taken = post.workers.filter(valid_to=None).exclude(pk=worker.pk).count()
    if taken >= post.places:
        raise Invalid({"post": f"这个岗位核定 {post.places} 人，已有 {taken} 人在岗，没有空位。"})


def filled(post: StaffPost, on: date) -> int:
    """How many people hold a post on a day."""
    return sum(1 for w in post.workers.all() if w.valid_from <= on and (w.valid_to is None or w.valid_to > on))


@dataclass(frozen=True)
class Lapse:
    """A certificate whose registration ends soon, or ended; with the hours of the running term."""

    certificate: Certificate
    until: date
    days: int
    hours: int
    needed: int

    @property
    def short(self) -> int:
        """Hours still to do."""
        return max(self.needed - self.hours, 0)

    @property
    def fresh(self) -> bool:
        """Whether it is the first registration that is due."""
        return self.certificate.registered_on is None


def lapsing_certificates(on: date, days: int) -> QuerySet[Certificate]:
    """Certificates of people in post that stop being valid within `days` after a day, or did so as long ago.

    Registered ones by their last day, those never registered by the day on which their first registration was due.
    A certificate that a valid one of the same or a higher level follows is left out by `lapses`.
    """
    months = int(params.get("workforce.register_within", on=max(on, FIRST)).value)
    window = timedelta(days=days)
    soon = Q(registered_until__gt=on - window, registered_until__lte=on + window)
    first, last = months_after(on - window, -months), months_after(on + window, -months)
    never = Q(registered_on__isnull=True, issued_on__gt=first, issued_on__lte=last)
    in_post = Q(worker__valid_from__lte=on) & (Q(worker__valid_to=None) | Q(worker__valid_to__gt=on))
    return Certificate.objects.filter(soon | never).filter(in_post)


def lapses(viewer: Viewer, on: date, area_lo: int = 0, area_hi: int = 0) -> list[Lapse]:
    """What the viewer may see of it, soonest first; inside an area when its bounds are given."""
    days = int(params.get("workforce.lapse_notice_days", on=max(on, FIRST)).value)
    rows = lapsing_certificates(on, days).filter(pk__in=CertificateAccess.rows(viewer).values("pk"))
    if area_hi:
        rows = rows.filter(worker__area__lo__gte=area_lo, worker__area__lo__lt=area_hi)
    found = list(rows.select_related("worker", "worker__area", "worker__area__parent"))
    others: dict[int, list[Certificate]] = {}
    for one in Certificate.objects.filter(worker__in={c.worker_id for c in found}):
        others.setdefault(one.worker_id, []).append(one)
    done: dict[int, list[ContinuingEducation]] = {}
    for hours in ContinuingEducation.objects.filter(worker__in=list(others)):
        done.setdefault(hours.worker_id, []).append(hours)
    kept = [one for one in found if not _followed(one, others[one.worker_id])]
    out = [_lapse(one, on, done.get(one.worker_id, [])) for one in kept]
    return sorted(out, key=lambda lapse: (lapse.until, lapse.certificate.worker.name))


def _ends(certificate: Certificate) -> date:
    if certificate.registered_until is not None:
        return certificate.registered_until
    return months_after(certificate.issued_on, int(params.get("workforce.register_within").value))


def _followed(certificate: Certificate, others: list[Certificate]) -> bool:
    rank = RANK[Level(certificate.level)]
    return any(
        o.pk != certificate.pk and RANK[Level(o.level)] >= rank and _ends(o) > _ends(certificate) for o in others
    )


def _lapse(certificate: Certificate, on: date, done: list[ContinuingEducation]) -> Lapse:
    until = _ends(certificate)
    needed = 0 if certificate.registered_on is None else hours_needed(certificate.level, on)
    return Lapse(certificate, until, (until - on).days, hours_in_term(certificate, done), needed)


def hours_in_term(certificate: Certificate, done: Iterable[ContinuingEducation]) -> int:
    """Hours of continuing education within the registration that runs (the last term before it ends)."""
    until = certificate.registered_until
    if until is None or certificate.registered_on is None:
        return 0
    since = max(certificate.registered_on, months_after(until, -_term(until)))
    return sum(one.hours for one in done if since <= one.on < until)


def worker_of(viewer: Viewer, pk: int) -> Worker:
    """One worker with what belongs to them. Raises NotVisible."""
    rows = Worker.objects.select_related("area", "area__parent", "body", "post").prefetch_related("certificates")
    return WorkerAccess.get(viewer, pk, rows=rows)


def hours_of(worker: Worker) -> QuerySet[ContinuingEducation]:
    """The hours of continuing education, newest first."""
    return worker.education_hours.all()


def in_post(viewer: Viewer, on: date) -> QuerySet[Worker]:
    """Everybody in post whom the viewer may see."""
    return WorkerAccess.rows(viewer).filter(in_force(on))
