"""The starter against what goes wrong on real machines (docs/adr/0001)."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from sanshe.runtime import processes, roles
from sanshe.runtime.embedded import Cluster, socket_dir_for
from sanshe.runtime.errors import RuntimeProblem

HOLD = """
import sys, time
from sanshe.runtime.embedded import Cluster
with Cluster(sys.argv[1]).hold():
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def query(cluster: Cluster, text: str, user: str = roles.OWNER) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.dsn(user), autocommit=True) as db:
        found = db.execute(text)
        return found.fetchall() if found.description else []


def until_cut_off(work: Callable[[], object]) -> None:
    """Run `work`, which must end by losing its server."""
    with pytest.raises(psycopg.OperationalError):
        work()


def postmaster(cluster: Cluster) -> int:
    return processes.postgres_in(cluster.data)[0][0]


def serves_its_own_folder(cluster: Cluster) -> bool:
    return query(cluster, "show data_directory", roles.SUPERUSER) == [(str(cluster.data),)]


def kill(cluster: Cluster) -> None:
    """kill -9 of the postmaster, by our own pid."""
    pid = postmaster(cluster)
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.is_running(pid), 60)


def test_a_start_from_nothing_and_a_second_one(home: Path) -> None:
    cluster = Cluster(home / "pg", fsync=False)
    assert not cluster.is_ours()
    cluster.start()
    assert cluster.is_ours() and serves_its_own_folder(cluster)
    first = postmaster(cluster)
    cluster.start()
    assert postmaster(cluster) == first
    assert query(cluster, "show server_encoding") == [("UTF8",)]
    assert (cluster.socket_dir.stat().st_mode & 0o777, cluster.data.stat().st_mode & 0o777) == (0o700, 0o700)
    assert query(cluster, "show listen_addresses") == [("",)]
    assert sorted(p.name for p in home.iterdir()) == ["pg", "pg.log", "pg.start.lock", "run"]
    assert cluster.stop() and not cluster.is_ours()
    assert processes.postgres_in(cluster.data) == ([], [])


