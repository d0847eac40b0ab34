"""Looking at processes, and tying the life of a child to its parent's."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded before any fork: loading a library between fork and exec can hang a process that has threads.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sig: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process `sig` when its parent dies, however it dies (Linux only).

    Called in the children of the supervisor and by `config/wsgi.py` for the web server's workers, which
    would otherwise go on serving after a kill -9 of their parent.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0)


def die_with(parent: int) -> Callable[[], None]:
    """A `preexec_fn` that calls `die_with_parent`, and ends at once if `parent` is gone already."""

    def prepare() -> None:
        die_with_parent()
        if os.getppid() != parent:
            os._exit(0)

    return prepare


def _state(pid: int) -> str | None:
    """The one-letter state of a process, None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def is_running(pid: int) -> bool:
    """Whether the process exists and is not a zombie that nobody has buried yet."""
    return _state(pid) not in (None, "Z", "X")


def postgres_in(data: Path) -> tuple[list[int], list[int]]:
    """The PostgreSQL processes whose working folder is `data`: (postmasters, orphaned backends).

    The working folder follows a renamed folder and cannot be reused by a stranger as a pid can. A
    postmaster is known by its -D; backends have rewritten their command line. Without /proc: none.
    """
    postmasters: list[int] = []
    others: list[int] = []
    home = os.path.realpath(data)
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        try:
            if (entry / "comm").read_text().strip() != "postgres" or os.readlink(entry / "cwd") != home:
                continue
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if is_running(pid):
            (postmasters if b"-D" in arguments else others).append(pid)
    return postmasters, others


def naming(path: Path) -> list[int]:
    """The processes that name `path` on their command line, such as the initdb of a killed starter."""
    found: list[int] = []
    wanted = os.fsencode(path)
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (entry / "cmdline").read_bytes().split(b"\0") and is_running(int(entry.name)):
                found.append(int(entry.name))
    return found


def send(pids: Iterable[int], sig: int) -> None:
    """Send a signal to processes that may be gone by now."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sig)


def wait_until(done: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    """Ask `done` until it is true or `seconds` have passed; says which."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True
