"""The ledger of workers opens in the order of names: without an index a million rows are sorted for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0004_whole_or_nothing")]

    operations = [
        migrations.AddIndex(
            model_name="worker",
            index=models.Index(fields=["name", "id"], name="worker_by_name"),
        ),
    ]
