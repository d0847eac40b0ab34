"""Where the database is, from the environment alone."""

from pathlib import Path

import pytest

from sanshe.runtime import dsn, paths
from sanshe.runtime.errors import RuntimeProblem


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SANSHE_POOL", "SANSHE_TEST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SANSHE_VAR", str(tmp_path))


def test_the_embedded_socket_is_computed_and_nothing_is_made(tmp_path: Path) -> None:
    app, owner = dsn.database_settings("app"), dsn.database_settings("owner")
    assert app["USER"] != owner["USER"] and app["HOST"] == owner["HOST"]
    assert app["HOST"] == str(paths.socket_dir_for(tmp_path / "pg"))
    assert dsn.database_settings("owner", test=True)["HOST"] != owner["HOST"]
    assert list(tmp_path.iterdir()) == []


def test_the_tests_never_see_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = dsn.database_settings()["HOST"]
    monkeypatch.setenv("SANSHE_TEST", "1")
    assert dsn.database_settings()["HOST"] != demo


def test_the_pool_is_for_the_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pool" not in dsn.database_settings()["OPTIONS"]
    monkeypatch.setenv("SANSHE_POOL", "1")
    settings = dsn.database_settings()
    assert settings["OPTIONS"]["pool"]["max_size"] == 4 and settings["CONN_MAX_AGE"] == 0
    assert "pool=" not in dsn.conninfo()


def test_an_outside_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:p%40ss@db.example:5433/shequ?sslmode=require")
    settings = dsn.database_settings("owner")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "shequ")
    assert (settings["USER"], settings["PASSWORD"], settings["OPTIONS"]["sslmode"]) == ("app", "p@ss", "require")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db.example/shequ")
    assert dsn.database_settings("owner")["USER"] == "owner"
    assert dsn.database_settings("app")["USER"] == "app"
    assert not dsn.is_embedded()


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "postgresql://h:port/x", "nonsense"])
def test_a_bad_url_is_a_sentence(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(RuntimeProblem, match="DATABASE_URL"):
        dsn.database_settings()


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = dsn.secret_key(tmp_path / "new")
    assert len(first) > 50 and dsn.secret_key(tmp_path / "new") == first
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
