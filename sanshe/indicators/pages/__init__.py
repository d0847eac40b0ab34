"""Pages of the indicators."""

from .cockpit import cockpit, table
from .detail import detail, rows
from .items import notice
from .plans import plan, plan_step, plans, start_plan
from .reports import download, report

__all__ = [
    "cockpit",
    "detail",
    "download",
    "notice",
    "plan",
    "plan_step",
    "plans",
    "report",
    "rows",
    "start_plan",
    "table",
]
