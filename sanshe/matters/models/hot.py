"""Hot topics: matters about the same thing in the same place, and which matters belong to each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse


class HotTopic(models.Model):
    """A topic as it stands now. Formed anew every night, in between new matters join it.

    `area`: the community of its matters, or the street when they lie in several. `run`: the night that formed it; its
    matters are those of the same run. `over_at`: when a night found it no more. `order`: the oversight order that was
    issued for all of it. The name is made from residents' own words, so it is shown to those who see the matters.
    """

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="所在区域", db_index=False)
    name = models.CharField("热点", max_length=60)
    words = models.JSONField("用词", default=list)
    people = models.PositiveIntegerField("人数")
    messages = models.PositiveIntegerField("件数")
    days = models.PositiveIntegerField("有人反映的天数")
    rise = models.PositiveIntegerField("近期增加的人数", default=0)
    heat = models.FloatField("热度")
    first_at = models.DateTimeField("最早反映")
    last_at = models.DateTimeField("最近反映")
    run = models.PositiveIntegerField("归并批次", default=0)
    formed_at = models.DateTimeField("归并时间")
    over_at = models.DateTimeField("平息时间", null=True, blank=True)
    order = models.ForeignKey(
        "matters.OversightOrder", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整组督办",
        db_index=False,
    )  # fmt: skip

    privacy = {
        "internal": "area people messages days rise heat first_at last_at run formed_at over_at order",
        "personal": "name words",
    }

    class Meta:
        verbose_name = "热点"
        verbose_name_plural = "热点"
        indexes = [
            models.Index("area", F("heat").desc(), condition=Q(over_at__isnull=True), name="hot_topic_area"),
            models.Index(F("heat").desc(), F("id").desc(), condition=Q(over_at__isnull=True), name="hot_topic_heat"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page, with the matters behind it."""
        return reverse("matters:hot_topic", kwargs={"pk": self.pk})


class TopicMember(models.Model):
    """One matter of a topic in one run. `who`: an unspoken key of whose it is; the same key counts as one person."""

    topic = models.ForeignKey(HotTopic, models.CASCADE, related_name="members", verbose_name="热点", db_index=False)
    matter = models.ForeignKey(
        "matters.Matter", models.CASCADE, related_name="hot", verbose_name="事项", db_index=False
    )
    run = models.PositiveIntegerField("归并批次")
    who = models.CharField("反映人标识", max_length=40)
    at = models.DateTimeField("反映时间")
    joined_at = models.DateTimeField("归入时间")

    privacy = {"internal": "topic matter run at joined_at", "personal": "who"}

    class Meta:
        verbose_name = "热点的事项"
        verbose_name_plural = "热点的事项"
        constraints = [models.UniqueConstraint(fields=["topic", "run", "matter"], name="topic_member_once")]
        indexes = [models.Index("matter", F("run").desc(), name="topic_member_matter")]

    def __str__(self) -> str:
        return f"{self.matter_id}"
