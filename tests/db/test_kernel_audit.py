"""The audit can only grow; the seal names the first entry that was changed or removed."""

from __future__ import annotations

import time

import pytest
from django.db import DatabaseError, connection, transaction

from sanshe.kernel import audit, seal
from sanshe.kernel.access import Grants, Viewer
from sanshe.kernel.audit import Entry, Personal, Seal, SealHead

BY = Viewer(7, "王敏", Grants(posts=("翠云社区综合窗口",)))


def write(now, n=3):
    return [
        audit.record(
            by=BY,
            event="seen",
            obj=None,
            sentence="{actor}查看第{nr}件",
            personal={"nr": i},
            note="核对",
            now=now,
        )
        for i in range(n)
    ]


def superuser_sql(sql: str) -> None:
    """What only somebody with the owner's rights can do: switch the guard off, change, switch it on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kernel_audit_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE kernel_audit_seal DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE kernel_audit_personal DISABLE TRIGGER USER")
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE kernel_audit_entry SET sentence = 'x'",
        "DELETE FROM kernel_audit_entry",
        "TRUNCATE kernel_audit_entry CASCADE",
        "DELETE FROM kernel_audit_personal",
        "UPDATE kernel_audit_personal SET salt = 'x'",
    ],
)
def test_the_table_refuses_everything_but_growth(now, sql):
    write(now)
    with pytest.raises(DatabaseError, match="只能"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert Entry.objects.count() == 3


def test_the_sentence_has_the_names_that_stood_then_and_none_after_erasure(now):
    entry = Entry.objects.get(pk=write(now)[1].pk)
    assert entry.told() == "王敏查看第1件" and entry.post == "翠云社区综合窗口" and entry.note == "核对"
    assert "王敏" not in str(Entry.objects.filter(pk=entry.pk).values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_audit_forget(%s)", [entry.pk])
    again = Entry.objects.get(pk=entry.pk)
    assert "王敏" not in again.told() and Personal.objects.count() == 2


def sealed_in_time(now, wanted: int, seconds: float = 180) -> int:
    """Seal until so many are: a transaction of any database of the cluster holds the horizon back for a while."""
    total, end = 0, time.monotonic() + seconds
    while total < wanted and time.monotonic() < end:
        total += seal.seal(now)
        time.sleep(0.05)
    return total


def sealed(now):
    write(now)
    # The test's own transaction is open, so its entries are above the horizon; era 1 may take them by their id.
    SealHead.objects.create(era=1, base_id=Entry.objects.latest("id").pk, digest=seal.GENESIS, at=now)
    assert seal.seal(now) == 3
    assert seal.seal(now) == 0


def test_a_sound_chain_verifies_and_erasure_does_not_break_it(now):
    sealed(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_audit_forget(%s)", [Entry.objects.earliest("id").pk])
    verdict = seal.verify()
    assert verdict.sound and verdict.sealed == 3 and verdict.unsealed == 0


def test_a_changed_entry_is_named(now):
    sealed(now)
    second = Entry.objects.order_by("id")[1]
    superuser_sql(f"UPDATE kernel_audit_entry SET event = 'other' WHERE id = {second.pk}")
    verdict = seal.verify()
    assert not verdict.sound and f"第 {second.pk} 号" in verdict.problem and verdict.sealed == 1


def test_a_changed_name_is_named(now):
    sealed(now)
    second = Entry.objects.order_by("id")[1]
    superuser_sql(
        f"UPDATE kernel_audit_personal SET data = jsonb_set(data, '{{actor}}', '\"李四\"') WHERE entry_id = {second.pk}"
    )
    assert f"第 {second.pk} 号" in seal.verify().problem


def test_a_removed_entry_and_a_cut_tail_are_named(now):
    sealed(now)
    last = Seal.objects.latest("seq")
    superuser_sql(f"DELETE FROM kernel_audit_seal WHERE seq = {last.seq}")
    assert "末尾" in seal.verify().problem
    first = Seal.objects.earliest("seq")
    superuser_sql(f"DELETE FROM kernel_audit_seal WHERE seq = {first.seq}")
    assert "序号 1 缺失" in seal.verify().problem


@pytest.mark.django_db(transaction=True)
def test_an_open_transaction_holds_the_seal_back_and_nothing_is_missed(now):
    """Entries of a transaction that began earlier and ends later are sealed, in its turn."""
    import threading

    opened, finish = threading.Event(), threading.Event()

    def late_writer() -> None:
        try:
            with transaction.atomic():
                write(now, 1)
                opened.set()
                finish.wait(120)
        finally:
            connection.close()

    thread = threading.Thread(target=late_writer)
    thread.start()
    opened.wait(120)
    write(now, 2)
    assert seal.seal(now) == 0
    finish.set()
    thread.join(120)
    assert sealed_in_time(now, 3) == 3
    assert seal.verify().sound and seal.verify().sealed == 3


def test_a_restore_into_a_younger_cluster_starts_a_new_era(now):
    write(now)
    SealHead.objects.create(era=1, horizon=str(2**60), digest=seal.GENESIS, at=now)
    assert seal.seal(now) == 3
    assert SealHead.objects.latest("era").era == 2
    assert seal.verify().sound
