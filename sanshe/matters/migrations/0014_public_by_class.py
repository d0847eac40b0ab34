"""What is public is found by the name of its class too, however old it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_return_by_a_system")]

    operations = [
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                models.F("criterion"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("public", True)),
                name="matter_public_class",
            ),
        ),
    ]
