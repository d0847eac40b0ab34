"""Two people at once: the first transaction is held open, the second waits, then is told by whom and when."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from sanshe.kernel import clock
from sanshe.kernel.errors import WrongState
from sanshe.matters import actions
from sanshe.matters.models import Matter, Triage
from tests.matters_cast import make_cast, report

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_triage_at_once(now):
    with clock.frozen(now):
        cast = make_cast()
        matter = report(cast, now)
    given = {"matter_id": matter.pk, "criterion": cast.criteria["lamp"].pk, "reason": "市政设施",
             "host_unit": cast.bodies["unit"].pk}  # fmt: skip
    first, second = cast.viewer("desk"), cast.viewer("desk2")
    outcome: list[object] = []
    waited: list[float] = []

    def come_second() -> None:
        begun = time.monotonic()
        try:
            with clock.frozen(now):
                actions.triage_government(**given, by=second, now=now)
            outcome.append("done")
        except WrongState as wrong:
            outcome.append(wrong)
        finally:
            waited.append(time.monotonic() - begun)
            connection.close()

    with clock.frozen(now), transaction.atomic():
        actions.triage_government(**given, by=first, now=now)
        other = threading.Thread(target=come_second)
        other.start()
        for _ in range(1200):  # until the database itself says that the second one waits for a lock
            with connection.cursor() as cursor:
                # Not pg_stat_activity: within a transaction that is a picture of its first moment.
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.05)
        else:
            pytest.fail("the second triage did not wait for the first")
        assert not outcome
    other.join(120)
    assert isinstance(outcome[0], WrongState)
    assert "测试3号把此事项分流为大事" in outcome[0].sentence
    assert "10:00" in outcome[0].sentence and "待接收" in outcome[0].sentence
    assert Triage.objects.count() == 1 and Matter.objects.get().state == "assigned"
