"""The index of pairs, what waits for it, and the two functions by which triggers note what was written.

The triggers themselves stand on the tables of other modules; `search.keeping.install` puts them up after a migration.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION kernel_search_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kernel_search_changed (kind, object_id) VALUES (TG_ARGV[0]::int, NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION kernel_search_many() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO kernel_search_changed (kind, object_id) SELECT TG_ARGV[0]::int, id FROM touched;
  RETURN NULL;
END $$;
"""

BACKWARD = """
DROP FUNCTION kernel_search_one() CASCADE;
DROP FUNCTION kernel_search_many() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_files_scanned_and_floods")]

    operations = [
        migrations.CreateModel(
            name="Changed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.IntegerField(verbose_name="类别")),
                ("object_id", models.BigIntegerField(verbose_name="对象")),
            ],
            options={"verbose_name": "待更新的检索索引", "db_table": "kernel_search_changed"},
        ),
        migrations.CreateModel(
            name="Pairs",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "object_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.IntegerField(verbose_name="类别")),
                ("object_id", models.BigIntegerField(verbose_name="对象")),
                (
                    "pairs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None, verbose_name="字对"
                    ),
                ),
            ],
            options={
                "verbose_name": "检索索引",
                "db_table": "kernel_search",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["pairs"], name="search_pairs")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
