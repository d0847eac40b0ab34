"""The process group with plain processes in place of web and worker; the real ones: test_up.py."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sanshe.runtime import processes, supervisor
from sanshe.runtime.embedded import Cluster
from sanshe.runtime.errors import RuntimeProblem

GROUP = """
import sys
from pathlib import Path
from sanshe.runtime.embedded import Cluster
from sanshe.runtime.supervisor import Part, Supervisor
home, ending = Path(sys.argv[1]), sys.argv[2]
code = f'''
import os, signal, time
if {ending!r} == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
open({str(home / "pids")!r}, "a").write(f"{{os.getpid()}}\\\\n")
if {ending!r} == "at once":
    raise SystemExit(3)
time.sleep(120)
'''
cluster = Cluster(home / "pg", fsync=False)
parts = [Part("part", "部件", [sys.executable, "-c", code], grace=1.0)]
with cluster.hold():
    Supervisor(parts, cluster, home / "log", lambda text: (home / "said").open("a").write(text)).run()
"""


class Group:
    """A supervisor in a process of its own, over one part and a cluster."""

    def __init__(self, home: Path, python: Callable[..., subprocess.Popen[str]], ending: str = "") -> None:
        self.home, self.cluster = home, Cluster(home / "pg")
        self.process = python(GROUP, home, ending)

    def pids(self) -> list[int]:
        file = self.home / "pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def said(self) -> str:
        file = self.home / "said"
        return file.read_text() if file.exists() else ""

    def stop(self, number: int) -> str:
        """Signal it, wait for its end and return all that it said."""
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.said()

    def wait_for(self, done: Callable[[], bool], seconds: float = 60) -> None:
        assert processes.wait_until(done, seconds, 0.05), self.process.poll()

    def up(self) -> int:
        self.wait_for(lambda: bool(self.pids()) and self.cluster.is_ours())
        return self.pids()[-1]


@pytest.fixture
def group(home: Path, cluster: Cluster, python: Callable[..., subprocess.Popen[str]]):
    running: list[Group] = []

    def start(ending: str = "") -> Group:
        running.append(Group(home, python, ending))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.communicate()


def test_what_dies_is_started_again_and_a_signal_stops_all(group) -> None:
    one = group()
    part = one.up()
    os.kill(part, signal.SIGKILL)
    one.wait_for(lambda: len(one.pids()) == 2)
    postmaster = processes.postgres_in(one.cluster.data)[0][0]
    os.kill(postmaster, signal.SIGKILL)
    # The new server answers before its start has returned: a signal in between would end the start unsaid.
    one.wait_for(lambda: "数据库已恢复" in one.said())
    assert one.cluster.is_ours() and processes.postgres_in(one.cluster.data)[0] != [postmaster]
    assert "部件意外停止" in one.stop(signal.SIGINT)
    assert one.process.returncode == 0
    assert not processes.is_running(one.pids()[-1])
    assert processes.postgres_in(one.cluster.data) == ([], [])


def test_a_part_that_does_not_end_is_killed_after_its_time(group) -> None:
    one = group("stubborn")
    part = one.up()
    one.stop(signal.SIGTERM)
    assert not processes.is_running(part)


def test_a_part_that_keeps_dying_is_tried_with_growing_pauses(group) -> None:
    one = group("at once")
    one.wait_for(lambda: len(one.pids()) == 3)
    said = one.stop(signal.SIGTERM)
    assert "现在重新启动" in said and "0.5 秒后重新启动" in said
    assert len(one.pids()) <= 4


def test_a_killed_supervisor_takes_its_parts_along_and_leaves_the_database(group) -> None:
    one = group()
    part = one.up()
    one.process.kill()
    one.process.communicate()
    one.wait_for(lambda: not processes.is_running(part))
    assert one.cluster.is_ours()
    with one.cluster.hold():
        pass
    assert not one.cluster.is_ours(), "the next start adopts it, and stops it when it leaves"


def test_a_taken_port_is_found_although_it_would_be_shared() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RuntimeProblem, match=f"端口 {port} 已被"):
            supervisor.require_free_port("127.0.0.1", port, patience=0)
    supervisor.require_free_port("127.0.0.1", port, patience=5)


def test_there_is_only_one_supervisor(tmp_path: Path) -> None:
    lock = tmp_path / "up.lock"
    assert supervisor.running_pid(lock) is None
    with supervisor.only_one(lock):
        assert supervisor.running_pid(lock) == os.getpid()
        with pytest.raises(RuntimeProblem, match="已经在运行"), supervisor.only_one(lock):
            pass
    assert supervisor.running_pid(lock) is None, "the number that stays in the file is not believed"
