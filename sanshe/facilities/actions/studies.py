"""Asking for proposed sites, and computing them: in the worker, with progress, within a time limit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sanshe.areas.public import Area
from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, SansheError

from .. import norms, reach, sites
from ..access import SiteStudyAccess
from ..geometry import metres
from ..models import CandidateSite, SiteStudy
from ..words import SiteState, StudyState

log = logging.getLogger(__name__)


@transaction.atomic
def ask_study(*, area: Area, kind: str, share: int | None, by: Viewer, now: datetime) -> SiteStudy:
    """Ask for proposed sites of an area; the computation runs in the background. Raises Invalid, NotAllowed.

    `kind`: what is to be reached ("" = any facility that counts); `share`: per cent of households that suffices.
    """
    if kind and kind not in norms.kinds(now.date()):
        raise Invalid({"kind": "请选择设施类型。"})
    if share is not None and not 1 <= share <= 100:
        raise Invalid({"share": "比例应在 1 到 100 之间。"})
    if not candidates(area).exists():
        raise Invalid(f"{area}还没有填好坐标的候选地点，请先登记候选地点。")
    seconds = int(params.get("facilities.site_seconds", on=now.date()).value)
    study = SiteStudy.objects.create(
        area=area, kind=kind, share=share, seconds=seconds, asked_by_id=by.account_id, asked_at=now
    )
    if not SiteStudyAccess.may(by, "add", study):
        raise NotAllowed(f"{area}不在您可以测算的范围内。")
    audit.record(by=by, event="facilities.study", obj=study, sentence="{actor}发起了选址测算", now=now)
    from ..jobs import run_study

    pk = study.pk
    transaction.on_commit(lambda: run_study.defer(study_id=pk))
    return study


def candidates(area: Area):  # type: ignore[no-untyped-def]
    """Candidate sites of an area that may be chosen and have coordinates."""
    return CandidateSite.objects.filter(
        area__lo__gte=area.lo, area__lo__lt=area.hi, state=SiteState.OPEN, lat__isnull=False
    ).order_by("pk")


def compute_study(*, study_id: int, by: Viewer, now: datetime, stop: Callable[[], bool] = lambda: False) -> SiteStudy:
    """Compute a study and keep what came out. What is done stays; progress is seen at once."""
    study = SiteStudyAccess.get(by, study_id, "compute", rows=SiteStudy.objects.select_related("area"))
    if study.state == StudyState.DONE:
        return study
    _keep(study, state=StudyState.RUNNING, progress=1, said="正在读取住户和设施的位置")
    on = clock.local(study.asked_at).date()
    limit = norms.reach_metres(on)
    found = reach.demands(study.area, on)
    standing = [reach.position(f) for f in reach.facilities_near((d.at for d in found.points), on, study.kind)]
    points = [
        sites.Point(d.key, f"{d.community}{'' if d.name == d.community else f' {d.name}'}", d.at, d.weight,
                    any(metres(d.at, at) <= limit for at in standing))
        for d in found.points
    ]  # fmt: skip
    if not found.weight:
        return _fail(study, "没有一处住户既有坐标又有户数，无法测算。请先填写地点坐标和户数。")
    places = [sites.Site(c.pk, c.name, reach.position(c)) for c in candidates(study.area)]

    def progress(done: int, of: int) -> None:
        _keep(study, progress=max(1, min(99, done * 100 // of if of else 99)), said="正在逐个增加地点数求解")

    try:
        answer = sites.propose(
            points, places, limit, share=study.share, seconds=study.seconds, progress=progress, stop=stop
        )
    except SansheError as error:
        return _fail(study, error.sentence)
    study.result = {
        **answer.as_data(),
        "metres": round(limit),
        "candidates": len(places),
        "points": len(points),
        "without_position": [str(a) for a in found.without_position],
        "without_households": [str(a) for a in found.without_households],
        "even": any(d.even for d in found.points),
    }
    study.finished_at = clock.now()
    _keep(study, state=StudyState.DONE, progress=100, said="")
    audit.record(
        by=by, event="facilities.computed", obj=study, sentence="{actor}算出了选址方案", now=now,
        data={"sites": answer.k, "covered": answer.rounds[-1].covered if answer.rounds else answer.today},
    )  # fmt: skip
    return study


def give_up_study(*, study_id: int, by: Viewer, sentence: str) -> SiteStudy:
    """Say that a study failed, so that nobody waits for it."""
    return _fail(SiteStudyAccess.get(by, study_id, "compute"), sentence)


def _fail(study: SiteStudy, sentence: str) -> SiteStudy:
    study.finished_at = clock.now()
    _keep(study, state=StudyState.FAILED, said=sentence[:200])
    return study


def _keep(study: SiteStudy, **values: object) -> None:
    for name, value in values.items():
        setattr(study, name, value)
    study.save()
