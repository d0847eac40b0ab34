import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, verbose_name='区划代码')),
                ('name', models.CharField(max_length=80, verbose_name='全称')),
                ('short_name', models.CharField(max_length=80, verbose_name='简称')),
                ('level', models.CharField(choices=[('province', '省（直辖市、自治区）'), ('city', '市'), ('district', '区（县）'), ('street', '街道（镇）'), ('community', '社区（村）'), ('group', '居民小组'), ('grid', '网格')], max_length=12, verbose_name='层级')),
                ('lo', models.IntegerField(default=0, verbose_name='树序起')),
                ('hi', models.IntegerField(default=0, verbose_name='树序止')),
                ('valid_from', models.DateField(verbose_name='起效日')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日')),
                ('parent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='areas.area')),
            ],
            options={
                'verbose_name': '区域',
                'verbose_name_plural': '区域',
                'ordering': ['lo'],
                'indexes': [models.Index(fields=['lo'], name='area_lo'), models.Index(fields=['parent'], name='area_parent')],
                'constraints': [models.UniqueConstraint(fields=('code',), name='area_code_once'), models.CheckConstraint(condition=models.Q(('code__regex', '^([0-9]{12}|[A-Z]{2}[0-9]{10})$')), name='area_code_form'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='area_validity'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='area_not_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('kind', models.CharField(choices=[('department', '政府部门'), ('street_office', '街道办事处'), ('street_section', '街道内设机构'), ('party_organisation', '党组织'), ('residents_committee', '居民委员会'), ('supervision_committee', '居务监督委员会'), ('owners_committee', '业主委员会'), ('service_centre', '社区事务服务中心'), ('property_company', '物业服务企业'), ('social_organisation', '社会组织'), ('utility', '公用事业单位'), ('institution', '事业单位')], max_length=24, verbose_name='类别')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='对外电话')),
                ('office_hours', models.CharField(blank=True, max_length=120, verbose_name='办公时间')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='办公地址')),
                ('handles_matters', models.BooleanField(default=False, verbose_name='可作为承办单位')),
                ('valid_from', models.DateField(verbose_name='起效日')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='areas.area', verbose_name='所在区域')),
            ],
            options={
                'verbose_name': '机构',
                'verbose_name_plural': '机构',
                'ordering': ['area__lo', 'kind', 'name'],
                'indexes': [models.Index(fields=['kind', 'area'], name='body_kind_area')],
                'constraints': [models.UniqueConstraint(fields=('area', 'name'), name='body_name_in_area'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='body_validity')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('kind', models.CharField(choices=[('estate', '住宅小区'), ('building', '楼栋'), ('park', '公园'), ('road', '道路'), ('market', '市场'), ('school', '学校'), ('station', '车站'), ('square', '广场'), ('other', '其他')], default='estate', max_length=12, verbose_name='类别')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='别名')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('contact', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
                ('hours', models.CharField(blank=True, max_length=120, verbose_name='开放时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='areas.area', verbose_name='所在社区')),
            ],
            options={
                'verbose_name': '地点',
                'verbose_name_plural': '地点',
                'ordering': ['area__lo', 'name'],
                'constraints': [models.UniqueConstraint(fields=('area', 'name'), name='place_name_in_area')],
            },
        ),
    ]
