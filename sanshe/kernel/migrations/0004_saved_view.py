from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0003_stored_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.BigIntegerField(verbose_name='账号')),
                ('register', models.CharField(max_length=40, verbose_name='台账')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='名称')),
                ('query', models.TextField(verbose_name='条件')),
                ('at', models.DateTimeField(verbose_name='保存时间')),
            ],
            options={
                'verbose_name': '台账视图',
                'db_table': 'kernel_saved_view',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('user', 'register', 'name'), name='saved_view_once')],
            },
        ),
    ]
