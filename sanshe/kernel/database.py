"""What must be true of the database after every migration: the application's role, the cache table, triggers."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connection


def after_migrate(sender: Any, **kwargs: Any) -> None:
    """Triggers of the search index and the application's rights, once a migrate run (on the last app that signals)."""
    from django.apps import apps

    from sanshe.kernel.search.keeping import install

    # Django signals only for apps that have models, so the last of those is the end of the run.
    if sender is not [config for config in apps.get_app_configs() if config.models_module][-1]:
        return
    call_command("createcachetable", verbosity=0)
    install()
    grant()


def grant() -> None:
    """The web's role reads and writes, but of the audit only SELECT and INSERT. Nothing happens without such a role.

    The guard is the database's: a session setting can not lift it (docs/adr/0006).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'sanshe_app'")
        if cursor.fetchone() is None:
            return
        cursor.execute("GRANT USAGE ON SCHEMA public TO sanshe_app")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sanshe_app")
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO sanshe_app")
        cursor.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO sanshe_app")
        for table in ("kernel_audit_entry", "kernel_audit_personal", "kernel_audit_seal"):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM sanshe_app")
        cursor.execute("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM sanshe_app")
