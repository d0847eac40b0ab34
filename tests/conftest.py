"""Fixtures for all tests: the cluster, the clock, the emptying of tables."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("SANSHE_TEST", "1")

CN = ZoneInfo("Asia/Shanghai")


def pytest_configure(config: pytest.Config) -> None:
    """Start the tests' own database once, before xdist's workers exist; they find it by its folder."""
    config.addinivalue_line(
        "markers", "second_factor: this test is about the second factor, so nothing stands in for it"
    )
    if hasattr(config, "workerinput") or os.environ.get("DATABASE_URL"):
        return
    from sanshe.runtime.embedded import test_cluster

    config._sanshe_cluster = test_cluster(start=False)
    config._sanshe_cluster.enter()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = getattr(config, "_sanshe_cluster", None)
    if cluster is not None:
        cluster.leave()


ROOT = Path(__file__).parent


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Tests of tables and pages may use the database; what takes longest begins before the many short ones.

    pytest-django puts those that roll back first, then those that empty the tables, then those without a database;
    within that, the longest journey, the other journeys and the tests that start processes come first, so that
    both cores have work to the end.
    """
    for item in items:
        part = item.path.relative_to(ROOT).parts[0]
        if part in ("db", "web", "journeys", "golden") and not any(item.iter_markers("django_db")):
            item.add_marker(pytest.mark.django_db)
    yield
    journeys = sorted(
        (nr for nr, item in enumerate(items) if _part(item) == "journeys"),
        key=lambda nr: items[nr].path.stem != "test_thread",
    )
    if journeys:
        first, moved = min(journeys), [items[nr] for nr in journeys]
        rest = [item for item in items[first:] if _part(item) != "journeys"]
        later = [item for item in rest if _part(item) in ("house", "unit")]
        items[first:] = [*moved, *(item for item in rest if _part(item) not in ("house", "unit")), *later]


def _part(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).parts[0]


def pytest_collection_finish() -> None:
    """What stands now stays to the end: it is not looked through again for what could be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _fresh_state(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings):
    """Each test starts with an empty cache and its own folder of files."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path_factory.getbasetemp() / "files"), "base_url": None},
        },
    }
    yield


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> None:
    """Emptying tables after a `transaction=True` test must pass the audit's TRUNCATE guard, and only that."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush
    guarded = ("kernel_audit_entry", "kernel_audit_personal", "kernel_audit_seal")

    def flush(self, sql_list):  # type: ignore[no-untyped-def]
        with self.connection.cursor() as cursor:
            present = [t for t in guarded if t in self.connection.introspection.table_names(cursor)]
            for table in present:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            return plain(self, sql_list)
        finally:
            with self.connection.cursor() as cursor:
                for table in present:
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_guard")
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_guard_all")

    DatabaseOperations.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _second_factor_is_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff who are signed in by `force_login` count as having passed the second factor.

    A test of the second factor itself says `@pytest.mark.second_factor`.
    """
    if not request.node.get_closest_marker("second_factor"):
        from sanshe.accounts.middleware import StaffSessionMiddleware

        monkeypatch.setattr(StaffSessionMiddleware, "_has_factor", lambda self, request: True)


@pytest.fixture
def now() -> datetime:
    """A Wednesday at 10:00, with no holiday near."""
    return datetime(2026, 6, 10, 10, 0, tzinfo=CN)
