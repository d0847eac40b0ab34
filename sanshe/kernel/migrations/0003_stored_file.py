"""Files that people send in, one row a sending."""

from django.db import migrations, models

from sanshe.kernel import clock


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="内容指纹")),
                ("size", models.PositiveBigIntegerField(verbose_name="大小（字节）")),
                ("mime", models.CharField(max_length=100, verbose_name="类型")),
                ("name", models.CharField(max_length=120, verbose_name="原文件名")),
                ("created_at", models.DateTimeField(default=clock.now, verbose_name="存入时间")),
            ],
            options={"verbose_name": "文件", "db_table": "kernel_stored_file"},
        ),
    ]
