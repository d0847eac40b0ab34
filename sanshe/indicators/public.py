"""What the web and exchange may use of indicators."""

from .access import FigureAccess, GapPlanAccess
from .actions import compute, compute_missing
from .models import FigureArea, GapPlan
from .notice import notice, numbers, unheld
from .queries import figure_area, figures, get_indicator, report, rows_behind, rows_of, trend
from .registry import indicators

__all__ = [
    "FigureAccess",
    "FigureArea",
    "GapPlan",
    "GapPlanAccess",
    "compute",
    "compute_missing",
    "figure_area",
    "figures",
    "get_indicator",
    "indicators",
    "notice",
    "numbers",
    "report",
    "rows_behind",
    "rows_of",
    "trend",
    "unheld",
]
