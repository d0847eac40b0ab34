"""What the lists of matters have in common: versions with their dates, drafts, and a count of edits."""

from __future__ import annotations

from django.db import models

#: The fields of a version, for the privacy classes of the tables that have them.
VERSION_PUBLIC = "version name valid_from valid_to source note"
VERSION_INTERNAL = "based_on drafted_by drafted_at edition"


class ListVersion(models.Model):
    """One version of a list. A draft has no first day yet, so that nothing that asks for a day finds it.

    `valid_to`: the day on which it no longer holds (the next version's first day). `edition`: rises with every change
    of a draft, so that two people who edit at once are told. `based_on`: the version it was drafted from; None for
    what was loaded from a policy pack. `note`: what was revised and why, in words.
    """

    version = models.CharField("版本", max_length=20, unique=True)
    name = models.CharField("名称", max_length=120)
    valid_from = models.DateField("起效日", null=True, blank=True)
    valid_to = models.DateField("失效日", null=True, blank=True)
    source = models.TextField("来源")
    based_on = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="由哪一版起草", db_index=False
    )
    note = models.TextField("修订说明", blank=True, default="")
    drafted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="起草人", db_index=False
    )
    drafted_at = models.DateTimeField("起草时间", null=True, blank=True)
    edition = models.PositiveIntegerField("改动次数", default=0, db_default=0)

    class Meta:
        abstract = True
        ordering = ["-valid_from", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether it is still being written."""
        return self.valid_from is None


class ListItem(models.Model):
    """One item of a version. `covers`: the words by which a text is recognised. `edition`: see ListVersion."""

    code = models.CharField("编码", max_length=20)
    name = models.CharField("名称", max_length=80)
    covers = models.JSONField("包括", default=list)
    edition = models.PositiveIntegerField("改动次数", default=0, db_default=0)

    class Meta:
        abstract = True
