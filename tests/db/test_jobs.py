"""A job whose worker was killed is done again, once; what it had half done is not doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from sanshe.areas.models import Area
from sanshe.kernel.jobs import take_up_stalled
from tests.errands.jobs import slow
from tests.errands.models import Errand

ROOT = Path(__file__).resolve().parents[2]


def worker(*more: str) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.errands.worker_settings",
        "SANSHE_TEST_NAME": connection.settings_dict["NAME"],
    }
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--queues", "errands", *more]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until(check, seconds: float = 120.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_done_again_without_doubling():
    Area.objects.create(
        code="500112000001", name="甲", short_name="甲", level="community", lo=1, hi=2, valid_from="2020-01-01"
    )
    job = slow.defer(title="送餐", seconds=200)
    first = worker()
    try:
        assert until(lambda: Errand.objects.filter(title="送餐").exists()), "the worker did not begin"
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    assert ProcrastinateJob.objects.get(pk=job).status == "doing"
    assert Errand.objects.get().state == "running"
    # The job is left as running for ever unless somebody takes it up; the second try need not sleep.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET args = jsonb_set(args, '{seconds}', '0') WHERE id = %s", [job])
    assert take_up_stalled(seconds=0) == 1
    assert take_up_stalled(seconds=0) == 0
    assert worker("--one-shot").wait(180) == 0
    assert Errand.objects.get().state == "done" and Errand.objects.get().result == "办好一次"
    assert ProcrastinateJob.objects.get(pk=job).status == "succeeded"
