"""Where things lie on disk. Pure: looks at the file system, changes nothing."""

import hashlib
import os
import stat
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    """The folder of everything that is written at run time: `SANSHE_VAR`, else `var` in the project."""
    chosen = os.environ.get("SANSHE_VAR")
    return Path(chosen).resolve() if chosen else PROJECT / "var"


def path_digest(path: Path) -> str:
    """Ten characters that stand for a path where the path itself would be too long."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def open_to_all(path: Path) -> bool:
    """Whether any user may walk through `path` and every folder above it that exists."""
    for folder in (path, *path.parents):
        try:
            if not folder.stat().st_mode & stat.S_IXOTH:
                return False
        except FileNotFoundError:
            continue
    return True


def database_home() -> Path:
    """The folder that holds the data folders of the embedded clusters.

    Normally `var_dir()`. Root cannot run PostgreSQL itself, and the system user who does may not enter a
    private home folder; a checkout that lies in one keeps its database under /var/lib instead of having
    its parents opened.
    """
    home = var_dir()
    if os.geteuid() == 0 and "SANSHE_VAR" not in os.environ and not open_to_all(home):
        return Path("/var/lib") / f"sanshe-{path_digest(home)}"
    return home


def data_dir(test: bool = False) -> Path:
    """The data folder of an embedded cluster: `pg` for the demo and production, `pg-test` for the tests.

    The tests of other programs (`SANSHE_PG_BIN`) have a cluster of their own: versions do not mix.
    """
    other = os.environ.get("SANSHE_PG_BIN", "")
    name = f"pg-test-{path_digest(Path(other))}" if other else "pg-test"
    return database_home() / (name if test else "pg")


SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107 and PostgreSQL puts a lock file beside the socket


def socket_dir_for(data: Path, port: int = 5432) -> Path:
    """Where the socket of the cluster in `data` is or will be. Pure, so that settings can ask.

    `run/<name>` beside the data folder, or a short folder in /tmp when the socket's path would be too long.
    /tmp by name and not by TMPDIR: two processes with different environments must agree.
    """
    data = Path(os.path.realpath(data))
    near = data.parent / "run" / data.name
    if len(os.fsencode(near / f".s.PGSQL.{port}")) <= SOCKET_PATH_LIMIT:
        return near
    return Path("/tmp") / f"sanshe-{os.geteuid()}-{path_digest(data)}"
