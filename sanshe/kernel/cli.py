"""The kernel's commands of `sanshe`."""

from __future__ import annotations

import click

from sanshe.kernel.audit_cli import audit
from sanshe.kernel.keys_cli import keys
from sanshe.kernel.register.sheets.cli import registers
from sanshe.kernel.search.cli import search

commands: list[click.Command] = [audit, keys, registers, search]
