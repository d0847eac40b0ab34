import django.db.models.deletion
import django.db.models.manager
import sanshe.kernel.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='person',
            options={'base_manager_name': 'every', 'default_manager_name': 'objects', 'ordering': ['-id'], 'verbose_name': '人员', 'verbose_name_plural': '人员'},
        ),
        migrations.AlterModelManagers(
            name='person',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('every', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='anonymised_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='匿名化时间'),
        ),
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.person', verbose_name='并入的档案'),
        ),
        migrations.CreateModel(
            name='FormerNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('citizen', '公民身份号码'), ('paper', '其他证件号码')], max_length=12, verbose_name='号码类别')),
                ('number', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='原号码')),
                ('number_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='citizen', max_length=64, of='number', verbose_name='原号码检索值')),
                ('masked', models.CharField(max_length=40, verbose_name='原号码（掩码）')),
                ('until', models.DateTimeField(verbose_name='更正时间')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_numbers', to='people.person', verbose_name='人员')),
            ],
            options={
                'verbose_name': '曾用号码',
                'verbose_name_plural': '曾用号码',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='住址')),
                ('house', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='楼栋房号')),
                ('house_hash', sanshe.kernel.fields.LookupHash(blank=True, db_index=True, default='', editable=False, kind='text', max_length=64, of='house', verbose_name='楼栋房号检索值')),
                ('kind', models.CharField(choices=[('registered', '户籍'), ('non_registered', '非户籍')], max_length=16, verbose_name='户别')),
                ('valid_from', models.DateField(verbose_name='登记日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='注销日期')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='households', to='areas.area', verbose_name='所在社区')),
                ('head', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='headed', to='people.person', verbose_name='户主')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='households', to='areas.place', verbose_name='小区')),
            ],
            options={
                'verbose_name': '住户',
                'verbose_name_plural': '住户',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['area', '-id'], name='household_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='household_validity')],
            },
        ),
        migrations.CreateModel(
            name='HouseholdMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(choices=[('head', '户主'), ('spouse', '配偶'), ('child', '子女'), ('grandchild', '孙子女、外孙子女'), ('parent', '父母'), ('grandparent', '祖父母、外祖父母'), ('sibling', '兄弟姐妹'), ('other', '其他')], default='other', max_length=12, verbose_name='与户主关系')),
                ('valid_from', models.DateField(verbose_name='起始日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.household', verbose_name='住户')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='people.person', verbose_name='成员')),
            ],
            options={
                'verbose_name': '住户成员',
                'verbose_name_plural': '住户成员',
                'ordering': ['household', 'valid_from', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('household', 'person'), name='household_member_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='household_member_validity')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('moved', models.JSONField(default=list, verbose_name='改指的记录')),
                ('filled', models.JSONField(default=list, verbose_name='补入的项目')),
                ('at', models.DateTimeField(verbose_name='合并时间')),
                ('split_at', models.DateTimeField(blank=True, null=True, verbose_name='拆分时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='合并人')),
                ('gone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merged_by', to='people.person', verbose_name='并入的档案')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='people.person', verbose_name='保留的档案')),
            ],
            options={
                'verbose_name': '档案合并',
                'verbose_name_plural': '档案合并',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('split_at__isnull', True)), fields=('gone',), name='merge_gone_once')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=60, verbose_name='规则')),
                ('at', models.DateTimeField(verbose_name='执行时间')),
                ('done', models.IntegerField(default=0, verbose_name='处理的条数')),
            ],
            options={
                'verbose_name': '留存规则执行记录',
                'verbose_name_plural': '留存规则执行记录',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['rule', '-at'], name='retention_rule')],
            },
        ),
        migrations.CreateModel(
            name='RightsRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('copy', '查阅、复制'), ('correct', '更正、补充'), ('erase', '删除或匿名化'), ('explain', '解释说明')], max_length=12, verbose_name='要求')),
                ('channel', models.CharField(choices=[('online', '本人网上提出'), ('desk', '窗口代为登记')], max_length=12, verbose_name='提出方式')),
                ('state', models.CharField(choices=[('received', '待答复'), ('granted', '已照办'), ('refused', '不予办理'), ('withdrawn', '已撤回')], default='received', max_length=12, verbose_name='状态')),
                ('field', models.CharField(blank=True, choices=[('name', '姓名'), ('citizen_number', '公民身份号码'), ('phone', '手机号码'), ('address', '住址')], max_length=20, verbose_name='更正的项目')),
                ('new_value', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='更正为')),
                ('words', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='说明')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('due_at', models.DateTimeField(verbose_name='答复期限')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('answer', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='答复')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='办理的社区')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rights_requests', to='people.person', verbose_name='本人')),
            ],
            options={
                'verbose_name': '个人信息权利请求',
                'verbose_name_plural': '个人信息权利请求',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='rights_state_due')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=80, verbose_name='所在的记录类别')),
                ('field', models.CharField(max_length=80, verbose_name='所在的栏目')),
                ('row', models.BigIntegerField(verbose_name='所在的记录')),
                ('kind', models.CharField(choices=[('citizen', '公民身份号码'), ('phone', '手机号码')], max_length=12, verbose_name='号码类别')),
                ('masked', models.CharField(max_length=40, verbose_name='号码（掩码）')),
                ('number', sanshe.kernel.fields.EncryptedText(blank=True, null=True, verbose_name='原号码')),
                ('state', models.CharField(choices=[('open', '待处理'), ('masked', '已掩码'), ('kept', '按原样保留'), ('gone', '文字已改')], default='open', max_length=12, verbose_name='状态')),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='处理时间')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='所在区域')),
            ],
            options={
                'verbose_name': '文字中的号码',
                'verbose_name_plural': '文字中的号码',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', '-id'], name='finding_state')],
                'constraints': [models.UniqueConstraint(fields=('model', 'field', 'row', 'masked'), name='finding_once')],
            },
        ),
    ]
