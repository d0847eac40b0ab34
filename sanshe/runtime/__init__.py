"""The process group: embedded PostgreSQL, web, worker, and the supervisor that keeps them running.

Knows nothing of the modules above it, and nothing of Django outside `cli.py`: `config/settings.py` asks
`dsn.py` where the database is, and nothing in this package starts a process when it is imported.

Words: a *cluster* is one PostgreSQL data folder with its server; a *holder* is a process that uses a cluster
and keeps it from being stopped.
"""
