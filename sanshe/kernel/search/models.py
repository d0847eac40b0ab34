"""Two tables: the pairs of what can be searched, and what has changed since they were taken."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Pairs(models.Model):
    """The pairs of one thing: of all its searched columns together. `kind`: the number of its `Searchable`.

    Pairs are salted with the kind, so one index serves all. They tell something about the text they come from, and go
    when it goes: the table follows the changes of the texts by itself (`keeping`).
    """

    pk = models.CompositePrimaryKey("kind", "object_id")
    kind = models.IntegerField("类别")
    object_id = models.BigIntegerField("对象")
    pairs = ArrayField(models.IntegerField(), verbose_name="字对")

    privacy = {"internal": "kind object_id", "personal": "pairs"}

    class Meta:
        db_table = "kernel_search"
        verbose_name = "检索索引"
        indexes = [GinIndex(fields=["pairs"], name="search_pairs")]


class Changed(models.Model):
    """A thing whose text was written, changed or removed: its pairs are to be taken again. Written by triggers."""

    kind = models.IntegerField("类别")
    object_id = models.BigIntegerField("对象")

    privacy = {"internal": "kind object_id"}

    class Meta:
        db_table = "kernel_search_changed"
        verbose_name = "待更新的检索索引"
