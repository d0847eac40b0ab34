"""Where the database is: what `config/settings.py` asks for. Computes; starts nothing."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import make_conninfo

from sanshe.runtime import roles
from sanshe.runtime.errors import RuntimeProblem
from sanshe.runtime.paths import data_dir, socket_dir_for

PORT = 5432
POOL = {"min_size": 1, "max_size": 4, "timeout": 5}  # seconds; measured: 400 requests/s against 156 without


def external_url(role: str) -> str:
    """The URL of an outside database for a role ("app" or "owner"), empty when it is the embedded one."""
    app = os.environ.get("DATABASE_URL", "")
    return os.environ.get("DATABASE_OWNER_URL", "") or app if role == "owner" else app


def is_embedded() -> bool:
    """Whether the database is the embedded one, which our commands start and stop by themselves."""
    return not external_url("app")


def is_test() -> bool:
    """Whether this process works on the cluster of the tests."""
    return os.environ.get("SANSHE_TEST", "") not in ("", "0")


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise RuntimeProblem("DATABASE_URL 应写成 postgresql://用户:密码@主机:端口/库名 的样子，且只支持 PostgreSQL。")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    try:
        port = parts.port or options.pop("port", "")
    except ValueError:
        raise RuntimeProblem("DATABASE_URL 里的端口应是 1 到 65535 之间的数字。") from None
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": options,
    }


def database_settings(role: str = "app", test: bool | None = None) -> dict[str, Any]:
    """Django's settings of the database for a role: "app" (web, worker) or "owner" (migrations, tests).

    `test` takes the cluster of the tests instead of the demo's; by default SANSHE_TEST says which. The pool
    is for the server only: the supervisor sets SANSHE_POOL in the web's environment.
    Raises RuntimeProblem for a URL it cannot read.
    """
    test = is_test() if test is None else test
    url = external_url(role)
    if url:
        found = _from_url(url)
    else:
        data = data_dir(test)
        found = {
            "NAME": roles.DATABASE,
            "USER": roles.OWNER if role == "owner" else roles.APP,
            "PASSWORD": "",
            "HOST": str(socket_dir_for(data, PORT)),
            "PORT": str(PORT),
            "OPTIONS": {},
        }
    options: dict[str, Any] = {"connect_timeout": 5, **found["OPTIONS"]}
    if os.environ.get("SANSHE_POOL") == "1" and not test:
        options["pool"] = dict(POOL)
    return {
        **found,
        "ENGINE": "django.db.backends.postgresql",
        # Without it 8 of 40 requests failed after a restart of the database; with it 2.
        "CONN_HEALTH_CHECKS": True,
        # A pool and connections kept by Django exclude each other.
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def conninfo(role: str = "owner", test: bool | None = None) -> str:
    """The same database as a connection string for psycopg and psql."""
    s = database_settings(role, test)
    options = {k: v for k, v in s["OPTIONS"].items() if k != "pool"}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    fields = {ours: s[theirs] for ours, theirs in names.items()}
    return make_conninfo(**{k: v for k, v in fields.items() if v}, **options)


def secret_key(var: Path) -> str:
    """The secret of this installation, made at the first start and kept in `var/secret_key` (mode 0600)."""
    path = Path(var) / "secret_key"
    while not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".secret_key-{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whole or not at all, and the first of several processes wins
        fresh.unlink()
    return path.read_text().strip()
