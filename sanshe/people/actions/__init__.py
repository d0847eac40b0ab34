"""Verbs of the person index; only these write."""

from .findings import mask_findings, put_back, scan, settle
from .households import add_member, end_member, unmask_household
from .index import (
    Duplicate,
    change_person,
    find_or_make,
    link_account,
    log_read,
    make_person,
    open_file,
    unmask,
)
from .merging import merge, not_the_same, split
from .retention import anonymise, why_not_erased
from .rights import ask, deliver_copy, grant, refuse, withdraw
from .rules import run_retention

__all__ = [
    "Duplicate",
    "add_member",
    "anonymise",
    "ask",
    "change_person",
    "deliver_copy",
    "end_member",
    "find_or_make",
    "grant",
    "link_account",
    "log_read",
    "make_person",
    "mask_findings",
    "merge",
    "not_the_same",
    "open_file",
    "put_back",
    "refuse",
    "run_retention",
    "scan",
    "settle",
    "split",
    "unmask",
    "unmask_household",
    "why_not_erased",
    "withdraw",
]
