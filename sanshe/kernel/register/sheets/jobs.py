"""Background work of imports. The worker finds it through `sanshe.kernel.jobs`."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import SansheError

from .actions import staging, taking, undoing, writing
from .models import ImportBatch, ImportRow
from .words import BatchState, RowState

log = logging.getLogger("sanshe.sheets")
TRIES = 5


def work(batch_id: int) -> None:
    """Do what the batch waits for. May be run twice; a refusal is kept on the batch, for the page to tell."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None or not batch.busy:
        return
    user = get_user_model()._default_manager.filter(pk=batch.user or 0).first()
    by = Viewer.of(user)
    if user is None or not user.is_active:
        fail(batch_id, "上传这张表的账号已停用，没有继续处理。")
        return
    try:
        proceed(batch, by)
    except SansheError as error:
        fail(batch_id, error.sentence)


def proceed(batch: ImportBatch, by: Viewer) -> None:
    """One step after the other, until somebody has to look."""
    now = clock.now()
    if batch.state == BatchState.RECEIVED:
        batch = taking.look(batch=batch, now=now)
    if batch.state == BatchState.CHECKING:
        staging.check(batch_id=batch.pk, by=by, now=now)
    elif batch.state == BatchState.APPLYING:
        writing.apply(batch_id=batch.pk, by=by, now=now)
    elif batch.state == BatchState.UNDOING:
        undoing.undo(batch_id=batch.pk, by=by, now=now)


def fail(batch_id: int, sentence: str) -> None:
    """Keep the reason for which an import stands still. What was written already is told on its page."""
    ImportBatch.objects.filter(pk=batch_id).update(state=BatchState.FAILED, problem=sentence)


@app.task(
    name="kernel.sheets",
    queue="sheets",
    retry=RetryStrategy(max_attempts=TRIES, wait=5, retry_exceptions=[OperationalError]),
)
def run(batch_id: int) -> None:
    """Look at, check, write or undo a sheet, whichever it waits for."""
    try:
        work(batch_id)
    except OperationalError:
        raise  # the database went away: again in a moment
    except Exception:
        log.exception("import %s", batch_id)
        fail(batch_id, "处理这张表时出了意外，是我们这边的问题，已记录下来。请稍后再试；再次出现请联系系统管理员。")


def run_soon(batch: ImportBatch) -> None:
    """Have the worker go on with a batch once this transaction is over."""
    transaction.on_commit(lambda: run.configure(lock=f"sheets-{batch.register}").defer(batch_id=batch.pk))


@app.periodic(cron="17 3 * * *")
@app.task(name="kernel.sheets_clean", queue="system", queueing_lock="kernel.sheets_clean")
def clean(timestamp: int) -> None:
    """Remove uploaded files and staged cells whose time is over. What was changed from what to what stays."""
    now = clock.now()
    files = now - timedelta(days=params.get("sheets.keep_file_days").value)
    for batch in ImportBatch.objects.filter(created_at__lt=files).exclude(file="", back="").iterator():
        taking.forget(batch)
        if batch.state in (BatchState.MAPPING, BatchState.CHECKED, BatchState.RECEIVED):
            batch.state = BatchState.DROPPED
        batch.save()
        done = (RowState.LEFT, RowState.REFUSED)
        rows = ImportRow.objects.filter(batch=batch)
        (rows if batch.state == BatchState.DROPPED else rows.filter(state__in=done)).delete()
    old = now - timedelta(days=params.get("sheets.undo_days").value)
    ended = ImportBatch.objects.filter(applied_at__lt=old)
    ImportRow.objects.filter(batch__in=ended, state=RowState.ADDED, vals__isnull=False).update(vals=None)