def test_the_app_role_may_use_rows_and_nothing_else(cluster: Cluster) -> None:
    cluster.start()
    query(cluster, "create table fact (id serial primary key); create table kernel_audit_entry (id serial)")
    assert roles.grant_app(cluster.dsn())
    query(cluster, "insert into fact default values", roles.APP)
    query(cluster, "update fact set id = 2", roles.APP)
    query(cluster, "insert into kernel_audit_entry default values", roles.APP)
    for forbidden in (
        "update kernel_audit_entry set id = 2",
        "delete from kernel_audit_entry",
        "truncate kernel_audit_entry",
        "truncate fact",
        "alter table fact add more int",
        "drop table fact",
        "create table mine (id int)",
        "set session_replication_role = replica",
        "select setval('fact_id_seq', 1)",
        "create database mine",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(cluster, forbidden, roles.APP)
    query(cluster, "create table later (id int)")
    query(cluster, "insert into later values (1)", roles.APP)


def test_kill_9_while_idle(cluster: Cluster) -> None:
    cluster.start()
    query(cluster, "create table fact as select 1 as id")
    kill(cluster)
    cluster.start()
    assert query(cluster, "select id from fact") == [(1,)] and serves_its_own_folder(cluster)


def test_kill_9_while_writing_loses_nothing_acknowledged(home: Path, cluster: Cluster) -> None:
    cluster = Cluster(home / "pg", say=lambda _: None)  # with the settings of production
    cluster.start()
    query(cluster, "create table fact (id int primary key)")
    acknowledged = 0

    def write() -> None:
        nonlocal acknowledged
        with psycopg.connect(cluster.dsn(), autocommit=True) as db:
            while True:
                db.execute("insert into fact values (%s)", [acknowledged + 1])
                acknowledged += 1

    for goal in (200, 400):
        writer = threading.Thread(target=until_cut_off, args=[write])
        writer.start()
        assert processes.wait_until(lambda goal=goal: acknowledged > goal, 60)  # noqa: B023
        kill(cluster)
        writer.join(120)
        cluster.start()
        ((stored,),) = query(cluster, "select count(*) from fact")
        # One more may be stored than was acknowledged: the answer can be lost after the commit.
        assert acknowledged <= int(str(stored)) <= acknowledged + 1
        acknowledged = int(str(stored))


def test_kill_9_with_a_backend_in_a_long_query(cluster: Cluster) -> None:
    cluster.start()
    sleeper = threading.Thread(target=until_cut_off, args=[lambda: query(cluster, "select pg_sleep(60)")])
    sleeper.start()
    busy = "select count(*) from pg_stat_activity where query like 'select pg_sleep%' and pid <> pg_backend_pid()"
    assert processes.wait_until(lambda: query(cluster, busy) == [(1,)], 40)
    kill(cluster)
    began = time.monotonic()
    cluster.start()
    assert time.monotonic() - began < 55 and serves_its_own_folder(cluster)
    sleeper.join(120)
    assert not sleeper.is_alive()


@pytest.mark.parametrize("content", ["", "12", "stranger"], ids=["empty", "half", "a stranger's pid"])
def test_a_pid_file_is_never_believed(cluster: Cluster, content: str) -> None:
    cluster.start()
    whole = (cluster.data / "postmaster.pid").read_text()
    kill(cluster)
    lines = whole.splitlines()
    lines[0] = str(os.getpid())
    (cluster.data / "postmaster.pid").write_text("\n".join(lines) if content == "stranger" else content)
    cluster.start()
    assert cluster.is_ours() and serves_its_own_folder(cluster)


def test_four_starters_at_once_make_one_server(home: Path, python) -> None:
    code = "import sys; from sanshe.runtime.embedded import Cluster; Cluster(sys.argv[1], fsync=False).start()"
    starters = [python(code, home / "pg") for _ in range(4)]
    for starter in starters:
        _, errors = starter.communicate(timeout=60)
        assert starter.returncode == 0, errors
    cluster = Cluster(home / "pg")
    assert serves_its_own_folder(cluster)
    assert len(processes.postgres_in(cluster.data)[0]) == 1
    assert not list(home.glob(".pg-new-*"))


def test_a_starter_killed_during_set_up_leaves_nothing_half_done(home: Path, python) -> None:
    code = "import sys; from sanshe.runtime.embedded import Cluster; Cluster(sys.argv[1], fsync=False).start()"
    for moment in (0.3, 0.9):
        starter = python(code, home / "pg")
        time.sleep(moment)
        starter.kill()
        starter.communicate()
    cluster = Cluster(home / "pg", fsync=False, say=lambda _: None)
    cluster.start()
    assert serves_its_own_folder(cluster)
    assert query(cluster, "select 1", roles.APP) == [(1,)]
    assert not list(home.glob(".pg-new-*"))


def test_the_copy_of_a_running_folder_gets_a_server_of_its_own(home: Path, cluster: Cluster) -> None:
    cluster.start()
    query(cluster, "create table fact (id int)")
    copied = home / "copy"
    copied.mkdir()
    for name in ("pg", "run", "pg.log"):
        # A hard-linked socket is the worst case: it still leads to the original.
        subprocess.run(["cp", "-a", home / name, copied / name], check=True)
    twin = Cluster(copied / "pg", fsync=False)
    link = twin.socket_dir / ".s.PGSQL.5432"
    link.unlink(missing_ok=True)
    os.link(cluster.socket_dir / ".s.PGSQL.5432", link)
    assert not twin.is_ours()
    twin.start()
    assert serves_its_own_folder(twin) and serves_its_own_folder(cluster)
    query(twin, "insert into fact values (1)")
    assert query(cluster, "select * from fact") == []


def test_the_last_one_out_stops_even_when_another_was_killed(cluster: Cluster, python) -> None:
    other = python(HOLD, cluster.data, 60)
    assert other.stdout.readline() == "held\n"
    with cluster.hold():
        assert cluster.is_ours()
    assert cluster.is_ours(), "the other still uses it"
    assert not Cluster(cluster.data).stop()
    with cluster.hold():
        other.kill()
        other.communicate()
    assert not cluster.is_ours()
    assert processes.postgres_in(cluster.data) == ([], [])


def test_a_kept_server_stays_when_its_users_leave(cluster: Cluster) -> None:
    cluster.start(keep=True)
    with cluster.hold(), cluster.hold():
        pass
    assert cluster.is_ours()
    assert cluster.stop() and not cluster.is_ours()


def test_a_long_path_has_a_private_short_socket(home: Path, made: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    subprocess.run(["cp", "-a", made, deep / "pg"], check=True)
    cluster = Cluster(deep / "pg", fsync=False)
    assert len(str(cluster.socket_dir)) < 60 and cluster.socket_dir == socket_dir_for(deep / "pg")
    try:
        cluster.start()
        assert serves_its_own_folder(cluster)
        assert cluster.socket_dir.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop(force=True)
        shutil.rmtree(cluster.socket_dir)


def test_a_socket_folder_of_somebody_else_is_refused(home: Path, cluster: Cluster) -> None:
    (home / "elsewhere").mkdir()
    cluster.socket_dir.parent.mkdir()
    cluster.socket_dir.symlink_to(home / "elsewhere")
    with pytest.raises(RuntimeProblem, match="不是本程序建立的"):
        cluster.start()


def test_another_major_version_is_a_sentence(cluster: Cluster) -> None:
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(RuntimeProblem, match="PostgreSQL 12"):
        cluster.start()


def test_a_folder_that_is_no_database_is_left_alone(home: Path) -> None:
    (home / "pg").mkdir()
    (home / "pg" / "letter.txt").write_text("keep me")
    with pytest.raises(RuntimeProblem, match="不是数据库"):
        Cluster(home / "pg").start()
    assert (home / "pg" / "letter.txt").read_text() == "keep me"


def test_a_stale_socket_file_of_a_stranger_is_replaced(cluster: Cluster) -> None:
    cluster.socket_dir.mkdir(parents=True)
    if os.geteuid() == 0:
        owner = cluster.data.stat()
        os.chown(cluster.socket_dir, owner.st_uid, owner.st_gid)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(cluster.socket_dir / ".s.PGSQL.5432"))
    cluster.start()
    assert serves_its_own_folder(cluster)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user run the database")
def test_as_root_a_closed_parent_is_refused_and_stays_closed(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(RuntimeProblem, match="SANSHE_VAR") as refused:
        Cluster(closed / "pg").start()
    assert str(closed) in str(refused.value)
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user run the database")
def test_as_root_programs_in_a_private_folder_are_copied_out(disk_home: Path) -> None:
    from sanshe.runtime import binaries

    private = disk_home / "private"
    private.mkdir(mode=0o700)
    install = binaries.bin_dir().parent
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(install, private / "a" / binaries.PACKAGE / install.name, symlinks=True, ignore=unneeded)
    libraries = install.parent.parent / f"{binaries.PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, private / "a" / libraries.name)
    cluster = Cluster(disk_home / "pg", fsync=False, programs=private / "a" / binaries.PACKAGE / install.name / "bin")
    cluster.start()
    assert serves_its_own_folder(cluster)
    assert private.stat().st_mode & 0o777 == 0o700
    assert len(list((disk_home / "pgbin").iterdir())) == 1
