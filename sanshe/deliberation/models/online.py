"""Statements and votes: what is said and answered online."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..words import Choice, StatementState
from .core import Deliberation, Participant


class Statement(models.Model):
    """One sentence that others may agree with or not. Readers see the capacity of the author, never the name."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="statements", verbose_name="协商")
    author = models.ForeignKey(Participant, models.PROTECT, related_name="statements", verbose_name="提出人")
    text = models.TextField("意见")
    state = models.CharField("状态", max_length=10, choices=StatementState.choices)
    reason = models.TextField("未展示的原因", blank=True)
    created_at = models.DateTimeField("提出时间")

    privacy = {
        "public": "deliberation text state",
        "internal": "reason created_at",
        "personal": "author",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "意见"
        verbose_name_plural = "意见"
        ordering = ["id"]
        indexes = [models.Index(fields=["deliberation", "state", "id"], name="statement_state")]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 40 else f"{self.text[:39]}…"

    def get_absolute_url(self) -> str:
        """The page where the statements of its deliberation stand."""
        return f"{self.deliberation.get_absolute_url()}statements/"

    @property
    def area(self) -> Any:
        """The community, for the to-do list."""
        return self.deliberation.area


class Vote(models.Model):
    """What a participant says to a statement. One row each; the last word counts."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="votes", verbose_name="意见")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="votes", verbose_name="参加人")
    choice = models.CharField("表态", max_length=10, choices=Choice.choices)
    at = models.DateTimeField("时间")

    privacy = {
        "public": "",
        "internal": "statement at",
        "personal": "participant choice",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "表态"
        verbose_name_plural = "表态"
        constraints = [models.UniqueConstraint(fields=["statement", "participant"], name="vote_once")]

    def __str__(self) -> str:
        return str(self.get_choice_display())  # type: ignore[attr-defined]
