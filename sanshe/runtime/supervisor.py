"""Keeps the process group alive: database, web, worker.

What dies is started again, with a pause that grows while it keeps dying. Ctrl-C or SIGTERM stops all of it
within seconds. If the supervisor itself is killed, the kernel ends web and worker (PR_SET_PDEATHSIG); the
database stays and is adopted by the next start.
"""

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from sanshe.runtime.embedded import LOG_LIMIT, Cluster
from sanshe.runtime.errors import RuntimeProblem
from sanshe.runtime.paths import PROJECT
from sanshe.runtime.processes import die_with, die_with_parent, wait_until

__all__ = [
    "Part",
    "Supervisor",
    "die_with_parent",
    "only_one",
    "require_free_port",
    "running_pid",
    "standard_parts",
]

TICK = 0.1  # seconds between two looks at the children
DATABASE_TICK = 1.0  # seconds between two looks at the database
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the n-th start in a row
SETTLED = 30.0  # seconds after which a part that dies counts as having worked
STARTED_WITHIN = 60.0  # seconds for the web to answer its first request


@dataclass
class Part:
    """One kept process. `grace` is how many seconds it gets to end by itself when all is stopped."""

    key: str
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    grace: float = 10.0
    child: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    next_start: float = 0.0


def standard_parts(host: str, port: int, workers: int = 2) -> list[Part]:
    """Web and worker as they run in the demo and in production."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws",
        "--workers-kill-timeout", "5", "--log-level", "warning", "config.wsgi:application",
    ]  # fmt: skip
    worker = [
        sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2",
        "--shutdown-graceful-timeout", "5",
    ]  # fmt: skip
    return [
        Part("web", "网页服务", web, {"SANSHE_POOL": "1", "SANSHE_PORT": str(port)}, grace=8.0),
        Part("worker", "后台任务", worker, grace=8.0),
    ]


def require_free_port(host: str, port: int, patience: float = 5.0) -> None:
    """Raise RuntimeProblem when somebody listens on the port.

    Without this a second web server would start silently beside the first, since it shares its port
    (SO_REUSEPORT), and old and new code would answer in turn. `patience` (seconds) covers a server that is
    just going away after its supervisor was killed.
    """
    end = time.monotonic() + patience
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as problem:
                if problem.errno == errno.EACCES:
                    raise RuntimeProblem(
                        f"没有权限使用端口 {port}，请用环境变量 SANSHE_PORT 换一个 1024 以上的。"
                    ) from None
                if problem.errno == errno.EADDRNOTAVAIL:
                    raise RuntimeProblem(f"本机没有 {host} 这个地址，请检查环境变量 SANSHE_BIND。") from None
                if time.monotonic() > end:
                    raise RuntimeProblem(
                        f"端口 {port} 已被其他程序占用，请先停止它，或用环境变量 SANSHE_PORT 换一个端口。"
                    ) from None
        time.sleep(0.2)


def running_pid(lock_file: Path) -> int | None:
    """The pid of the supervisor that holds the lock file, None when none runs.

    The number in the file is believed only while the kernel says that its writer still holds the lock.
    """
    try:
        lock = os.open(lock_file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(lock, 20).strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(lock)
    return None


@contextlib.contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Hold the lock of the one supervisor of this installation. Raises RuntimeProblem when there is one."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeProblem("本平台已经在运行；要重新启动，请先运行 sanshe stop。") from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


class Supervisor:
    """Runs the parts until told to stop. `cluster` is None when the database is an outside one."""

    def __init__(self, parts: list[Part], cluster: Cluster | None, logs: Path, say: Callable[[str], None]) -> None:
        self.parts = parts
        self.cluster = cluster
        self.logs = logs
        self.say = say
        self._stopping = False
        self._may_interrupt = False
        self._database_failures = 0
        self._next_look = 0.0

    def run(self, address: str = "", ready: Callable[[], None] = lambda: None) -> None:
        """Start all, keep it up, return after a signal when all has ended.

        `ready` is called once, when `address` answers. The caller holds the cluster.
        """
        stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in stops}
        self.logs.mkdir(parents=True, exist_ok=True)
        waiting = bool(address)
        asked_until = time.monotonic() + STARTED_WITHIN
        try:
            while not self._stopping:
                self._look_at_database()
                for part in self.parts:
                    self._look_at(part)
                if waiting and _answers(address):
                    waiting = False
                    ready()
                elif waiting and time.monotonic() > asked_until:
                    asked_until = float("inf")
                    self.say(f"网页服务还没有应答，仍在尝试；原因见 {self.logs} 里的记录。")
                time.sleep(TICK)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        if self._may_interrupt:
            raise KeyboardInterrupt

    # -- the parts --------------------------------------------------------------------------------------

    def _look_at(self, part: Part) -> None:
        now = time.monotonic()
        if part.child is not None:
            if part.child.poll() is None:
                return
            # A killed main leaves its own children: the new one must not share the port with them.
            _signal_group(part.child, signal.SIGKILL)
            part.child = None
            part.failures = 1 if now - part.started > SETTLED else part.failures + 1
            pause = PAUSES[min(part.failures - 1, len(PAUSES) - 1)]
            part.next_start = now + pause
            later = f"{pause:g} 秒后" if pause else "现在"
            self.say(f"{part.name}意外停止，{later}重新启动（记录在 {self.logs / part.key}.log）。")
        if now >= part.next_start:
            self._start(part)

    def _start(self, part: Part) -> None:
        path = self.logs / f"{part.key}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
        with open(path, "ab") as log:
            part.child = subprocess.Popen(
                part.command,
                cwd=PROJECT,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **part.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the rest in order
                preexec_fn=die_with(os.getpid()),  # the supervisor has one thread: safe
            )
        part.started = time.monotonic()

    def _stop_all(self) -> None:
        running = [p for p in self.parts if p.child is not None and p.child.poll() is None]
        for part in running:
            if part.child is not None:
                part.child.send_signal(signal.SIGTERM)
        began = time.monotonic()
        for part in running:
            child = part.child
            if child is None:
                continue
            left = max(0.0, part.grace - (time.monotonic() - began))
            # A job in a thread cannot be stopped from outside; it is done again after the next start.
            wait_until(lambda child=child: child.poll() is not None, left)  # type: ignore[misc]
            _signal_group(child, signal.SIGKILL)
            child.wait()
            part.child = None

    # -- the database -----------------------------------------------------------------------------------

    def _look_at_database(self) -> None:
        if self.cluster is None or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + DATABASE_TICK
        if self.cluster.is_ours():
            self._database_failures = 0
            return
        try:
            self._may_interrupt = True  # a recovery may take minutes, and Ctrl-C must not wait for it
            if self._stopping:
                return
            self.say("数据库意外停止，正在重新启动……")
            self.cluster.start()
            self.say("数据库已恢复。")
        except KeyboardInterrupt:
            return
        except RuntimeProblem as problem:
            self._database_failures += 1
            pause = PAUSES[min(self._database_failures + 1, len(PAUSES) - 1)]
            self._next_look = time.monotonic() + pause
            self.say(f"{problem}（{pause:g} 秒后再试）")
        finally:
            self._may_interrupt = False


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    """Signal all that is left of a child's process group, which has the child's number."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


# Past any proxy that the environment names: this is our own machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(address: str) -> bool:
    """Whether a web server answers at all; an error page is an answer."""
    try:
        with _direct.open(address, timeout=2):
            return True
    except urllib.error.HTTPError as problem:
        return problem.code < 500
    except OSError:
        return False
