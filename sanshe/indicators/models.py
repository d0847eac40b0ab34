"""Indicators keep no figures: each is counted from the records when it is asked for."""

from sanshe.areas.public import Area


class FigureArea(Area):
    """An area whose figures one may read. A proxy: the rule for figures is not the rule for areas."""

    privacy = {"public": ""}

    class Meta:
        proxy = True
        verbose_name = "指标所在区域"
