"""Tables of registers: views that people keep."""

from __future__ import annotations

from django.db import models


class SavedView(models.Model):
    """A list as somebody wants to find it again: filters, columns and order, as the query of its address.

    Without a name it is how this person's list opens.
    """

    user = models.BigIntegerField("账号")
    register = models.CharField("台账", max_length=40)
    name = models.CharField("名称", max_length=40, blank=True)
    query = models.TextField("条件")
    at = models.DateTimeField("保存时间")

    privacy = {"internal": "user register name query at"}

    class Meta:
        db_table = "kernel_saved_view"
        verbose_name = "台账视图"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "register", "name"], name="saved_view_once")]
