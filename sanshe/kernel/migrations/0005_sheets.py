import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import sanshe.kernel.fields


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_saved_view"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=40, verbose_name="台账")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "正在读取"),
                            ("mapping", "待对应列"),
                            ("checking", "正在核对"),
                            ("checked", "待确认"),
                            ("applying", "正在导入"),
                            ("applied", "已导入"),
                            ("undoing", "正在撤销"),
                            ("undone", "已撤销"),
                            ("failed", "没有完成"),
                            ("dropped", "已放弃"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("user", models.BigIntegerField(null=True, verbose_name="账号")),
                ("by_name", models.CharField(blank=True, max_length=120, verbose_name="导入人")),
                ("file", models.CharField(blank=True, max_length=80, verbose_name="存放")),
                ("back", models.CharField(blank=True, max_length=80, verbose_name="退回表的存放")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="大小（字节）")),
                ("kind", models.CharField(blank=True, max_length=8, verbose_name="格式")),
                ("sheets", models.JSONField(default=list, verbose_name="工作表")),
                ("sheet", models.CharField(blank=True, max_length=200, verbose_name="所选工作表")),
                ("head_at", models.PositiveIntegerField(default=0, verbose_name="表头所在行")),
                ("head_rows", models.PositiveSmallIntegerField(default=1, verbose_name="表头行数")),
                ("heads", models.JSONField(default=list, verbose_name="表头")),
                ("samples", sanshe.kernel.fields.EncryptedText(blank=True, verbose_name="各列示例")),
                ("mapping", models.JSONField(default=list, verbose_name="列的对应")),
                ("matched", models.JSONField(default=list, verbose_name="对应的依据")),
                ("layout", models.JSONField(default=dict, verbose_name="字段顺序")),
                ("remarks", models.JSONField(default=list, verbose_name="说明")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已处理行数")),
                ("counts", models.JSONField(default=dict, verbose_name="结果")),
                ("problem", models.TextField(blank=True, verbose_name="没有完成的原因")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="着手次数")),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="核对时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
            ],
            options={
                "verbose_name": "表格导入",
                "db_table": "kernel_import_batch",
                "indexes": [
                    models.Index(fields=["user", "register", "-id"], name="import_batch_user"),
                    models.Index(fields=["state", "created_at"], name="import_batch_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=40, verbose_name="台账")),
                ("signature", models.CharField(max_length=64, verbose_name="表头指纹")),
                ("mapping", models.JSONField(verbose_name="列的对应")),
                ("user", models.BigIntegerField(null=True, verbose_name="账号")),
                ("at", models.DateTimeField(verbose_name="保存时间")),
            ],
            options={
                "verbose_name": "列的对应",
                "db_table": "kernel_kept_mapping",
                "constraints": [models.UniqueConstraint(fields=("register", "signature"), name="kept_mapping_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("undo", models.BooleanField(default=False, verbose_name="撤销")),
                ("first", models.PositiveIntegerField(verbose_name="首行")),
                ("last", models.PositiveIntegerField(verbose_name="末行")),
                ("counts", models.JSONField(default=dict, verbose_name="结果")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="kernel.importbatch",
                        verbose_name="导入",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入的一部分",
                "db_table": "kernel_import_part",
                "constraints": [models.UniqueConstraint(fields=("batch", "undo", "first"), name="import_part_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("no", models.PositiveIntegerField(verbose_name="表中的行号")),
                (
                    "state",
                    models.CharField(
                        choices=[("a", "新增"), ("c", "修改"), ("l", "不变"), ("r", "不能导入")],
                        max_length=1,
                        verbose_name="结果",
                    ),
                ),
                ("target", models.BigIntegerField(null=True, verbose_name="台账中的行")),
                ("label", models.CharField(blank=True, max_length=80, verbose_name="名称")),
                (
                    "vals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(null=True), null=True, size=None, verbose_name="内容"
                    ),
                ),
                (
                    "before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(null=True), null=True, size=None, verbose_name="原内容"
                    ),
                ),
                ("problems", models.JSONField(null=True, verbose_name="原因")),
                ("told", models.CharField(blank=True, max_length=200, verbose_name="未能写入或撤销的原因")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="kernel.importbatch",
                        verbose_name="导入",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入的行",
                "db_table": "kernel_import_row",
                "indexes": [
                    models.Index(fields=["target"], name="import_row_target"),
                    models.Index(fields=["batch", "state", "no"], name="import_row_state"),
                ],
                "constraints": [models.UniqueConstraint(fields=("batch", "no"), name="import_row_once")],
            },
        ),
    ]
