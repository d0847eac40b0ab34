"""Background work of facilities: the computation of proposed sites. May run twice without harm."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import SURVEYOR
from .actions import compute_study, give_up_study


@app.task(name="facilities.study", queue="default", pass_context=True)
def run_study(context: JobContext, study_id: int) -> None:
    """Compute one study; asked to stop, it stops between two rounds with what it has."""
    by = Viewer.system_account(SURVEYOR)
    try:
        compute_study(study_id=study_id, by=by, now=clock.now(), stop=context.should_abort)
    except Exception:
        give_up_study(study_id=study_id, by=by, sentence="测算没有完成，是我们这边的问题，已记录下来；可以再测算一次。")
        raise
