"""The embedded PostgreSQL: started, found, held and stopped without ever trusting a pid.

A server is ours when it answers on our socket and says it serves our data folder. Start and stop happen
under one exclusive file lock; every user of the server holds a second, shared lock, and whoever leaves as
the last stops it. The kernel frees the locks of the killed, so no crash leaves a wrong count behind.
Decision and measurements: docs/adr/0001-embedded-postgresql.md.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from sanshe.runtime import binaries, dsn, processes, roles
from sanshe.runtime.errors import RuntimeProblem
from sanshe.runtime.paths import data_dir, socket_dir_for

__all__ = ["Cluster", "RuntimeProblem", "current_cluster", "main_cluster", "socket_dir_for", "test_cluster"]

WAIT_FOR_OTHERS = 60  # seconds for a server that is still shutting down or recovering
WAIT_FOR_START = 600  # seconds; crash recovery after much writing takes its time
LOG_LIMIT = 10_000_000  # bytes; beyond it the log is set aside at the next start

# Children of this process, so that a server which died is buried when we look at it.
_started: list[subprocess.Popen[bytes]] = []


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


class Cluster:
    """One data folder and its server.

    `run_dir` is the folder of the socket, by default `socket_dir_for(data_dir)`; `fsync=False` is for
    tests only. `say` receives the sentences for waits that a person would notice.
    """

    def __init__(
        self,
        data_dir: Path | str,
        run_dir: Path | str | None = None,
        port: int = 5432,
        fsync: bool = True,
        programs: Path | None = None,
        say: Callable[[str], None] = _tell,
    ) -> None:
        self.data = Path(os.path.realpath(data_dir))
        self.socket_dir = Path(run_dir) if run_dir else socket_dir_for(self.data, port)
        self.port = port
        self.fsync = fsync
        self.log = self.data.with_name(f"{self.data.name}.log")
        self._keep = self.data.with_name(f"{self.data.name}.keep")
        self._programs = programs
        self._say = say
        self._holds = 0
        self._users: int | None = None

    # -- asking -----------------------------------------------------------------------------------------

    def dsn(self, user: str = roles.OWNER, dbname: str = roles.DATABASE) -> str:
        """The connection string of a user and a database of this cluster."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, user=user, dbname=dbname, connect_timeout=5)

    def _answer(self) -> str:
        """ "ours", "another's", "busy" (it runs, but takes no connections yet) or "nobody"."""
        try:
            with psycopg.connect(self.dsn(roles.SUPERUSER, "postgres"), autocommit=True) as db:
                row = db.execute("show data_directory").fetchone()
        except psycopg.OperationalError as problem:
            return "busy" if "the database system is" in str(problem) else "nobody"
        return "ours" if row and os.path.realpath(row[0]) == str(self.data) else "another's"

    def is_ours(self) -> bool:
        """Whether a server answers on our socket that serves our data folder."""
        return self._answer() == "ours"

    # -- locks ------------------------------------------------------------------------------------------

    def _open_lock(self, kind: str) -> int:
        path = self.data.with_name(f"{self.data.name}.{kind}.lock")
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise RuntimeProblem(f"文件 {path} 打不开（{problem.strerror}），请用建立它的用户来运行。") from problem

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of starting and stopping."""
        lock = self._open_lock("start")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextlib.contextmanager
    def hold(self) -> Iterator["Cluster"]:
        """Use the server: start it if needed, keep it from being stopped, stop it if we are the last."""
        self.enter()
        try:
            yield self
        finally:
            self.leave()

    def enter(self) -> None:
        """The first half of `hold`, for a process whose use has no block."""
        with self._alone():
            if not self._holds:
                self._users = self._open_lock("users")
                # Taken exclusively only under the start lock, which we have: this never waits.
                fcntl.flock(self._users, fcntl.LOCK_SH)
            self._holds += 1
            try:
                self._ensure()
            except BaseException:
                self._let_go()
                raise

    def leave(self) -> None:
        """The second half of `hold`."""
        with self._alone():
            self._let_go()
            if not self._holds and not self._keep.exists() and self._nobody_holds():
                self._halt()

    def _let_go(self) -> None:
        self._holds -= 1
        if not self._holds and self._users is not None:
            os.close(self._users)
            self._users = None

    def _nobody_holds(self) -> bool:
        users = self._open_lock("users")
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(users)
        return True

    # -- starting ---------------------------------------------------------------------------------------

    def start(self, keep: bool = False) -> None:
        """Start the server unless it runs. With `keep` it also stays when its last holder leaves.

        Raises RuntimeProblem with a sentence when it cannot run here.
        """
        with self._alone():
            if keep:
                self._keep.touch()
            self._ensure()

    def _ensure(self) -> None:
        _started[:] = [child for child in _started if child.poll() is None]
        if not self.is_ours():
            who = binaries.run_as(self.data)
            self._clear(who)
            if self.is_ours():  # the server we waited for came up
                return
            programs = binaries.readable_bin_dir(self._programs or binaries.bin_dir(), who, self.data.parent)
            who.must_enter(self.data.parent)
            self._create(who, programs)
            self._launch(who, programs)
        roles.ensure_roles(self.dsn(roles.SUPERUSER, "postgres"), self.dsn(roles.SUPERUSER, "template1"))

    def _clear(self, who: binaries.RunAs) -> None:
        """Make way for a start: wait for a living server, end orphans, remove what the dead left."""
        told = False
        end = time.monotonic() + WAIT_FOR_OTHERS
        while True:
            postmasters, orphans = processes.postgres_in(self.data)
            if not postmasters or self._answer() == "ours":
                break
            if time.monotonic() > end:
                raise RuntimeProblem(f"数据库文件夹 {self.data} 还被进程 {postmasters[0]} 占用，请先停止它再试。")
            if not told and time.monotonic() > end - WAIT_FOR_OTHERS + 1:
                told = True
                self._say(f"上一次的数据库还在收尾或恢复，最多等 {WAIT_FOR_OTHERS} 秒……")
            time.sleep(0.05)
        if postmasters:
            return
        if orphans:
            processes.send(orphans, signal.SIGQUIT)
            if not processes.wait_until(lambda: not any(processes.postgres_in(self.data)), 10):
                processes.send(processes.postgres_in(self.data)[1], signal.SIGKILL)
                processes.wait_until(lambda: not any(processes.postgres_in(self.data)), 10)
        self._prepare_socket_dir(who)
        socket = self.socket_dir / f".s.PGSQL.{self.port}"
        for stale in (self.data / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            stale.unlink(missing_ok=True)

    def _prepare_socket_dir(self, who: binaries.RunAs) -> None:
        folder = self.socket_dir
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        trusted = {os.geteuid(), who.uid if who.uid is not None else os.geteuid()}
        # In /tmp anybody can make a folder of that name first, and read along.
        if folder.is_symlink() or not folder.is_dir() or found.st_uid not in trusted:
            raise RuntimeProblem(f"文件夹 {folder} 不是本程序建立的，为安全起见数据库不在其中运行，请先移走它。")
        os.chmod(folder, 0o700)
        who.own(folder)
        who.must_enter(folder)

    def _create(self, who: binaries.RunAs, programs: Path) -> None:
        """initdb into a fresh folder beside `data`, then rename: `data` is whole or not there."""
        version = self.data / "PG_VERSION"
        if version.exists():
            have, can = version.read_text().strip(), binaries.major_version(programs)
            if have != can:
                raise RuntimeProblem(
                    f"数据库文件夹 {self.data} 是 PostgreSQL {have} 的，现在的程序是 {can} 版；"
                    f"请先用 {have} 版导出数据，再导入新建的数据库。"
                )
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise RuntimeProblem(f"文件夹 {self.data} 里不是数据库，请先移走其中的文件。")
        prefix = f".{self.data.name}-new-"
        for abandoned in self.data.parent.glob(f"{prefix}*"):
            _remove(abandoned)
        fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=self.data.parent))
        who.own(fresh)
        command: list[str | Path] = [
            programs / "initdb", "-D", fresh, "-U", roles.SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=reject", *([] if self.fsync else ["--no-sync"]),
        ]  # fmt: skip
        made = subprocess.run(
            command, check=False, capture_output=True, text=True, errors="replace", cwd="/",
            env=_environment(), umask=0o077, **who.popen,
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise RuntimeProblem(f"数据库没有建成：{_last_line(made.stderr)}")
        if self.data.exists():
            self.data.rmdir()
        fresh.rename(self.data)

    def _settings(self) -> dict[str, str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        buffers = max(32, min(2048 if self.fsync else 128, memory // 8))
        chosen = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "shared_buffers": f"{buffers}MB",
            "work_mem": "32MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "jit": "off",
            # An open writing transaction holds back the seal of the audit for everybody.
            "idle_in_transaction_session_timeout": "10min",
            "log_line_prefix": "%m [%p] ",
        }
        if not self.fsync:
            # Commits still wait for their write, so that a killed process loses no more than in production.
            chosen |= {"fsync": "off", "full_page_writes": "off"}
        return chosen

    def _launch(self, who: binaries.RunAs, programs: Path) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        command: list[str | Path] = [programs / "postgres", "-D", self.data, "-p", str(self.port)]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            before = log.tell()
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_environment(),
                umask=0o077, start_new_session=True, **who.popen,
            )  # fmt: skip
        _started.append(child)
        began, told = time.monotonic(), False
        while self._answer() != "ours":
            if child.poll() is not None:
                tail = self.log.read_bytes()[before:].decode(errors="replace")
                raise RuntimeProblem(f"数据库没有启动成功（详见 {self.log}）：{_last_line(tail)}")
            waited = time.monotonic() - began
            if waited > WAIT_FOR_START:
                raise RuntimeProblem(
                    f"数据库 {WAIT_FOR_START} 秒内没有准备好，它还在恢复，请稍后再试；记录在 {self.log}。"
                )
            if not told and waited > 2:
                told = True
                self._say("数据库正在从上次的中断中恢复，请稍候……")
            time.sleep(0.02)

    # -- stopping ---------------------------------------------------------------------------------------

    def stop(self, force: bool = False) -> bool:
        """Stop the server unless somebody else holds it; with `force` even then. Says whether it is off."""
        with self._alone():
            self._keep.unlink(missing_ok=True)
            if not force and not self._holds and not self._nobody_holds():
                return False
            self._halt()
            return True

    def _halt(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything acknowledged is on disk."""
        for sig, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 20), (signal.SIGKILL, 10)):
            processes.send(processes.postgres_in(self.data)[0], sig)
            if processes.wait_until(lambda: not any(processes.postgres_in(self.data)), seconds):
                break
        _started[:] = [child for child in _started if child.poll() is None]


