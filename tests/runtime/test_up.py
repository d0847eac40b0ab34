"""`sanshe up` itself: web, worker and database are killed one after the other, and all come back."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sanshe.runtime import processes, roles
from sanshe.runtime.embedded import Cluster
from sanshe.runtime.paths import PROJECT

pytestmark = pytest.mark.xdist_group("up")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def children(parent: int, word: str) -> list[int]:
    """The running children of a process with `word` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and word in (entry / "cmdline").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if processes.is_running(pid)]


class Up:
    """A running `sanshe up` with its own folder and port."""

    def __init__(self, home: Path) -> None:
        self.data = home / "pg"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        left_out = ("DATABASE_URL", "DATABASE_OWNER_URL", "SANSHE_TEST", "SANSHE_ROLE", "DJANGO_SETTINGS_MODULE")
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in left_out},
            "SANSHE_VAR": str(home),
            "SANSHE_PORT": str(self.port),
        }
        self.log = home / "up.txt"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sanshe.runtime.cli", "up"],
            cwd=PROJECT, env=self.environment, stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip

    def healthy(self) -> bool:
        try:
            with DIRECT.open(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_for(self, done: Callable[[], bool], seconds: float) -> None:
        assert processes.wait_until(lambda: done() or self.process.poll() is not None, seconds, 0.2), self.said()
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def web(self) -> list[int]:
        return children(self.process.pid, "granian")

    def worker(self) -> list[int]:
        return children(self.process.pid, "procrastinate")


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    running = Up(home)
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        try:
            running.process.wait(30)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()


def rights_on_the_audit(data: Path) -> set[str]:
    """What web and worker may do to the audit's tables, as the database itself says."""
    with psycopg.connect(Cluster(data).dsn(roles.APP)) as db:
        found = db.execute(
            "SELECT right_name FROM pg_tables, unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE'])"
            " AS right_name WHERE tablename ~ %s"
            " AND has_table_privilege(format('%%I.%%I', schemaname, tablename), right_name)",
            [roles.AUDIT_TABLES],
        )
        return {name for (name,) in found}


def test_what_is_killed_comes_back_and_ctrl_c_ends_all(up: Up, home: Path) -> None:
    up.wait_for(lambda: "已启动" in up.said(), 180)
    assert up.healthy()
    assert rights_on_the_audit(up.data) == {"SELECT", "INSERT"}

    (web,) = up.web()
    serving = children(web, "")
    os.kill(web, signal.SIGKILL)
    up.wait_for(lambda: up.web() not in ([], [web]) and up.healthy(), 120)
    assert not any(processes.is_running(pid) for pid in serving), "old code must not go on answering"

    (web,) = up.web()
    up.wait_for(lambda: len(children(web, "")) >= 2, 120)
    os.kill(children(web, "")[0], signal.SIGKILL)
    up.wait_for(up.healthy, 120)

    up.wait_for(lambda: len(up.worker()) == 1, 120)
    (worker,) = up.worker()
    os.kill(worker, signal.SIGKILL)
    up.wait_for(lambda: up.worker() not in ([], [worker]), 120)

    (postmaster,), _ = processes.postgres_in(up.data)
    os.kill(postmaster, signal.SIGKILL)
    up.wait_for(lambda: "数据库已恢复" in up.said() and up.healthy(), 120)
    for _ in range(10):
        assert up.healthy()

    second = subprocess.run(
        [sys.executable, "-m", "sanshe.runtime.cli", "up"],
        cwd=PROJECT, env=up.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert second.returncode == 1 and "已经在运行" in second.stderr

    everything = [*up.web(), *up.worker(), *children(up.web()[0], "")]
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(120) == 0, up.said()
    assert not any(processes.is_running(pid) for pid in everything)
    assert processes.postgres_in(up.data) == ([], [])
    assert "已全部停止" in up.said()
