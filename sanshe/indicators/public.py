"""What the web and exchange may use of indicators."""

from .access import FigureAccess
from .models import FigureArea
from .queries import figure_area, figures, get_indicator, rows_behind, trend
from .registry import indicators

__all__ = [
    "FigureAccess",
    "FigureArea",
    "figure_area",
    "figures",
    "get_indicator",
    "indicators",
    "rows_behind",
    "trend",
]
