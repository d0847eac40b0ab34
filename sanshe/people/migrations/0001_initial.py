import django.db.models.deletion
import sanshe.kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('citizen_number', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='公民身份号码')),
                ('citizen_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='citizen', max_length=64, of='citizen_number', verbose_name='公民身份号码检索值')),
                ('citizen_masked', models.CharField(blank=True, max_length=18, verbose_name='公民身份号码（掩码）')),
                ('paper_kind', models.CharField(blank=True, choices=[('hk_mo_tw', '港澳台居民居住证'), ('foreign', '外国人永久居留身份证'), ('passport', '护照'), ('other', '其他证件')], max_length=12, verbose_name='其他证件类别')),
                ('paper_number', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='其他证件号码')),
                ('paper_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='citizen', max_length=64, of='paper_number', verbose_name='其他证件号码检索值')),
                ('paper_masked', models.CharField(blank=True, max_length=40, verbose_name='其他证件号码（掩码）')),
                ('phone', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='手机号码')),
                ('phone_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='phone', max_length=64, of='phone', verbose_name='手机号码检索值')),
                ('phone_masked', models.CharField(blank=True, max_length=20, verbose_name='手机号码（掩码）')),
                ('address', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='住址')),
                ('house', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='楼栋房号')),
                ('house_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='text', max_length=64, of='house', verbose_name='楼栋房号检索值')),
                ('born_on', models.DateField(blank=True, null=True, verbose_name='出生日期')),
                ('sex', models.CharField(blank=True, choices=[('f', '女'), ('m', '男')], max_length=1, verbose_name='性别')),
                ('created_at', models.DateTimeField(verbose_name='建档时间')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='areas.area', verbose_name='所在社区')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='person', to=settings.AUTH_USER_MODEL, verbose_name='本人账号')),
            ],
            options={
                'verbose_name': '人员',
                'verbose_name_plural': '人员',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['area', '-id'], name='person_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('citizen_hash', ''), _negated=True), fields=('citizen_hash',), name='person_citizen_once'), models.UniqueConstraint(condition=models.Q(('paper_hash', ''), _negated=True), fields=('paper_kind', 'paper_hash'), name='person_paper_once'), models.CheckConstraint(condition=models.Q(models.Q(('citizen_hash', ''), ('citizen_number__isnull', True)), models.Q(('citizen_number__isnull', False), models.Q(('citizen_hash', ''), _negated=True)), _connector='OR'), name='person_citizen_with_hash'), models.CheckConstraint(condition=models.Q(models.Q(('paper_hash', ''), ('paper_kind', ''), ('paper_number__isnull', True)), models.Q(('paper_number__isnull', False), models.Q(('paper_hash', ''), _negated=True), models.Q(('paper_kind', ''), _negated=True)), _connector='OR'), name='person_paper_with_kind'), models.CheckConstraint(condition=models.Q(models.Q(('phone__isnull', True), ('phone_hash', '')), models.Q(('phone__isnull', False), models.Q(('phone_hash', ''), _negated=True)), _connector='OR'), name='person_phone_with_hash')],
            },
        ),
        migrations.CreateModel(
            name='ReadLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_label', models.CharField(max_length=120, verbose_name='查阅人与岗位')),
                ('kind', models.CharField(choices=[('found', '检索到本人'), ('opened', '查看档案（掩码）'), ('unmasked', '查看完整信息'), ('shown', '办理事项时查看')], max_length=12, verbose_name='查阅内容')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='事由')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='people.person', verbose_name='被查阅人')),
                ('reader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='查阅人')),
            ],
            options={
                'verbose_name': '查阅记录',
                'verbose_name_plural': '查阅记录',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['person', '-at'], name='readlog_person')],
            },
        ),
    ]
