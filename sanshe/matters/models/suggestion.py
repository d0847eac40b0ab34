"""What was suggested for the triage of a matter, and why; kept as it was shown."""

from __future__ import annotations

from django.db import models
from django.db.models import F

from ..words import Route


class Suggestion(models.Model):
    """One suggestion for one matter. It never applies itself: a triage points to it and says whether it was followed.

    `certain`: sure enough to be said (parameter suggest.sure); otherwise the page says 「拿不准」 and `criterion` is
    only the nearest. `sure`: between 0 and 1. `learned`: from decided matters, else from the words of the criteria.
    `version`: which model or which version of the criteria. `words`: the words of the text that decided. `others`:
    further criteria, [{"code", "route", "words"}], with words of the criteria.
    """

    matter = models.ForeignKey(
        "matters.Matter", models.PROTECT, related_name="suggestions", verbose_name="事项", db_index=False
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在社区", db_index=False)
    at = models.DateTimeField("时间")
    version = models.CharField("建议的来源版本", max_length=60)
    learned = models.BooleanField("由已分流的事项学得", default=False)
    certain = models.BooleanField("有把握", default=False)
    sure = models.FloatField("把握", default=0)
    route = models.CharField("分类", max_length=12, choices=Route.choices, blank=True)
    criterion = models.ForeignKey(
        "matters.Criterion", models.PROTECT, null=True, related_name="+", verbose_name="分流标准", db_index=False
    )
    unit = models.ForeignKey(
        "areas.Body", models.PROTECT, null=True, related_name="+", verbose_name="承办单位", db_index=False
    )
    subject = models.CharField("主题", max_length=20, blank=True)
    words = models.JSONField("依据的词", default=list)
    others = models.JSONField("其他可能", default=list)

    privacy = {
        "internal": "matter area at version learned certain sure route criterion unit subject others",
        "personal": "words",
    }

    class Meta:
        verbose_name = "分流建议"
        verbose_name_plural = "分流建议"
        indexes = [models.Index("matter", F("at").desc(), name="suggestion_matter")]

    def __str__(self) -> str:
        return f"{self.criterion.name}（{self.get_route_display()}）" if self.certain and self.criterion else "拿不准"

    @property
    def percent(self) -> int:
        """How sure, in per cent, never quite a hundred."""
        return min(99, round(self.sure * 100))

    @property
    def source_label(self) -> str:
        """Where it comes from, in words."""
        return "从本地已分流的事项学得" if self.learned else "按分流标准里的词"
