import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def owed_days(apps, schema_editor):
    """Materials that were accepted as owed before: the first day stands on the application now."""
    Material, Matter = apps.get_model("matters", "ApplicationMaterial"), apps.get_model("matters", "Matter")
    rows = Material.objects.filter(state="later", matter__state__in=["assigned", "handling", "waiting"])
    for matter, first in rows.order_by("-due_on").values_list("matter", "due_on"):
        Matter.objects.filter(pk=matter).update(owed_on=first)


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0004_body_succession"),
        ("kernel", "0008_ways"),
        ("matters", "0011_window_progress"),
        ("people", "0004_paper_correction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, verbose_name="服务事项编码")),
                ("position", models.PositiveSmallIntegerField(verbose_name="材料序号")),
                ("at", models.DateTimeField(db_index=True, verbose_name="存入时间")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                        verbose_name="文件",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "没有提交的申请材料",
                "verbose_name_plural": "没有提交的申请材料",
                "ordering": ["id"],
                "indexes": [models.Index("user", "code", name="draft_file_of")],
            },
        ),
        migrations.AddField(
            model_name="applicationmaterial",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="一次性告知时间"),
        ),
        migrations.AddField(
            model_name="applicationmaterial",
            name="late_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="已提醒逾期"),
        ),
        migrations.AddField(
            model_name="applicationmaterial",
            name="note",
            field=models.TextField(blank=True, db_default="", verbose_name="要补什么"),
        ),
        migrations.AddField(
            model_name="applicationmaterial",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="已提醒申请人"),
        ),
        migrations.AddField(
            model_name="applicationmaterial",
            name="said",
            field=models.TextField(blank=True, db_default="", verbose_name="申请人写的内容"),
        ),
        migrations.AddField(
            model_name="attachment",
            name="material",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="matters.applicationmaterial",
                verbose_name="申请材料",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="owed_on",
            field=models.DateField(blank=True, null=True, verbose_name="容缺材料最早的补齐日期"),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="for_others",
            field=models.BooleanField(db_default=False, default=False, verbose_name="可以代办"),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="life",
            field=models.JSONField(blank=True, default=list, verbose_name="人生大事"),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="online",
            field=models.CharField(
                blank=True,
                choices=[("open", "网上能办，不用登录"), ("signed", "登录后网上能办"), ("window", "只在窗口办")],
                db_default="",
                max_length=8,
                verbose_name="网上申请",
            ),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="online_note",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="不能网上办的原因"),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="says",
            field=models.JSONField(blank=True, default=list, verbose_name="俗称"),
        ),
        migrations.AlterField(
            model_name="applicationmaterial",
            name="state",
            field=models.CharField(
                choices=[
                    ("known", "已有，无需提供"),
                    ("seen", "已核原件"),
                    ("copy", "已留复印件"),
                    ("later", "容缺后补"),
                    ("missing", "还没有交"),
                    ("sent", "已上传，待核对"),
                    ("checked", "上传件已核对"),
                ],
                max_length=8,
                verbose_name="情况",
            ),
        ),
        migrations.AlterField(
            model_name="ending",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="决定人",
            ),
        ),
        migrations.AlterField(
            model_name="ending",
            name="how",
            field=models.CharField(
                choices=[
                    ("reviewed", "经书面复核终止"),
                    ("unanswered", "反映人未补充而终止"),
                    ("owed", "材料逾期未补而终止"),
                ],
                max_length=12,
                verbose_name="情形",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(models.F("owed_on"), condition=models.Q(("owed_on__isnull", False)), name="matter_owed"),
        ),
        migrations.RunPython(owed_days, migrations.RunPython.noop),
    ]
