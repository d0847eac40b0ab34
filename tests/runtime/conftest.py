"""Clusters of their own in a folder of their own: never the demo's, never the one of the other tests."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sanshe.runtime import processes
from sanshe.runtime.embedded import Cluster

PROJECT = Path(__file__).resolve().parents[2]


def _home(on_disk: bool = False) -> Path:
    """A short folder that the database's system user may enter; pytest's own is closed to it.

    In memory where there is room: these tests copy and remove some forty clusters.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    home = Path(tempfile.mkdtemp(prefix="sanshe-test-", dir=memory if roomy and not on_disk else None))
    home.chmod(0o755)
    return home


def _remove(folder: Path) -> None:
    """Stop whatever cluster is in the folder, at once and without a last checkpoint, and remove it all."""
    for version in folder.rglob("PG_VERSION"):
        if (version.parent / "global").is_dir():
            servers, orphans = processes.postgres_in(version.parent)
            processes.send([*servers, *orphans], signal.SIGQUIT)
            processes.wait_until(lambda v=version: not any(processes.postgres_in(v.parent)), 20)
    shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder, removed afterwards with all that runs in it."""
    folder = _home()
    yield folder
    _remove(folder)


@pytest.fixture
def disk_home() -> Iterator[Path]:
    """The same on disk, for programs: memory may be mounted without the right to run them."""
    folder = _home(on_disk=True)
    yield folder
    _remove(folder)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A stopped cluster that tests copy, because making one takes a second."""
    folder = _home()
    cluster = Cluster(folder / "pg", fsync=False)
    cluster.start()
    cluster.stop(force=True)
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def cluster(home: Path, made: Path) -> Cluster:
    """A cluster that has been set up and is stopped.

    Without fsync: what is killed here is processes, not machines, and these the page cache outlives.
    """
    subprocess.run(["cp", "-a", made, home / "pg"], check=True)
    return Cluster(home / "pg", fsync=False, say=lambda _: None)


@pytest.fixture
def python() -> Callable[..., subprocess.Popen[str]]:
    """Run Python code in a process of its own, with our package on its path."""

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )  # fmt: skip

    return start
