"""All tables at once, for a new installation. One that had earlier versions goes through the migrations of then."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from careportal.kit.trigrams import index_parts_of_words


class Migration(migrations.Migration):

    replaces = [
        ('providers', '0001_providers_and_members'),
        ('providers', '0002_cqc_directory'),
        ('providers', '0003_directory_lookup'),
        ('providers', '0004_members_and_handovers'),
        ('providers', '0005_unit_postcodes'),
        ('providers', '0006_where_a_provider_gives_care'),
        ('providers', '0007_tenders'),
        ('providers', '0008_names_of_wards'),
    ]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='TenderImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text='The name of the file, or the address.', max_length=300)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of what was read')),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('notices', models.PositiveIntegerField(help_text='Notices read.')),
                ('fitting', models.PositiveIntegerField(help_text='Of them for care here.')),
                ('added', models.PositiveIntegerField()),
                ('changed', models.PositiveIntegerField()),
                ('over', models.PositiveIntegerField(help_text='Of those changed: closed, cancelled or no longer for care here.')),
                ('odd', models.JSONField(blank=True, default=dict, help_text='What was odd, and how often.')),
            ],
            options={
                'verbose_name': 'import of tenders',
                'verbose_name_plural': 'imports of tenders',
                'ordering': ['-imported_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Ward',
            fields=[
                ('code', models.CharField(max_length=9, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
            ],
            options={
                'ordering': ['name', 'code'],
            },
        ),
        migrations.CreateModel(
            name='DirectoryImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('directory', 'Care directory'), ('filters', 'Care directory with filters'), ('ratings', 'Latest ratings'), ('search_export', 'Export of the website’s search')], max_length=20)),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('produced_on', models.DateField(blank=True, help_text='The day it says it was made on. Where it says none: the newest day in it.', null=True)),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('rows', models.PositiveIntegerField(help_text='Rows read, without headings.')),
                ('locations', models.PositiveIntegerField(help_text='Locations that the file names.')),
                ('added', models.PositiveIntegerField()),
                ('changed', models.PositiveIntegerField()),
                ('removed', models.PositiveIntegerField()),
                ('odd', models.JSONField(blank=True, default=dict, help_text='What was odd: how often, and the first lines of each.')),
            ],
            options={
                'verbose_name': 'directory import',
                'ordering': ['-imported_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['directory', 'filters', 'ratings', 'search_export'])), name='directory_import_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='PostcodeImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(blank=True, help_text='As the Ordnance Survey names it.', max_length=40)),
                ('files', models.JSONField(default=list, help_text='Names of the files.')),
                ('areas', models.JSONField(default=list, help_text='Postcode areas that the files hold: RM, IG.')),
                ('imported_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('rows', models.PositiveIntegerField()),
                ('placed', models.PositiveIntegerField(help_text='Postcodes with a district.')),
                ('unplaced', models.PositiveIntegerField(help_text='Rows of which the file does not know the district.')),
                ('inside', models.PositiveIntegerField(help_text='Postcodes in the council’s area.')),
            ],
            options={
                'verbose_name': 'import of postcodes',
                'verbose_name_plural': 'imports of postcodes',
                'ordering': ['-imported_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(models.F('placed'), '+', models.F('unplaced')))), name='every_row_of_a_postcode_import_is_counted')],
            },
        ),
        migrations.CreateModel(
            name='RegisteredLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cqc_location_id', models.CharField(max_length=20, unique=True, verbose_name='CQC location ID')),
                ('cqc_provider_id', models.CharField(blank=True, db_index=True, max_length=20, verbose_name='CQC provider ID')),
                ('name', models.CharField(max_length=200)),
                ('provider_name', models.CharField(blank=True, max_length=200)),
                ('type', models.CharField(choices=[('nursing_home', 'Care home with nursing'), ('care_home', 'Care home'), ('homecare', 'Homecare'), ('supported_living', 'Supported living'), ('extra_care', 'Extra care housing'), ('day_service', 'Day service'), ('shared_lives', 'Shared lives'), ('personal_assistant', 'Personal assistant or individual employer'), ('other', 'Another kind of care')], default='other', help_text='The most telling of its service types; another kind of care where none is known.', max_length=30)),
                ('service_types', models.JSONField(blank=True, default=list, help_text='In the words of the directory.')),
                ('specialisms', models.JSONField(blank=True, default=list)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('postcode', models.CharField(blank=True, db_index=True, help_text='Empty if it could not be read.', max_length=8)),
                ('telephone', models.CharField(blank=True, max_length=20)),
                ('website', models.TextField(blank=True)),
                ('local_authority', models.CharField(blank=True, max_length=100)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('rating', models.CharField(blank=True, help_text='The latest overall rating.', max_length=40)),
                ('rated_on', models.DateField(blank=True, null=True)),
                ('is_social_care', models.BooleanField(default=False, verbose_name='social care')),
                ('search_text', models.TextField(default='', editable=False, help_text='What it is found by, folded.')),
            ],
            options={
                'ordering': ['name', 'cqc_location_id'],
                'indexes': [models.Index(condition=models.Q(('is_social_care', True)), fields=['search_text'], name='registered_location_search'), models.Index(condition=models.Q(('is_social_care', True)), fields=['local_authority', 'search_text'], name='registered_location_local')],
                'constraints': [models.CheckConstraint(condition=models.Q(('cqc_location_id', ''), _negated=True), name='registered_location_has_an_id'), models.CheckConstraint(condition=models.Q(('type__in', ['nursing_home', 'care_home', 'homecare', 'supported_living', 'extra_care', 'day_service', 'shared_lives', 'personal_assistant', 'other'])), name='registered_location_type_is_known'), models.CheckConstraint(condition=models.Q(('website', ''), ('website__startswith', 'http://'), ('website__startswith', 'https://'), _connector='OR'), name='registered_location_website_is_a_web_address')],
            },
        ),
        migrations.CreateModel(
            name='Tender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ocid', models.CharField(help_text='The number of the process.', max_length=100, verbose_name='OCID')),
                ('buyer_key', models.CharField(help_text='The buyer’s number; its name where it has none.', max_length=200)),
                ('buyer', models.CharField(max_length=200)),
                ('title', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('open', 'Open'), ('cancelled', 'Cancelled'), ('closed', 'Closed'), ('elsewhere', 'No longer for care here')], max_length=10)),
                ('release_id', models.CharField(max_length=100, verbose_name='number of the newest notice')),
                ('released_at', models.DateTimeField(verbose_name='published')),
                ('notice_url', models.URLField(blank=True, max_length=300, verbose_name='notice')),
                ('closes_at', models.DateTimeField(null=True, verbose_name='closes')),
                ('value_from', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('value_to', models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name='value')),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('is_for_small', models.BooleanField(default=False, verbose_name='for small businesses')),
                ('is_for_voluntary', models.BooleanField(default=False, verbose_name='for voluntary organisations')),
            ],
            options={
                'ordering': ['-released_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['closes_at'], name='tender_open')],
                'constraints': [models.UniqueConstraint(fields=('ocid', 'buyer_key'), name='one_tender_a_process_and_buyer'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'open', 'cancelled', 'closed', 'elsewhere'])), name='tender_state_is_known'), models.CheckConstraint(condition=models.Q(('notice_url', ''), ('notice_url__startswith', 'https://'), _connector='OR'), name='tender_notice_is_a_secure_page')],
            },
        ),
        migrations.CreateModel(
            name='UnitPostcode',
            fields=[
                ('postcode', models.CharField(help_text='With one space: RM10 7AB.', max_length=8, primary_key=True, serialize=False)),
                ('district', models.CharField(help_text='Code of the district or unitary council.', max_length=9)),
                ('county', models.CharField(blank=True, help_text='Code of the county. Empty where there is none.', max_length=9)),
                ('ward', models.CharField(blank=True, max_length=9)),
            ],
            options={
                'ordering': ['postcode'],
                'constraints': [models.CheckConstraint(condition=models.Q(('district', ''), _negated=True), name='unit_postcode_lies_in_a_district')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('member', 'Member')], default='member', max_length=10)),
                ('contact_name', models.CharField(blank=True, max_length=120)),
                ('telephone', models.CharField(blank=True, max_length=20)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provider_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'member'])), name='membership_role_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('type', models.CharField(choices=[('nursing_home', 'Care home with nursing'), ('care_home', 'Care home'), ('homecare', 'Homecare'), ('supported_living', 'Supported living'), ('extra_care', 'Extra care housing'), ('day_service', 'Day service'), ('shared_lives', 'Shared lives'), ('personal_assistant', 'Personal assistant or individual employer'), ('other', 'Another kind of care')], max_length=30)),
                ('size_band', models.CharField(blank=True, choices=[('', 'Not known'), ('under_10', 'Fewer than 10 staff'), ('under_50', '10 to 49 staff'), ('under_250', '50 to 249 staff'), ('from_250', '250 staff or more')], default='', max_length=20)),
                ('cqc_provider_id', models.CharField(blank=True, max_length=20, verbose_name='CQC provider ID')),
                ('postcode', models.CharField(blank=True, max_length=8)),
                ('cqc_registered', models.CharField(blank=True, max_length=10, verbose_name='registered with the CQC')),
                ('place_of_care', models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='gives care')),
                ('answers_on', models.DateField(blank=True, help_text='When its answers were last given or confirmed.', null=True)),
                ('second_email', models.EmailField(blank=True, help_text='Its own mailbox, for when nobody else can be reached.', max_length=254, verbose_name='second contact')),
                ('second_proved_at', models.DateTimeField(blank=True, null=True, verbose_name='second contact proved at')),
                ('members', models.ManyToManyField(related_name='providers', through='providers.Membership', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cqc_provider_id', ''), _negated=True), fields=('cqc_provider_id',), name='cqc_provider_id_is_unique'), models.CheckConstraint(condition=models.Q(('type__in', ['nursing_home', 'care_home', 'homecare', 'supported_living', 'extra_care', 'day_service', 'shared_lives', 'personal_assistant', 'other'])), name='provider_type_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('second_email', ''), ('second_proved_at', None)), models.Q(models.Q(('second_email', ''), _negated=True), ('second_proved_at__isnull', False)), _connector='OR'), name='second_contact_is_proved')],
            },
        ),
        migrations.CreateModel(
            name='MailboxCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('second_contact', 'To become the second contact'), ('handover', 'To take over the account')], max_length=20)),
                ('email', models.EmailField(max_length=254)),
                ('code_hash', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.PositiveSmallIntegerField(default=0, help_text='How many wrong codes were given.')),
                ('ended_at', models.DateTimeField(help_text='When it was used, or replaced by a newer one.', null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailbox_codes', to='providers.provider')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'indexes': [models.Index(fields=['email', 'made_at'], name='mailbox_code_address')],
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['second_contact', 'handover'])), name='mailbox_code_purpose_is_known'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'purpose'), name='one_mailbox_code_a_person_and_purpose')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('member', 'Member')], default='member', max_length=10)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='providers.provider')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('provider', 'email'), name='one_pending_invitation_a_provider_and_address'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='invitation_is_not_accepted_and_withdrawn'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'member'])), name='invitation_role_is_known'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='invited_address_is_in_small_letters')],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('proved_at', models.DateTimeField(help_text='When the code from the second mailbox was given.', null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('granted', models.BooleanField(default=False)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='providers.provider')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('provider', 'user'), name='one_open_handover_a_provider_and_person'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('granted', False)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='handover_is_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('granted', False), ('proved_at__isnull', False), _connector='OR'), name='handover_is_granted_only_when_proved'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('user')), _negated=True), _connector='OR'), name='handover_is_not_decided_by_asker')],
            },
        ),
        migrations.AddField(
            model_name='Membership',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='providers.provider'),
        ),
        migrations.AddConstraint(
            model_name='Membership',
            constraint=models.UniqueConstraint(fields=('provider', 'user'), name='one_membership_a_provider_and_user'),
        ),
        index_parts_of_words(
            "registered_location_words",
            on="providers_registeredlocation USING gin (search_text gin_trgm_ops) WHERE is_social_care",
        ),
    ]
