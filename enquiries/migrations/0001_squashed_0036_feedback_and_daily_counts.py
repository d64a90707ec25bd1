"""All tables at once, for a new installation. One that had earlier versions goes through the migrations of then."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import enquiries.models.code
import enquiries.models.draft
import enquiries.models.mail
import enquiries.models.outcome_file
import enquiries.references
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models

from careportal.kit.trigrams import index_parts_of_words


def count_together(apps, schema_editor):
    """Told that state and partner belong together, PostgreSQL plans a partner's list for its true length."""
    if schema_editor.connection.vendor == "postgresql":
        columns = "state, referred_to_id FROM enquiries_interest"
        schema_editor.execute(
            f"CREATE STATISTICS IF NOT EXISTS interest_state_and_partner (dependencies, mcv) ON {columns}"
        )


def count_apart(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS interest_state_and_partner")


class Migration(migrations.Migration):

    replaces = [
        ('enquiries', '0001_enquiries_and_mail'),
        ('enquiries', '0002_delivery_under_faults'),
        ('enquiries', '0003_note_undelivered'),
        ('enquiries', '0004_clocks'),
        ('enquiries', '0005_start_clocks'),
        ('enquiries', '0006_clocks_always_run'),
        ('enquiries', '0007_outcomes_and_notes'),
        ('enquiries', '0008_correspondence_and_waiting'),
        ('enquiries', '0009_since_when_it_waits'),
        ('enquiries', '0010_waiting_has_a_beginning'),
        ('enquiries', '0011_find_the_same_provider'),
        ('enquiries', '0012_chained_events'),
        ('enquiries', '0013_answers_wait_for_officers'),
        ('enquiries', '0014_offers_and_referrals'),
        ('enquiries', '0015_saved_views'),
        ('enquiries', '0016_fill_search_text'),
        ('enquiries', '0017_queue_indexes'),
        ('enquiries', '0018_exports'),
        ('enquiries', '0019_steps_and_jobs_by_name'),
        ('enquiries', '0020_come_back_and_follow'),
        ('enquiries', '0021_what_providers_do_themselves'),
        ('enquiries', '0022_statistics_of_referrals'),
        ('enquiries', '0023_cqc_location'),
        ('enquiries', '0024_drafts_of_organisations'),
        ('enquiries', '0025_whom_a_service_cares_for_and_its_size'),
        ('enquiries', '0026_call_times_quiet_days_and_alerts'),
        ('enquiries', '0027_afterwards'),
        ('enquiries', '0028_kinds_of_all'),
        ('enquiries', '0029_several_sites'),
        ('enquiries', '0030_told_of_changed_intakes'),
        ('enquiries', '0031_jobs_of_listings'),
        ('enquiries', '0032_what_partners_do_with_referrals'),
        ('enquiries', '0033_kinds_of_events_and_parts'),
        ('enquiries', '0034_outreach'),
        ('enquiries', '0035_reports_that_stand'),
        ('enquiries', '0036_feedback_and_daily_counts'),
    ]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('programmes', '0014_strategy_and_pages'),
        ('providers', '0008_names_of_wards'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxFolder',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('validity', models.CharField(max_length=40)),
                ('last_number', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('part', models.CharField(choices=[('sweep', 'Sweep of the mail that is due'), ('worker', 'Worker'), ('schedule', 'Schedule'), ('mailbox', 'Look into the inbox'), ('notice', 'Notice of mail that failed'), ('questions', 'Reminders of questions'), ('places', 'Offers of free places, and reminders'), ('intakes', 'News of groups that have changed'), ('alerts', 'Alerts about programmes'), ('starts', 'Reminders of programmes that begin'), ('outcomes', 'Questions about the outcome'), ('claims', 'Reminders of national funding'), ('referrals', 'Reminders of referrals'), ('drafts', 'Removal of old drafts'), ('leavers', 'Return of the work of leavers'), ('trail', 'Sealing of the trail'), ('checks', 'Questions whether listings are correct'), ('links', 'Look at the links in listings'), ('exports', 'Removal of old exports'), ('feedback', 'Weekly letter about feedback')], max_length=20, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField(null=True)),
                ('busy_until', models.DateTimeField(help_text='Somebody is at it, for no longer than this.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReplyTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(error_messages={'unique': 'There is already a template with this name.'}, max_length=80, unique=True)),
                ('text', models.TextField(help_text='Plain text. You can use ((reference)), ((first name)), ((programmes)), ((telephone)), ((opening hours)), ((council)).', max_length=4000)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('what_next', 'Acknowledgement: what happens next')], max_length=20, unique=True)),
                ('text', models.TextField(help_text='Plain text. You can use ((reference)), ((telephone)), ((opening hours)) and ((council)).', max_length=2000)),
            ],
            options={
                'verbose_name': 'wording of a letter',
                'verbose_name_plural': 'wording of letters',
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, help_text='Empty once it was stopped.', max_length=254)),
                ('email_digest', models.CharField(editable=False, help_text='A keyed sum of the address.', max_length=64)),
                ('agreed_to', models.CharField(help_text='What was agreed to, as it was worded.', max_length=300)),
                ('privacy_version', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('origin', models.CharField(blank=True, help_text='A keyed hash of the network, for limits only.', max_length=64)),
                ('programme', models.ForeignKey(help_text='None: everything new.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='programmes.programme')),
            ],
            options={
                'indexes': [models.Index(fields=['origin', 'asked_at'], name='alert_origin')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), models.F('programme'), condition=models.Q(('ended_at', None)), name='one_alert_an_address_and_programme'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('ended_at', None), ('programme', None)), name='one_alert_an_address_about_everything'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), models.Q(('email', ''), _negated=True)), models.Q(('email', ''), ('ended_at__isnull', False)), _connector='OR'), name='alert_has_an_address_until_it_ends'), models.CheckConstraint(condition=models.Q(('confirmed_at', None), ('confirmed_at__gte', models.F('asked_at')), _connector='OR'), name='alert_is_confirmed_after_it_was_asked_for')],
            },
        ),
        migrations.CreateModel(
            name='DailyCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('begun', 'Applications begun'), ('sent', 'Applications sent')], max_length=10)),
                ('on', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['on', 'what'],
                'constraints': [models.UniqueConstraint(fields=('what', 'on'), name='one_daily_count_a_thing_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('owner', models.CharField(help_text="A random mark that only the owner's session knows.", max_length=43)),
                ('origin', models.CharField(help_text='A keyed hash of the network address, for limits only.', max_length=64)),
                ('answers', models.JSONField(default=dict)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(default=enquiries.models.draft.expires_at)),
                ('return_email', models.EmailField(blank=True, db_default='', default='', help_text='Where the way back was sent to.', max_length=254)),
                ('return_code', models.CharField(help_text='A keyed hash of the way back.', max_length=64, null=True)),
                ('provider', models.ForeignKey(help_text="The organisation whose member began it. Then it is the organisation's, and its members' only.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='providers.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='draft_expiry'), models.Index(fields=['origin', 'started_at'], name='draft_origin')],
                'constraints': [models.UniqueConstraint(fields=('return_code',), name='return_code_leads_to_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('return_code', None), ('return_email', '')), models.Q(models.Q(('return_email', ''), _negated=True), ('return_code__isnull', False)), _connector='OR'), name='draft_is_saved_with_a_code_and_an_address')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call_from', models.PositiveSmallIntegerField(db_default=480, default=480, help_text='Can be called from then, in minutes after midnight.')),
                ('call_until', models.PositiveSmallIntegerField(db_default=1080, default=1080, help_text='Can be called until then, in minutes after midnight.')),
                ('call_not_on', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Days to avoid, one bit each; Monday is 1.', verbose_name='not to be called on')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reply_due_on', models.DateField(editable=False)),
                ('reply_is_promised', models.BooleanField(default=False, editable=False, help_text='The public may read the date.')),
                ('replied_at', models.DateTimeField(editable=False, null=True)),
                ('decision_due_on', models.DateField(editable=False)),
                ('decision_is_promised', models.BooleanField(default=False, editable=False, help_text='The public may read the date.')),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('paused_on', models.DateField(editable=False, help_text='Since then it has waited for the provider.', null=True)),
                ('answered_at', models.DateTimeField(editable=False, help_text='Since then an answer of the provider has waited for an officer.', null=True)),
                ('next_due_on', models.GeneratedField(db_persist=True, expression=models.Case(models.When(state__in=['waiting', 'closed'], then=None), models.When(models.Q(('replied_at', None), ('decided_at', None)), then=django.db.models.functions.comparison.Least('reply_due_on', 'decision_due_on')), models.When(models.Q(('replied_at', None)), then=models.F('reply_due_on')), models.When(models.Q(('decided_at', None)), then=models.F('decision_due_on')), default=None), help_text='When the next of the clocks that run is due.', output_field=models.DateField(null=True))),
                ('cqc_location_id', models.CharField(blank=True, default='', help_text='As picked in the directory.', max_length=20, verbose_name='CQC location ID')),
                ('register_changes', models.CharField(blank=True, default='', editable=False, max_length=30)),
                ('register_changed_at', models.DateTimeField(editable=False, null=True)),
                ('search_text', models.TextField(default='', editable=False, help_text='What the queue is searched by, folded.')),
                ('reference', models.CharField(default=enquiries.references.new_reference, editable=False, max_length=11, unique=True)),
                ('channel', models.CharField(choices=[('online', 'Online'), ('email', 'Email'), ('officer', 'Entered by an officer')], default='online', max_length=10)),
                ('state', models.CharField(choices=[('new', 'New'), ('in_triage', 'In triage'), ('waiting', 'Waiting for provider'), ('with_partner', 'With partner'), ('closed', 'Closed')], default='new', max_length=20)),
                ('state_rank', models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='new', then=0), models.When(state='closed', then=2), default=1), output_field=models.PositiveSmallIntegerField())),
                ('undelivered', models.BooleanField(default=False, editable=False, help_text='A mail that should bring it to its inbox failed or is uncertain.')),
                ('submit_key', models.UUIDField(editable=False, null=True, unique=True, verbose_name='one-use key')),
                ('origin', models.CharField(blank=True, editable=False, max_length=64)),
                ('is_about_access', models.BooleanField(db_default=False, default=False, editable=False, help_text='Somebody could not use a page of the portal.')),
                ('organisation', models.CharField(max_length=200)),
                ('provider_type', models.CharField(choices=[('nursing_home', 'Care home with nursing'), ('care_home', 'Care home'), ('homecare', 'Homecare'), ('supported_living', 'Supported living'), ('extra_care', 'Extra care housing'), ('day_service', 'Day service'), ('shared_lives', 'Shared lives'), ('personal_assistant', 'Personal assistant or individual employer'), ('other', 'Another kind of care')], max_length=30, verbose_name='kind of care')),
                ('postcode', models.CharField(max_length=8)),
                ('area', models.CharField(choices=[('inside', 'In the council’s area'), ('probably', 'Probably in the council’s area'), ('outside', 'Outside the council’s area')], max_length=10)),
                ('cqc_registered', models.CharField(blank=True, max_length=10)),
                ('place_of_care', models.CharField(blank=True, choices=[('funded', 'For people whose care the council pays for'), ('in_area', 'In the council’s area, for people who pay themselves or are paid for by others'), ('elsewhere', 'Only elsewhere'), ('unknown', 'The provider does not know')], db_default='', default='', max_length=10, verbose_name='gives care')),
                ('size_band', models.CharField(blank=True, choices=[('under_10', 'Fewer than 10 staff'), ('under_50', '10 to 49 staff'), ('under_250', '50 to 249 staff'), ('from_250', '250 staff or more'), ('unknown', 'The provider does not know')], db_default='', default='', max_length=10, verbose_name='staff')),
                ('contact_name', models.CharField(max_length=120)),
                ('contact_email', models.EmailField(max_length=254)),
                ('contact_telephone', models.CharField(blank=True, max_length=20)),
                ('message', models.TextField(blank=True, max_length=4000)),
                ('privacy_version', models.CharField(max_length=40)),
                ('declared_at', models.DateTimeField(null=True, verbose_name='said they may apply at')),
                ('joined_to', models.ForeignKey(editable=False, help_text='The enquiry that goes on for both, where the same was asked twice.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='enquiries.enquiry')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enquiries', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enquiries', to='providers.provider')),
            ],
            options={
                'verbose_name_plural': 'enquiries',
                'ordering': ['-undelivered', 'state_rank', '-received_at', '-pk'],
                'indexes': [models.Index(fields=['-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_first'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_first'), models.Index(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('owner', None)), fields=['-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_unowned'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['owner', '-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_owner'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['owner', 'next_due_on', 'id'], name='enquiry_open_owner_due'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['state', '-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_state'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['channel', '-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_channel'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['next_due_on', 'id'], name='enquiry_open_due'), models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['received_at', 'id'], name='enquiry_open_received'), models.Index(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('contact_telephone', ''), _negated=True)), fields=['call_until', '-undelivered', 'state_rank', '-received_at', '-id', 'call_from', 'call_not_on'], name='enquiry_call'), models.Index(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('contact_telephone', ''), _negated=True)), fields=['-undelivered', 'state_rank', '-received_at', '-id', 'call_from', 'call_until', 'call_not_on'], name='enquiry_call_first'), models.Index(condition=models.Q(('state', 'closed')), fields=['-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_closed_first'), models.Index(fields=['received_at', 'id'], name='enquiry_received'), models.Index(fields=['origin', 'received_at'], name='enquiry_origin'), models.Index(django.db.models.functions.text.Lower('contact_email'), name='enquiry_email'), models.Index(models.F('postcode'), django.db.models.functions.text.Lower('organisation'), name='enquiry_postcode_and_name'), models.Index(condition=models.Q(('contact_telephone', ''), _negated=True), fields=['contact_telephone'], name='enquiry_telephone'), models.Index(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('register_changed_at__isnull', False)), fields=['-undelivered', 'state_rank', '-received_at', '-id'], name='enquiry_open_register_changed'), models.Index(condition=models.Q(('cqc_location_id', ''), _negated=True), fields=['cqc_location_id'], name='enquiry_cqc_location'), models.Index(condition=models.Q(('next_due_on__isnull', False)), fields=['next_due_on', 'id'], name='enquiry_due'), models.Index(condition=models.Q(('answered_at__isnull', False)), fields=['answered_at', 'id'], name='enquiry_answered'), models.Index(condition=models.Q(('paused_on__isnull', False)), fields=['paused_on', 'id'], name='enquiry_paused')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['new', 'in_triage', 'waiting', 'with_partner', 'closed'])), name='enquiry_state_is_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['online', 'email', 'officer'])), name='enquiry_channel_is_known'), models.CheckConstraint(condition=models.Q(('place_of_care__in', ['', 'unknown', 'funded', 'in_area', 'elsewhere'])), name='enquiry_place_of_care_is_known'), models.CheckConstraint(condition=models.Q(('size_band__in', ['', 'unknown', 'under_10', 'under_50', 'under_250', 'from_250'])), name='enquiry_size_band_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'online'), _negated=True), models.Q(('submit_key__isnull', False), ('declared_at__isnull', False)), _connector='OR'), name='online_enquiry_has_key_and_declaration'), models.CheckConstraint(condition=models.Q(models.Q(('owner__isnull', True), ('state', 'new')), models.Q(('state', 'new'), _negated=True), _connector='OR'), name='new_enquiry_has_no_owner'), models.CheckConstraint(condition=models.Q(models.Q(('paused_on__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('paused_on', None)), _connector='OR'), name='clocks_stand_still_just_while_waiting_for_provider'), models.CheckConstraint(condition=models.Q(('answered_at', None), ('state__in', ['in_triage', 'with_partner']), _connector='OR'), name='answer_waits_for_an_officer_only_in_hand'), models.CheckConstraint(condition=models.Q(('joined_to', None), models.Q(('state', 'closed'), models.Q(('joined_to', models.F('id')), _negated=True)), _connector='OR'), name='joined_enquiry_is_closed_and_another'), models.CheckConstraint(condition=models.Q(models.Q(('register_changed_at', None), ('register_changes', '')), models.Q(models.Q(('register_changes', ''), _negated=True), ('register_changed_at__isnull', False), models.Q(('cqc_location_id', ''), _negated=True)), _connector='OR'), name='register_change_has_a_location_and_a_time'), models.CheckConstraint(condition=models.Q(('replied_at', None), ('replied_at__gte', models.F('received_at')), _connector='OR'), name='enquiry_is_replied_to_after_it_came'), models.CheckConstraint(condition=models.Q(('decided_at', None), ('decided_at__gte', models.F('received_at')), _connector='OR'), name='enquiry_is_decided_after_it_came'), models.CheckConstraint(condition=models.Q(('call_from__gte', 480), ('call_not_on__lt', 31), ('call_until__gt', models.F('call_from')), ('call_until__lte', 1080)), name='enquiry_can_be_called_at_some_time')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('enquiries', 'The list of enquiries'), ('programmes', 'Each programme asked for, with contact and outcome')], max_length=20)),
                ('file_format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel (XLSX)')], max_length=4, verbose_name='format')),
                ('query', models.CharField(blank=True, help_text='The filters of the list, as in its address.', max_length=2000)),
                ('words', models.CharField(blank=True, help_text='Gone with the file.', max_length=200, verbose_name='searched for')),
                ('filters', models.JSONField(default=dict, help_text='The same as codes for the record, without what was searched for.')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('making', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('rows_total', models.PositiveIntegerField(null=True)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='bytes')),
                ('attempts_made', models.PositiveSmallIntegerField(default=0)),
                ('claim', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['by', '-created_at'], name='export_own')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'making', 'ready', 'failed'])), name='export_state_is_known'), models.CheckConstraint(condition=models.Q(('file_format__in', ['csv', 'xlsx']), ('what__in', ['enquiries', 'programmes'])), name='export_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('lease_until__isnull', False), ('state', 'making')), models.Q(models.Q(('state', 'making'), _negated=True), ('claim', None), ('lease_until', None)), _connector='OR'), name='export_being_made_is_claimed'), models.CheckConstraint(condition=models.Q(models.Q(('ready_at__isnull', False), ('state', 'ready')), models.Q(models.Q(('state', 'ready'), _negated=True), ('ready_at', None)), _connector='OR'), name='export_is_ready_with_a_time'), models.UniqueConstraint(condition=models.Q(('state', 'making')), fields=('state',), name='one_export_is_made_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('route', models.CharField(blank=True, help_text="The page's name: no address of anybody's.", max_length=80, verbose_name='page')),
                ('rating', models.PositiveSmallIntegerField(choices=[(5, 'Very satisfied'), (4, 'Satisfied'), (3, 'Neither satisfied nor dissatisfied'), (2, 'Dissatisfied'), (1, 'Very dissatisfied')])),
                ('comment', models.TextField(blank=True, help_text='Removed after two years.', max_length=1200)),
                ('after_sending', models.BooleanField(default=False)),
                ('made_on', models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                'verbose_name_plural': 'feedback',
                'ordering': ['-made_on', '-pk'],
                'indexes': [models.Index(fields=['made_on'], name='feedback_made')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='feedback_rating_is_known')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalReplyTemplate',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, error_messages={'unique': 'There is already a template with this name.'}, max_length=80)),
                ('text', models.TextField(help_text='Plain text. You can use ((reference)), ((first name)), ((programmes)), ((telephone)), ((opening hours)), ((council)).', max_length=4000)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical reply template',
                'verbose_name_plural': 'historical reply templates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRoutingRule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('theme', models.CharField(blank=True, choices=[('training', 'Training and progression'), ('recruitment', 'Recruitment and retention'), ('sustainability', 'Business sustainability')], db_index=True, max_length=20, null=True)),
                ('inbox', models.EmailField(max_length=254)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='programmes.programme')),
            ],
            options={
                'verbose_name': 'historical routing rule',
                'verbose_name_plural': 'historical routing rules',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalWording',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('part', models.CharField(choices=[('what_next', 'Acknowledgement: what happens next')], db_index=True, max_length=20)),
                ('text', models.TextField(help_text='Plain text. You can use ((reference)), ((telephone)), ((opening hours)) and ((council)).', max_length=2000)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical wording of a letter',
                'verbose_name_plural': 'historical wording of letters',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='OutcomeFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rows', models.JSONField(default=list)),
                ('expires_at', models.DateTimeField(default=enquiries.models.outcome_file.expires_at)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='outcome_file_expiry')],
            },
        ),
        migrations.CreateModel(
            name='Outreach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cqc_location_id', models.CharField(max_length=20, verbose_name='CQC location ID')),
                ('on', models.DateField(verbose_name='day')),
                ('how', models.CharField(choices=[('call', 'By telephone'), ('visit', 'We visited them'), ('event', 'At an event or a forum'), ('email', 'By email'), ('letter', 'By letter')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'outreach',
                'ordering': ['-on', '-pk'],
                'indexes': [models.Index(fields=['cqc_location_id', 'on'], name='outreach_location')],
                'constraints': [models.CheckConstraint(condition=models.Q(('cqc_location_id', ''), _negated=True), name='outreach_names_a_location'), models.CheckConstraint(condition=models.Q(('how__in', ['call', 'visit', 'event', 'email', 'letter'])), name='outreach_way_is_known'), models.UniqueConstraint(fields=('cqc_location_id', 'on', 'how'), name='one_outreach_a_location_day_and_way')],
            },
        ),
        migrations.CreateModel(
            name='PartnerCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(help_text='A keyed hash.', max_length=64)),
                ('wrong_tries', models.PositiveSmallIntegerField(default=0)),
                ('expires_at', models.DateTimeField(default=enquiries.models.code.expires_at)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='partner_code_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('wrong_tries__lte', 3)), name='partner_code_ends_with_third_try')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(editable=False, help_text='Its place in the chain; none until it is sealed.', null=True, unique=True)),
                ('seal', models.CharField(blank=True, db_default='', default='', editable=False, help_text='A keyed sum over the row, and once it has a number over the seal before it.', max_length=64)),
                ('kind', models.CharField(choices=[('glance', 'Monthly glance'), ('paper', 'Committee paper'), ('strategy', 'Strategy review'), ('partners', 'Partner review')], max_length=10)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('filters', models.CharField(default='{}', help_text='What it is narrowed to, as canonical JSON.', max_length=200)),
                ('definitions', models.PositiveSmallIntegerField(help_text='The version of how figures are counted.')),
                ('figures', models.TextField(help_text='All that the report says, as canonical JSON.')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256 of the figures')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-last', '-at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='enquiries_report_unsealed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['glance', 'paper', 'strategy', 'partners'])), name='kept_report_kind_is_known'), models.CheckConstraint(condition=models.Q(('first__lte', models.F('last'))), name='kept_report_ends_after_it_begins'), models.UniqueConstraint(fields=('kind', 'first', 'last', 'filters', 'definitions'), name='one_kept_report_about_the_same')],
            },
        ),
        migrations.CreateModel(
            name='RoutingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.CharField(blank=True, choices=[('training', 'Training and progression'), ('recruitment', 'Recruitment and retention'), ('sustainability', 'Business sustainability')], max_length=20, null=True, unique=True)),
                ('inbox', models.EmailField(max_length=254)),
                ('programme', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='routing_rule', to='programmes.programme')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('programme__isnull', True), ('theme__isnull', True), _connector='XOR'), name='rule_is_for_a_programme_or_a_theme', violation_error_message='Choose either a programme or a theme: one of the two.')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=500)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('officer', 'name'), name='one_view_an_officer_and_name'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('query', ''), _negated=True)), name='view_has_a_name_and_filters')],
            },
        ),
        migrations.CreateModel(
            name='Try',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('save', 'Save an application for later'), ('return', 'Come back to an application'), ('follow', 'Follow an application'), ('partner', 'See a partner’s referrals'), ('feedback', 'Give feedback')], max_length=10)),
                ('key', models.CharField(help_text='A keyed hash of the network, the address or the reference.', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'tries',
                'indexes': [models.Index(fields=['what', 'key', 'at'], name='try_counted'), models.Index(fields=['at'], name='try_expiry')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, help_text='What addresses call it.', unique=True)),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('docx', 'Word'), ('xlsx', 'Excel'), ('odt', 'OpenDocument text'), ('ods', 'OpenDocument spreadsheet'), ('jpeg', 'JPEG photo'), ('png', 'PNG picture'), ('txt', 'Text'), ('csv', 'CSV table')], max_length=4)),
                ('name', models.CharField(help_text='As it was called, cleaned. It is only shown.', max_length=80)),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['pdf', 'docx', 'xlsx', 'odt', 'ods', 'jpeg', 'png', 'txt', 'csv'])), name='attachment_kind_is_known'), models.CheckConstraint(condition=models.Q(('size__gt', 0), models.Q(('name', ''), _negated=True)), name='attachment_has_a_name_and_content')],
            },
        ),
        migrations.CreateModel(
            name='ContactVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254)),
                ('telephone', models.CharField(blank=True, max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_versions', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(django.db.models.functions.text.Lower('email'), name='contact_version_email')],
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('digest', models.CharField(max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enquiry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='address_change', to='enquiries.enquiry')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('tries__lte', 3)), name='address_change_is_tried_three_times')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(editable=False, help_text='Its place in the chain; none until it is sealed.', null=True, unique=True)),
                ('seal', models.CharField(blank=True, db_default='', default='', editable=False, help_text='A keyed sum over the row, and once it has a number over the seal before it.', max_length=64)),
                ('kind', models.CharField(choices=[('received', 'Received'), ('taken', 'Taken'), ('taken_over', 'Taken over from a colleague'), ('with_partner', 'Handed to a partner'), ('waiting', 'Waiting for the provider'), ('resumed', 'Triage resumed'), ('replied', 'Replied'), ('due_moved', 'Due dates moved: a closure day was added or taken away'), ('referred', 'Referred to a partner'), ('offered', 'Offered'), ('waiting_list', 'Put on the waiting list'), ('enrolled', 'Enrolled'), ('completed', 'Completed'), ('not_eligible', 'Not eligible'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('withdrawal_undone', 'Withdrawal undone'), ('undecided', 'Open again'), ('noted', 'Note written'), ('closed', 'Closed'), ('reopened', 'Re-opened'), ('assigned', 'Given to an officer'), ('returned', 'Returned to the queue: its owner has left'), ('joined', 'Joined to another enquiry'), ('added', "Added to an organisation's account"), ('written', 'Message written to the provider'), ('asked', 'Question asked'), ('answered', 'Answer from the provider'), ('heard', 'Message from the provider'), ('document_added', 'Document added'), ('contact_changed', 'Contact details changed'), ('address_given', 'New email address given: a code was sent to it'), ('followed_up', 'Answer dealt with'), ('corrected', 'Decision corrected'), ('reminded', 'Reminder written'), ('put_off', 'Put off: providers send in a return on these days'), ('urgent', 'Not put off: it could not wait'), ('lapsed', 'Offer ran out'), ('moved', 'Moved to another group'), ('intake_changed', 'Told that the group has changed'), ('intake_answered', 'Answered about the changed group'), ('opened', 'Opened by the partner'), ('acknowledged', 'Acknowledged by the partner'), ('invited', 'Invited by the partner'), ('attended', 'Attended, as the partner says'), ('dropped_out', 'Dropped out, as the partner says'), ('given_back', 'Given back by the partner'), ('partner_wrote', 'Message from the partner'), ('partner_chased', 'Partner reminded to acknowledge'), ('register_changed', 'Changed in the CQC’s list'), ('register_checked', 'Change in the CQC’s list checked'), ('call_times', 'Time to call changed'), ('outcome_asked', 'Asked about the outcome'), ('outcome_given', 'Outcome reported'), ('outcome_stopped', 'Wants no more questions about it'), ('mail_resent', 'Mail put in the queue again'), ('mail_arrived', 'Mail marked as received'), ('mail_cancelled', 'Mail cancelled'), ('mail_redirected', 'Mail sent to another address'), ('mail_came_back', 'Mail came back')], max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('detail', models.JSONField(default=dict)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='enquiries_event_unsealed')],
            },
        ),
        migrations.CreateModel(
            name='ExportPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='enquiries.export')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('export', 'number'), name='one_piece_an_export_and_number')],
            },
        ),
        migrations.CreateModel(
            name='FollowCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(help_text='A keyed hash.', max_length=64)),
                ('wrong_tries', models.PositiveSmallIntegerField(default=0)),
                ('expires_at', models.DateTimeField(default=enquiries.models.code.expires_at)),
                ('enquiry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follow_codes', to='enquiries.enquiry')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='follow_code_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('wrong_tries__lte', 3)), name='follow_code_ends_with_the_third_try')],
            },
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acknowledge_by_on', models.DateField(help_text='Until when the partner is to say that it has seen it.', null=True)),
                ('acknowledged_at', models.DateTimeField(help_text='When the partner said that it has seen it.', null=True)),
                ('chase_on', models.DateField(help_text='When the partner is next reminded to acknowledge it.', null=True)),
                ('chased', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often it was reminded.')),
                ('invited_for_on', models.DateField(help_text='The day for which the partner last invited them.', null=True)),
                ('given_back_because', models.CharField(blank=True, choices=[('wrong_fit', 'The programme is not right for them'), ('full', 'We have no places left'), ('other', 'Another reason')], db_default='', default='', max_length=20)),
                ('dropped_because', models.CharField(blank=True, choices=[('not_reached', 'We could not reach them'), ('no_time', 'They have no time, or cannot be released from work'), ('left', 'They have left their job'), ('does_not_fit', 'The programme does not suit them'), ('another_reason', 'Another reason')], db_default='', default='', max_length=20)),
                ('site_name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='site')),
                ('site_postcode', models.CharField(blank=True, db_default='', default='', max_length=8, verbose_name='postcode of the site')),
                ('site_location_id', models.CharField(blank=True, db_default='', default='', max_length=20, verbose_name='CQC location ID of the site')),
                ('places', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='places wanted')),
                ('undo_until', models.DateField(help_text='The last day on which the provider can undo its withdrawal.', null=True)),
                ('before_withdrawal', models.JSONField(help_text='What it was when the provider withdrew: undoing brings that back.', null=True)),
                ('why_withdrawn', models.CharField(blank=True, choices=[('not_needed', 'We do not need it any more'), ('no_time', 'We do not have the time or the staff at the moment'), ('dates', 'The dates or the place do not suit us'), ('other_support', 'We have found other support'), ('another_reason', 'Another reason')], db_default='', max_length=20)),
                ('programme_title', models.CharField(help_text='As it was when it was applied for.', max_length=120)),
                ('inbox', models.EmailField(max_length=254, verbose_name='routed to')),
                ('state', models.CharField(choices=[('received', 'Received'), ('referred', 'Referred'), ('offered', 'Offered'), ('enrolled', 'Enrolled'), ('completed', 'Completed'), ('waiting_list', 'Waiting list'), ('not_eligible', 'Not eligible'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='received', max_length=20)),
                ('verdict', models.CharField(choices=[('yes', 'Yes'), ('ask', 'Probably'), ('not_yet', 'Not yet'), ('no', 'No')], max_length=10, verbose_name='eligibility')),
                ('verdict_reasons', models.JSONField(default=list)),
                ('wants_second_look', models.BooleanField(default=False, verbose_name='asked the council to look again')),
                ('answers', models.JSONField(default=list, help_text='Pairs of question and answer.')),
                ('referred_at', models.DateTimeField(null=True)),
                ('waiting_since', models.DateTimeField(help_text='Its place on the waiting list: who waits longest is next.', null=True)),
                ('answer_by', models.DateField(help_text='The last day on which an offer can be accepted.', null=True)),
                ('remind_on', models.DateField(help_text='When the provider is next reminded of an offer.', null=True)),
                ('ended_on', models.DateField(help_text="Since when it is completed: the group's last day, or the day on which it was noted before.", null=True)),
                ('reminded_of_start', models.DateField(help_text='The first day of which the provider was reminded.', null=True)),
                ('told_to_claim_at', models.DateTimeField(help_text='When the provider was reminded of national funding. Nothing is kept about claims.', null=True)),
                ('shared_fields', models.JSONField(default=list, help_text='What the partner may see of the application: the rule as it was when it was referred.')),
                ('reason', models.CharField(blank=True, choices=[('outside_area', 'The service is outside the council’s area'), ('kind_of_care', 'The programme is for another kind of care'), ('not_registered', 'The service is not registered with the Care Quality Commission'), ('role', 'The programme is for people in another role'), ('took_part', 'The service has taken part before'), ('no_money', 'There is no money left for it'), ('not_running', 'The programme does not run at present'), ('greater_need', 'The places went to services with a greater need'), ('other_support', 'Other support fits better'), ('no_answer', 'The provider did not answer in time')], help_text='Why not.', max_length=20)),
                ('onward_options', models.TextField(blank=True, help_text='What else the provider can do, where it was declined.', max_length=2000)),
                ('copied_from', models.ForeignKey(editable=False, help_text='Where it was asked first, if an enquiry about the same was joined to this one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='enquiries.interest')),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='enquiries.enquiry')),
                ('given_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.partner')),
                ('intake', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='interests', to='programmes.intake', verbose_name='preferred intake')),
                ('offered_intake', models.ForeignKey(help_text='The group in which it holds a place.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='programmes.intake')),
                ('passed_up', models.ForeignKey(help_text='The group in which it last let an offer run out. Only officers offer it a place there again.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.intake')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='programmes.programme')),
                ('referred_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='programmes.partner')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting_list')), fields=['programme', 'waiting_since', 'id'], name='interest_waiting'), models.Index(condition=models.Q(('remind_on__isnull', False)), fields=['remind_on', 'id'], name='interest_remind_due'), models.Index(condition=models.Q(('state', 'waiting_list')), fields=['enquiry'], name='interest_on_a_list'), models.Index(condition=models.Q(('state', 'referred')), fields=['referred_to', 'enquiry'], name='interest_with_partner'), models.Index(condition=models.Q(('ended_on__isnull', False)), fields=['ended_on', 'id'], name='interest_ended'), models.Index(condition=models.Q(('answer_by__isnull', False)), fields=['answer_by', 'id'], name='interest_answer_due'), models.Index(condition=models.Q(('chase_on__isnull', False)), fields=['chase_on', 'id'], name='interest_chase_due'), models.Index(condition=models.Q(('acknowledged_at', None), ('state', 'referred')), fields=['enquiry', 'acknowledge_by_on'], name='interest_unacknowledged'), models.Index(condition=models.Q(('given_back_because', ''), _negated=True), fields=['enquiry'], name='interest_given_back')],
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'programme', 'site_name', 'site_postcode'), name='one_interest_an_enquiry_programme_and_site'), models.CheckConstraint(condition=models.Q(models.Q(('site_location_id', ''), ('site_name', ''), ('site_postcode', '')), models.Q(models.Q(('site_name', ''), _negated=True), models.Q(('site_postcode', ''), _negated=True)), _connector='OR'), name='interest_site_has_a_name_and_a_postcode'), models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='interest_wants_a_place'), models.CheckConstraint(condition=models.Q(('state__in', ['received', 'referred', 'offered', 'enrolled', 'completed', 'waiting_list', 'not_eligible', 'declined', 'withdrawn'])), name='interest_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('referred_at__isnull', False), ('referred_to__isnull', False)), models.Q(('referred_at', None), ('referred_to', None), models.Q(('state', 'referred'), _negated=True)), _connector='OR'), name='interest_is_referred_to_a_partner_at_a_time'), models.CheckConstraint(condition=models.Q(('offered_intake', None), ('state__in', ['offered', 'enrolled', 'completed']), _connector='OR'), name='interest_holds_a_place_only_by_an_offer'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting_list'), ('waiting_since__isnull', False)), models.Q(models.Q(('state', 'waiting_list'), _negated=True), ('waiting_since', None)), _connector='OR'), name='interest_waits_since_a_moment'), models.CheckConstraint(condition=models.Q(('answer_by', None), ('state', 'offered'), _connector='OR'), name='interest_is_to_be_answered_only_while_offered'), models.CheckConstraint(condition=models.Q(('remind_on', None), models.Q(('answer_by__gte', models.F('remind_on')), ('answer_by__isnull', False)), _connector='OR'), name='interest_is_reminded_while_it_can_be_answered'), models.CheckConstraint(condition=models.Q(models.Q(('undo_until', None), ('why_withdrawn', '')), models.Q(('state', 'withdrawn'), ('why_withdrawn__in', ['', 'not_needed', 'no_time', 'dates', 'other_support', 'another_reason'])), _connector='OR'), name='interest_can_be_undone_only_while_withdrawn'), models.CheckConstraint(condition=models.Q(('ended_on', None), ('state', 'completed'), _connector='OR'), name='interest_has_ended_only_when_completed'), models.CheckConstraint(condition=models.Q(('shared_fields', []), ('referred_to__isnull', False), _connector='OR'), name='interest_is_shared_only_with_a_partner'), models.CheckConstraint(condition=models.Q(models.Q(('onward_options', ''), ('reason__in', ['outside_area', 'kind_of_care', 'not_registered', 'role', 'took_part']), ('state', 'not_eligible')), models.Q(('reason__in', ['no_money', 'not_running', 'greater_need', 'other_support', 'no_answer']), ('state', 'declined'), models.Q(('onward_options', ''), _negated=True)), models.Q(models.Q(('state__in', ['not_eligible', 'declined']), _negated=True), ('onward_options', ''), ('reason', '')), _connector='OR'), name='interest_is_refused_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledge_by_on', None), ('acknowledged_at', None), ('invited_for_on', None)), ('referred_to__isnull', False), _connector='OR'), name='interest_is_acknowledged_only_by_a_partner'), models.CheckConstraint(condition=models.Q(('chase_on', None), models.Q(('acknowledge_by_on__isnull', False), ('acknowledged_at', None), ('state', 'referred')), _connector='OR'), name='interest_is_chased_until_it_is_acknowledged'), models.CheckConstraint(condition=models.Q(models.Q(('given_back_because', ''), ('given_back_by', None)), models.Q(('given_back_because__in', ['wrong_fit', 'full', 'other']), ('given_back_by__isnull', False), ('state', 'received')), _connector='OR'), name='interest_is_given_back_with_a_reason'), models.CheckConstraint(condition=models.Q(('dropped_because', ''), models.Q(('dropped_because__in', ['not_reached', 'no_time', 'left', 'does_not_fit', 'another_reason']), ('state', 'withdrawn')), _connector='OR'), name='interest_dropped_out_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('text', models.TextField(max_length=4000)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('routing', 'To the inbox'), ('acknowledgement', 'Acknowledgement'), ('account', 'Sign-in'), ('notice', 'Notice to the team'), ('message', 'To the provider'), ('referral', 'To a partner'), ('news', 'To the inbox: something came'), ('results', 'What a service can get'), ('confirmation', 'To confirm an alert'), ('alert', 'Alert')], max_length=20)),
                ('recipient', models.EmailField(max_length=254)),
                ('recipient_key', models.CharField(help_text='The address without what varies, for limits.', max_length=254)),
                ('due_to', models.EmailField(blank=True, help_text='The inbox it was written for, where an officer sent it elsewhere.', max_length=254)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('subject', models.CharField(max_length=200)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('text', models.TextField(blank=True, help_text='Frozen when written. Empty: it is built from its enquiry.')),
                ('raw', models.BinaryField(help_text='The whole mail, frozen before the first attempt.', null=True)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('uncertain', 'Uncertain'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('attempts_made', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claim', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('marked_at', models.DateTimeField(null=True)),
                ('last_answer', models.CharField(blank=True, max_length=500, verbose_name="the server's words")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Since when it waits.')),
                ('give_up_at', models.DateTimeField(default=enquiries.models.mail.give_up_at, help_text='Not tried again after this moment.')),
                ('sent_at', models.DateTimeField(null=True)),
                ('enquiry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='mail_due'), models.Index(fields=['state', '-id'], name='mail_state'), models.Index(fields=['kind', 'recipient_key', 'created_at'], name='mail_recipient')],
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'kind', 'recipient', 'number'), name='one_mail_an_enquiry_kind_recipient_and_number'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'uncertain', 'failed', 'cancelled'])), name='mail_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='mail_is_sent_with_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('lease_until__isnull', False), ('state', 'sending')), models.Q(('state', 'sending'), _negated=True), _connector='OR'), name='mail_being_sent_is_claimed'), models.CheckConstraint(condition=models.Q(('kind__in', ['account', 'notice', 'results', 'confirmation', 'alert']), ('enquiry__isnull', False), _connector='XOR'), name='mail_is_about_an_enquiry_or_a_person')],
            },
        ),
        migrations.CreateModel(
            name='AttachmentPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='enquiries.attachment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attachment', 'number'), name='one_piece_an_attachment_and_number')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('via', models.CharField(choices=[('page', 'On the partner’s page'), ('code', 'By a code from the partner’s mailbox'), ('file', 'From a spreadsheet')], default='page', max_length=4)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='enquiries.interest')),
            ],
            options={
                'ordering': ['on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('interest', 'on'), name='one_attendance_an_interest_and_day'), models.CheckConstraint(condition=models.Q(('via__in', ['page', 'code', 'file'])), name='attendance_came_in_some_way')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reply', 'Message to the provider'), ('question', 'Question to the provider'), ('decision', 'Decision'), ('correction', 'Correction of a decision'), ('offer', 'Offer of a place'), ('reminder', 'Reminder'), ('outcome', 'Questions about the outcome'), ('answer', 'Answer from the provider'), ('incoming', 'Message from the provider'), ('invitation', 'Invitation from the partner'), ('partner', 'Message from the partner')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('text', models.TextField(max_length=8000)),
                ('answer_by', models.DateField(help_text='Until when an answer is asked for.', null=True)),
                ('answers', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='enquiries.message')),
                ('by', models.ForeignKey(help_text='The officer, or a person of the partner. Nobody: the provider, or the portal itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='enquiries.enquiry')),
                ('interest', models.ForeignKey(help_text='If it is about one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='enquiries.interest')),
                ('mail', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='message', to='enquiries.outgoingmail')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['reply', 'question', 'decision', 'correction', 'offer', 'reminder', 'answer', 'incoming', 'outcome', 'invitation', 'partner'])), name='message_kind_is_known'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='message_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('answers__isnull', False), ('by', None), ('kind', 'answer'), ('mail', None)), models.Q(('answers', None), ('by', None), ('kind', 'incoming'), ('mail', None)), models.Q(('answers', None), ('interest__isnull', False), ('kind', 'partner'), ('mail', None)), models.Q(models.Q(('kind__in', ['answer', 'incoming', 'partner']), _negated=True), ('answers', None), ('mail__isnull', False)), _connector='OR'), name='message_was_mailed_or_came_in')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('time', models.CharField(choices=[('end', 'At the end'), ('three_months', 'After three months'), ('six_months', 'After six months')], max_length=12, verbose_name='when')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('remind_on', models.DateField(help_text='When the provider is reminded, once.', null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(help_text='The provider wants no more questions about it.', null=True)),
                ('took_part', models.CharField(blank=True, choices=[('whole', 'Yes, in all of it'), ('some', 'Yes, in some of it'), ('none', 'No')], max_length=10)),
                ('change', models.CharField(blank=True, choices=[('much', 'Yes, a lot'), ('little', 'Yes, a little'), ('nothing', 'Not so far')], help_text='Whether it changed how the service works.', max_length=10)),
                ('words', models.TextField(blank=True, help_text='What has changed.', max_length=1000)),
                ('still_there', models.CharField(blank=True, choices=[('all', 'Yes, all of them'), ('some', 'Some of them'), ('none', 'No, none of them'), ('unknown', 'I do not know')], help_text='Whether the staff who took part still work there.', max_length=10)),
                ('early_leavers', models.CharField(blank=True, choices=[('some', 'Yes'), ('none', 'No, nobody who joined has left'), ('nobody_joined', 'Nobody has joined')], help_text='Whether people who joined in the three months before have left.', max_length=15)),
                ('interest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='enquiries.interest')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('remind_on__isnull', False)), fields=['remind_on', 'id'], name='outcome_remind_due'), models.Index(fields=['asked_at'], name='outcome_asked')],
                'constraints': [models.UniqueConstraint(fields=('interest', 'time'), name='one_outcome_an_interest_and_time'), models.CheckConstraint(condition=models.Q(('time__in', ['end', 'three_months', 'six_months'])), name='outcome_time_is_known'), models.CheckConstraint(condition=models.Q(('remind_on', None), models.Q(('answered_at', None), ('stopped_at', None)), _connector='OR'), name='outcome_is_reminded_of_only_while_it_is_open'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('change', ''), ('early_leavers', ''), ('still_there', ''), ('took_part', ''), ('words', '')), models.Q(('answered_at__isnull', False), ('early_leavers', ''), ('still_there', ''), ('time', 'end'), models.Q(('took_part', ''), _negated=True)), models.Q(('answered_at__isnull', False), ('took_part', ''), ('words', ''), models.Q(('time', 'end'), _negated=True), models.Q(('still_there', ''), _negated=True)), _connector='OR'), name='outcome_is_answered_with_what_was_asked')],
            },
        ),
        migrations.CreateModel(
            name='MailAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.UUIDField(default=uuid.uuid4)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('running', 'Under way'), ('sent', 'Taken by the server'), ('postponed', 'Refused for now'), ('refused', 'Refused'), ('uncertain', 'No answer after the whole mail was handed over'), ('abandoned', 'The worker stopped before the mail was handed over'), ('unbuilt', 'The mail could not be built'), ('away', 'The mail server could not be used'), ('found', 'Found in the inbox'), ('bounced', 'Came back'), ('delivered', 'Delivered, says the server')], default='running', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name="the server's words")),
                ('mail', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='enquiries.outgoingmail')),
            ],
            options={
                'ordering': ['started_at', 'pk'],
                'indexes': [models.Index(fields=['outcome', 'ended_at'], name='attempt_ended')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', 'running')), models.Q(models.Q(('outcome', 'running'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='attempt_that_ended_has_a_time'), models.CheckConstraint(condition=models.Q(('outcome__in', ['running', 'sent', 'postponed', 'away', 'refused', 'uncertain', 'abandoned', 'unbuilt', 'found', 'bounced', 'delivered'])), name='attempt_outcome_is_known')],
            },
        ),
        migrations.CreateModel(
            name='AlertedOf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told', to='enquiries.alert')),
                ('intake', models.ForeignKey(help_text='None: the programme itself.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.intake')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.programme')),
                ('mail', models.ForeignKey(help_text='None: it was known, or another alert to the same address told it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='told', to='enquiries.outgoingmail')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('alert', 'intake'), name='alert_tells_once_that_an_intake_opens'), models.UniqueConstraint(condition=models.Q(('intake', None)), fields=('alert', 'programme'), name='alert_tells_once_of_a_programme')],
            },
        ),
        migrations.CreateModel(
            name='IntakeAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.JSONField(help_text='What has changed, in codes.')),
                ('told_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answer', models.CharField(blank=True, choices=[('fine', 'Still fine'), ('other_date', 'Would like another date'), ('not_any_more', 'Not any more')], max_length=15)),
                ('answered_at', models.DateTimeField(null=True)),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='programmes.intake')),
                ('newest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.intakechange')),
                ('interest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intake_answers', to='enquiries.interest')),
                ('message', models.ForeignKey(help_text='The last letter about it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enquiries.message')),
            ],
            options={
                'ordering': ['told_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('interest', 'intake'), name='one_answer_an_interest_and_intake'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(('answer__in', ['fine', 'other_date', 'not_any_more']), ('answered_at__gte', models.F('told_at')), ('answered_at__isnull', False)), _connector='OR'), name='intake_answer_is_given_at_a_time')],
            },
        ),
        index_parts_of_words("enquiry_search", on="enquiries_enquiry USING gin (search_text gin_trgm_ops)"),
        migrations.RunPython(count_together, count_apart),
    ]
