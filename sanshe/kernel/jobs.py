"""Background work of the kernel: mail, sealing. Every job may be run twice without harm."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta
from pathlib import Path

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sanshe.kernel import clock, files, floods, scanner, seal
from sanshe.kernel.notices import Notice
from sanshe.kernel.notices.gateways import deliver_due
from sanshe.kernel.notices.ways import wants_mail
from sanshe.kernel.register.sheets import jobs as sheet_jobs  # noqa: F401 - its tasks become known
from sanshe.kernel.search import jobs as search_jobs  # noqa: F401 - as well


@app.task(name="kernel.mail_notices", queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def mail_notices(notice_ids: list[int]) -> None:
    """Send notices by e-mail to those who gave an address. What was sent already is not sent again."""
    for pk in notice_ids:
        with transaction.atomic():
            notice = (
                Notice.objects.select_for_update(of=("self",))
                .select_related("user")
                .filter(pk=pk, mailed_at=None)
                .first()
            )
            if notice is None or not getattr(notice.user, "email", "") or not wants_mail(notice.user_id):
                continue
            where = f"\n\n查看：{settings.SANSHE_BASE_URL}{notice.url}" if notice.url else ""
            EmailMessage(
                subject=f"【三社联动】{notice.kind}：{notice.text[:30]}",
                body=f"{notice.text}{where}\n\n本邮件由系统发出，请勿直接回复。",
                to=[notice.user.email],
                headers={"Message-ID": f"<notice-{notice.pk}@sanshe>"},
            ).send()
            notice.mailed_at = clock.now()
            notice.save(update_fields=["mailed_at"])


@app.periodic(cron="* * * * *")
@app.task(name="kernel.deliver", queue="mail", queueing_lock="kernel.deliver", lock="kernel.deliver", pass_context=True)
def deliver(context: JobContext, timestamp: int) -> None:
    """Send what is due by text message, chat and hook; what a gateway did not take is tried again later."""
    deliver_due(clock.now(), stop=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name="kernel.seal", queue="system", queueing_lock="kernel.seal", pass_context=False)
def seal_audit(timestamp: int) -> None:
    """Seal what was written since the last minute."""
    seal.seal(clock.now())


@app.periodic(cron="55 23 * * *")
@app.task(name="kernel.anchor", queue="system", queueing_lock="kernel.anchor")
def anchor(timestamp: int) -> None:
    """Publish the head of the chain outside the database, a file a day."""
    publish_head(clock.now())


def publish_head(now: datetime) -> Path:
    """Write the head of the chain to the anchor folder (SANSHE_ANCHOR_DIR, else var/anchors) and return the file."""
    from sanshe.kernel.audit import SealHead

    head = SealHead.objects.order_by("-era").first()
    folder = Path(getattr(settings, "SANSHE_ANCHOR_DIR", settings.VAR / "anchors"))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{now:%Y-%m-%d}.txt"
    target.write_text(f"{now.isoformat()} era={head.era} seq={head.seq} sm3={head.digest}\n" if head else "")
    return target


#: A worker that has not shown a sign of life for so many seconds is taken for dead.
DEAD_AFTER = 60


def take_up_stalled(seconds: float = DEAD_AFTER) -> int:
    """A worker that was killed leaves its job as running for ever; put such jobs back. Returns how many."""

    async def put_back() -> int:
        stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
        for job in stalled:
            await app.job_manager.retry_job(job)
        return len(stalled)

    return async_to_sync(put_back)()


@app.periodic(cron="* * * * *")
@app.task(name="kernel.retry_stalled", queue="system", queueing_lock="kernel.retry_stalled")
def retry_stalled(timestamp: int) -> None:
    """Take up what killed workers left. Jobs may be run twice without harm."""
    take_up_stalled()


@app.periodic(cron="* * * * *")
@app.task(name="kernel.scan_files", queue="system", queueing_lock="kernel.scan_files", lock="kernel.scan_files",
          pass_context=True)  # fmt: skip
def scan_files(context: JobContext, timestamp: int) -> None:
    """Ask the scanner about what waits. While it does not answer, files stay closed and are asked about again."""
    if not scanner.there():
        return
    try:
        files.scan_pending(clock.now(), stop=context.should_abort)
    except scanner.ScannerDown as error:
        logging.getLogger("sanshe").warning("the virus scanner does not answer: %s", error)


def scan_now() -> None:
    """Ask for a scan at once; many uploads wait for one job."""
    with contextlib.suppress(AlreadyEnqueued):
        scan_files.configure().defer(timestamp=0)


@app.periodic(cron="40 3 * * *")
@app.task(name="kernel.forget_counts", queue="system", queueing_lock="kernel.forget_counts")
def forget_counts(timestamp: int) -> None:
    """Drop counts of a week ago that led to nothing."""
    floods.forget(clock.now() - timedelta(days=7))
