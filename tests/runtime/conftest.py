"""Clusters of their own in a folder of their own: never the demo's, never the one of the other tests."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sanshe.runtime.embedded import Cluster

PROJECT = Path(__file__).resolve().parents[2]


def _home() -> Path:
    """A short folder that the database's system user may enter; pytest's own is closed to it."""
    home = Path(tempfile.mkdtemp(prefix="sanshe-test-"))
    home.chmod(0o755)
    return home


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder; whatever cluster is in it afterwards is stopped and removed."""
    folder = _home()
    yield folder
    for version in folder.rglob("PG_VERSION"):
        if (version.parent / "global").is_dir():
            Cluster(version.parent, say=lambda _: None).stop(force=True)
    shutil.rmtree(folder)


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
    """A cluster that has been set up and is stopped."""
    subprocess.run(["cp", "-a", made, home / "pg"], check=True)
    return Cluster(home / "pg", say=lambda _: None)


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