def _environment() -> dict[str, str]:
    """A small environment of its own: PGDATA, PGPORT and the like of our user must not leak in."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _remove(folder: Path) -> None:
    """Remove the half-made folder of a killed starter, whose initdb may still be writing into it."""

    def gone() -> bool:
        writers = [*processes.naming(folder), *processes.postgres_in(folder)[1], *processes.postgres_in(folder)[0]]
        processes.send(writers, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        return not writers and not folder.exists()

    processes.wait_until(gone, 10)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (wrong or lines or ["没有更多说明"])[-1]


def main_cluster() -> Cluster:
    """The cluster of the demo and of production on this machine."""
    return Cluster(data_dir())


def current_cluster() -> Cluster | None:
    """The embedded cluster the settings point to in this process, None for an outside database."""
    if not dsn.is_embedded():
        return None
    return test_cluster(start=False) if dsn.is_test() else main_cluster()


def test_cluster(start: bool = True) -> Cluster:
    """The cluster of the tests: its own folder, no fsync, never the demo's. Started unless told not to."""
    cluster = Cluster(data_dir(test=True), fsync=False)
    if start:
        cluster.start()
    return cluster


def main(arguments: list[str]) -> int:
    """`python -m sanshe.runtime.embedded start-test|stop-test|status-test`."""
    cluster = test_cluster(start=False)
    try:
        if arguments == ["start-test"]:
            cluster.start(keep=True)
        elif arguments == ["stop-test"]:
            if not cluster.stop():
                raise RuntimeProblem("测试数据库还在被使用，没有停止。")
            return 0
        elif arguments == ["status-test"]:
            return 0 if cluster.is_ours() else 1
        else:
            raise RuntimeProblem("请写 start-test、stop-test 或 status-test。")
    except RuntimeProblem as problem:
        _tell(str(problem))
        return 1
    print(cluster.dsn())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
