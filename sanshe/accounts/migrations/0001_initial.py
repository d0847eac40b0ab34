
import django.db.models.deletion
import sanshe.kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=40, unique=True, verbose_name='用户名')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('phone', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='手机号码')),
                ('phone_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='phone', max_length=64, of='phone', verbose_name='手机号码检索值')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='电子邮箱')),
                ('is_active', models.BooleanField(default=True, verbose_name='可以登录')),
                ('locked_reason', models.CharField(blank=True, max_length=200, verbose_name='停用原因')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录须改密码')),
                ('session_epoch', models.IntegerField(default=0, verbose_name='会话批次')),
                ('demo', models.BooleanField(default=False, verbose_name='演示账号')),
                ('created_at', models.DateTimeField(verbose_name='开设时间')),
            ],
            options={
                'verbose_name': '账号',
                'verbose_name_plural': '账号',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('phone__isnull', True), ('phone_hash', '')), models.Q(('phone__isnull', False), models.Q(('phone_hash', ''), _negated=True)), _connector='OR'), name='user_phone_with_hash'), models.UniqueConstraint(condition=models.Q(('phone_hash', ''), _negated=True), fields=('phone_hash',), name='user_phone_once')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('front_desk', '社区综合窗口'), ('community_worker', '社区工作者'), ('community_lead', '社区党组织书记、居委会主任'), ('street_officer', '街道三社联动专干'), ('street_purchase', '街道采购经办'), ('district_officer', '新区社会保障（社区治理）工作人员'), ('service_centre', '社区事务服务中心工作人员'), ('unit_handler', '承办单位经办人'), ('unit_lead', '承办单位负责人'), ('org_manager', '社会组织负责人'), ('social_worker', '社会工作者'), ('expert', '评审专家'), ('mediator', '调解员'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '安全审计员')], max_length=24, verbose_name='岗位')),
                ('valid_from', models.DateField(verbose_name='起效日')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='areas.area', verbose_name='区域')),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='areas.body', verbose_name='机构')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '岗位',
                'verbose_name_plural': '岗位',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['area', 'role'], name='post_area_role'), models.Index(fields=['body', 'role'], name='post_body_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('body__isnull', False), ('role__in', ['org_manager', 'social_worker', 'unit_handler', 'unit_lead'])), models.Q(models.Q(('role__in', ['org_manager', 'social_worker', 'unit_handler', 'unit_lead']), _negated=True), ('area__isnull', False), ('body__isnull', True)), _connector='OR'), name='post_area_or_body'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='post_validity'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('user', 'role', 'area'), name='post_once_area'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('user', 'role', 'body'), name='post_once_body')],
            },
        ),
    ]
