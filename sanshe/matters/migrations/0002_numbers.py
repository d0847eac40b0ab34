"""The sequence behind the numbers of matters. It goes round after 999,999: the date in front keeps numbers unique."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS matters_number MINVALUE 1 MAXVALUE 999999 CYCLE",
            "DROP SEQUENCE IF EXISTS matters_number",
        )
    ]
