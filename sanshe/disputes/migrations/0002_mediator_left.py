"""A mediator who left is marked, so that the head names another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="vacated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="调解员离岗时间"),
        ),
    ]
