from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_distinct'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rightsrequest',
            name='field',
            field=models.CharField(blank=True, choices=[('name', '姓名'), ('citizen_number', '公民身份号码'), ('paper_number', '其他证件号码'), ('phone', '手机号码'), ('address', '住址')], max_length=20, verbose_name='更正的项目'),
        ),
    ]
