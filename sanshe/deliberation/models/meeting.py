"""The meeting: notice, sign-in, minutes and the resolution with its figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ..words import How, MeetingState
from .core import Deliberation, Participant


class Meeting(models.Model):
    """One meeting of a deliberation. A later one replaces one that could not be held.

    `expected` and `present` are the members counted when the resolution was put to the vote; they stay as they were.
    """

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="meetings", verbose_name="协商")
    place = models.CharField("地点", max_length=120)
    starts_at = models.DateTimeField("时间")
    agenda = models.JSONField("议程", default=list)
    token = models.CharField("签到凭据", max_length=40, unique=True)
    state = models.CharField("状态", max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    notified_at = models.DateTimeField("通知时间")
    reminded_at = models.DateTimeField("会前提醒时间", null=True, blank=True)
    not_held_reason = models.TextField("未开成的原因", blank=True)
    chair = models.CharField("主持人", max_length=40, blank=True)
    recorder = models.CharField("记录人", max_length=40, blank=True)
    minutes = models.TextField("会议记录", blank=True)
    resolution = models.TextField("决议", blank=True)
    expected = models.IntegerField("应到人数", null=True, blank=True)
    present = models.IntegerField("实到人数", null=True, blank=True)
    votes_for = models.IntegerField("赞成", null=True, blank=True)
    votes_against = models.IntegerField("反对", null=True, blank=True)
    votes_abstain = models.IntegerField("弃权", null=True, blank=True)
    decided_at = models.DateTimeField("决议时间", null=True, blank=True)

    privacy = {
        "public": (
            "deliberation place starts_at agenda state resolution expected present votes_for votes_against "
            "votes_abstain decided_at not_held_reason"
        ),
        "internal": "notified_at reminded_at minutes",
        "personal": "chair recorder",
        "sensitive": "token",
    }

    class Meta:
        verbose_name = "协商会议"
        verbose_name_plural = "协商会议"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_starts"),
            models.Index(fields=["deliberation", "-id"], name="meeting_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["deliberation"], condition=Q(state=MeetingState.PLANNED), name="meeting_one_planned"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True)
                | Q(
                    expected__isnull=False,
                    present__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    votes_abstain__isnull=False,
                ),
                name="meeting_decided_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliberation}会议"

    def get_absolute_url(self) -> str:
        """The page of the meeting."""
        return reverse("deliberation:meeting", kwargs={"pk": self.pk})


class Attendance(models.Model):
    """Somebody was there. Once a meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name="会议")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="attendances", verbose_name="参加人")
    how = models.CharField("签到方式", max_length=10, choices=How.choices)
    at = models.DateTimeField("时间")

    privacy = {
        "public": "",
        "internal": "meeting how at",
        "personal": "participant",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "签到"
        verbose_name_plural = "签到"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "participant"], name="attendance_once")]

    def __str__(self) -> str:
        return self.participant.name
