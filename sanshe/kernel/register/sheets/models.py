"""Tables of imports: the batch, its staged rows, the parts that are written, and mappings kept for the next sheet."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from sanshe.kernel.fields import EncryptedText

from .words import BUSY, BatchState, RowState


class ImportBatch(models.Model):
    """One sheet that somebody brings in. `file` names the encrypted copy of what was sent, "" once it was removed.

    `layout`: the fields of `ImportRow.vals`, in order, and what other fields of a new row hold (see `plan.Plan`).
    """

    register = models.CharField("台账", max_length=40)
    state = models.CharField("状态", max_length=10, choices=BatchState.choices, default=BatchState.RECEIVED)
    user = models.BigIntegerField("账号", null=True)
    by_name = models.CharField("导入人", max_length=120, blank=True)
    file = models.CharField("存放", max_length=80, blank=True)
    back = models.CharField("退回表的存放", max_length=80, blank=True)
    file_name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小（字节）", default=0)
    kind = models.CharField("格式", max_length=8, blank=True)
    sheets = models.JSONField("工作表", default=list)
    sheet = models.CharField("所选工作表", max_length=200, blank=True)
    head_at = models.PositiveIntegerField("表头所在行", default=0)
    head_rows = models.PositiveSmallIntegerField("表头行数", default=1)
    heads = models.JSONField("表头", default=list)
    samples = EncryptedText("各列示例", blank=True)
    mapping = models.JSONField("列的对应", default=list)
    matched = models.JSONField("对应的依据", default=list)
    layout = models.JSONField("字段顺序", default=dict)
    remarks = models.JSONField("说明", default=list)
    total = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已处理行数", default=0)
    counts = models.JSONField("结果", default=dict)
    problem = models.TextField("没有完成的原因", blank=True)
    tries = models.PositiveSmallIntegerField("着手次数", default=0)
    created_at = models.DateTimeField("上传时间")
    checked_at = models.DateTimeField("核对时间", null=True)
    applied_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    privacy = {
        "internal": (
            "register state user file back size kind sheets sheet head_at head_rows heads mapping matched layout "
            "remarks total done counts problem tries created_at checked_at applied_at undone_at"
        ),
        "personal": "by_name file_name samples",
    }

    class Meta:
        db_table = "kernel_import_batch"
        verbose_name = "表格导入"
        indexes = [
            models.Index(fields=["user", "register", "-id"], name="import_batch_user"),
            models.Index(fields=["state", "created_at"], name="import_batch_state"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Where its preview, progress and result are shown."""
        return reverse("registers:batch", kwargs={"name": self.register, "pk": self.pk})

    @property
    def busy(self) -> bool:
        """Whether the platform is at work on it."""
        return self.state in BUSY

    @property
    def state_label(self) -> str:
        """The state in a word."""
        return str(BatchState(self.state).label)

    def count(self, what: str) -> int:
        """A figure of the result, 0 when there is none."""
        return int(self.counts.get(what, 0))


class ImportRow(models.Model):
    """One row of a sheet as it was understood: `vals` in the batch's layout, as the database writes them.

    For a new row every element is what will stand there; for a changed row an empty element leaves the cell, and
    `before` holds the changed cells as they were. Encrypted fields are ciphertext here too. `target` is the row of the
    register, chosen beforehand for a new one. `told` says what stood in the way of writing or of undoing it.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False, verbose_name="导入")
    no = models.PositiveIntegerField("表中的行号")
    state = models.CharField("结果", max_length=1, choices=RowState.choices)
    target = models.BigIntegerField("台账中的行", null=True)
    label = models.CharField("名称", max_length=80, blank=True)
    vals = ArrayField(models.TextField(null=True), verbose_name="内容", null=True)
    before = ArrayField(models.TextField(null=True), verbose_name="原内容", null=True)
    problems = models.JSONField("原因", null=True)
    told = models.CharField("未能写入或撤销的原因", max_length=200, blank=True)

    privacy = {
        "internal": "batch no state target told",
        "personal": "label problems",
        "sensitive": "vals before",
    }

    class Meta:
        db_table = "kernel_import_row"
        verbose_name = "导入的行"
        constraints = [models.UniqueConstraint(fields=["batch", "no"], name="import_row_once")]
        indexes = [
            models.Index(fields=["target"], name="import_row_target"),
            models.Index(fields=["batch", "state", "no"], name="import_row_state"),
        ]


class ImportPart(models.Model):
    """Rows of a batch that were written (or undone) in one transaction: what is here is not done again."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="parts", verbose_name="导入")
    undo = models.BooleanField("撤销", default=False)
    first = models.PositiveIntegerField("首行")
    last = models.PositiveIntegerField("末行")
    counts = models.JSONField("结果", default=dict)

    privacy = {"internal": "batch undo first last counts"}

    class Meta:
        db_table = "kernel_import_part"
        verbose_name = "导入的一部分"
        constraints = [models.UniqueConstraint(fields=["batch", "undo", "first"], name="import_part_once")]


class KeptMapping(models.Model):
    """How the columns of a sheet with these heads were matched by hand, for the next one of the kind."""

    register = models.CharField("台账", max_length=40)
    signature = models.CharField("表头指纹", max_length=64)
    mapping = models.JSONField("列的对应")
    user = models.BigIntegerField("账号", null=True)
    at = models.DateTimeField("保存时间")

    privacy = {"internal": "register signature mapping user at"}

    class Meta:
        db_table = "kernel_kept_mapping"
        verbose_name = "列的对应"
        constraints = [models.UniqueConstraint(fields=["register", "signature"], name="kept_mapping_once")]
