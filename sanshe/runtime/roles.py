"""The roles of the database and what each may do.

- the superuser sets up and nothing else;
- the owner owns the database and its tables, runs migrations, may create databases for tests;
- the app role is what web and worker connect as: it may read and write rows, and of the audit tables only
  read and insert. It can neither change a table nor switch a trigger off.
"""

import psycopg
from psycopg import sql

SUPERUSER = "sanshe_superuser"
OWNER = "sanshe_owner"
APP = "sanshe_app"
DATABASE = "sanshe"
AUDIT_TABLES = "^kernel_audit(_|$)"  # a regular expression of PostgreSQL
SEEN_ONLY = "^django_migrations$"


def ensure_roles(dsn: str, template_dsn: str) -> None:
    """Make the roles and the database of an embedded cluster where they are missing. Safe to repeat.

    Both DSNs are the superuser's: of `postgres`, and of `template1`, whose default privileges every
    database made later (those of the tests too) starts with.
    """
    with psycopg.connect(dsn, autocommit=True) as db:
        done = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if done:
            return
        have = {name for (name,) in db.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in have:
            db.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
        if APP not in have:
            db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP)))
        # The owner can do more anyway; membership lets a test step down to the app role.
        db.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))
        with psycopg.connect(template_dsn, autocommit=True) as template:
            _default_privileges(template, OWNER, APP)
        # Last, because its presence says that all is done. No other database may be connected to template1.
        db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _default_privileges(db: psycopg.Connection, owner: str, app: str) -> None:
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(app)}
    for what in (
        "SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "USAGE, SELECT ON SEQUENCES",
    ):
        db.execute(sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT " + what + " TO {app}").format(**names))


def grant_app(dsn: str, app: str = APP) -> bool:
    """Give the app role its rights on all that is there now; called after every migration.

    `dsn` is the owner's. Tables matching `AUDIT_TABLES` are only read and added to; a table whose rows the
    app must lock or change (the head of the seal) therefore needs another name. Nothing is granted, and
    False returned, when the role is missing or is the owner itself: then the database does not guard the
    audit by rights, only by its triggers.
    """
    with psycopg.connect(dsn) as db:
        me = db.execute("SELECT current_user").fetchone()
        known = db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app]).fetchone()
        if not known or me == (app,):
            return False
        role = sql.Identifier(app)
        db.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        tables = db.execute(
            "SELECT tablename, tablename ~ %s, tablename ~ %s FROM pg_tables"
            " WHERE schemaname = 'public' AND tableowner = current_user",
            [AUDIT_TABLES, SEEN_ONLY],
        ).fetchall()
        for name, audit, seen_only in tables:
            table = sql.Identifier("public", name)
            rights = "SELECT, INSERT" if audit else "SELECT, INSERT, UPDATE, DELETE"
            rights = "SELECT" if seen_only else rights
            db.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
            db.execute(sql.SQL("GRANT " + rights + " ON {} TO {}").format(table, role))
        db.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        _default_privileges(db, me[0] if me else OWNER, app)
    return True
