"""The ledger of organisations opens in the order of names: without an index a million rows are sorted for each page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_whole_or_nothing")]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["name", "id"], name="organisation_by_name"),
        ),
    ]
