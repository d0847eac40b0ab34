import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Distinct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='认定时间')),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person', verbose_name='人员')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person', verbose_name='人员')),
            ],
            options={
                'verbose_name': '认定为两人',
                'verbose_name_plural': '认定为两人',
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='distinct_once')],
            },
        ),
    ]
