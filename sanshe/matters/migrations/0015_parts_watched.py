"""Parts of a matter are reminded of before their day; tasks in communities are watched like them."""

from django.db import migrations, models


def _reminded(name: str) -> migrations.AddField:
    return migrations.AddField(
        model_name=name,
        name="reminded_at",
        field=models.DateTimeField(blank=True, null=True, verbose_name="提醒时间"),
    )


class Migration(migrations.Migration):
    dependencies = [("matters", "0014_public_by_class")]

    operations = [
        *(_reminded(name) for name in ("assist", "objection", "extension", "oversightorder", "callback", "taskpart")),
        migrations.AddField(
            model_name="taskpart",
            name="calendar_version",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="日历版本"),
        ),
        migrations.AddField(
            model_name="taskpart",
            name="escalations",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="已上报的层级"),
        ),
    ]
