"""Words of sheets: states of a batch, what becomes of a row, audit events."""

from django.db import models


class BatchState(models.TextChoices):
    """Where an import stands."""

    RECEIVED = "received", "正在读取"
    MAPPING = "mapping", "待对应列"
    CHECKING = "checking", "正在核对"
    CHECKED = "checked", "待确认"
    APPLYING = "applying", "正在导入"
    APPLIED = "applied", "已导入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"
    FAILED = "failed", "没有完成"
    DROPPED = "dropped", "已放弃"


#: States in which the platform is at work and the page asks again by itself.
BUSY = (BatchState.RECEIVED, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)


class RowState(models.TextChoices):
    """What becomes of a row of a sheet."""

    ADDED = "a", "新增"
    CHANGED = "c", "修改"
    LEFT = "l", "不变"
    REFUSED = "r", "不能导入"


class SheetEvent(models.TextChoices):
    """Audit events of imports."""

    APPLIED = "sheet.applied", "导入表格"
    UNDONE = "sheet.undone", "撤销导入"
