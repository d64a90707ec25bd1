import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0005_start_clocks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='enquiry',
            name='reply_due_on',
            field=models.DateField(editable=False),
        ),
        migrations.AlterField(
            model_name='enquiry',
            name='decision_due_on',
            field=models.DateField(editable=False),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='next_due_on',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state__in=['waiting', 'closed'], then=None), models.When(models.Q(('replied_at', None), ('decided_at', None)), then=django.db.models.functions.comparison.Least('reply_due_on', 'decision_due_on')), models.When(models.Q(('replied_at', None)), then=models.F('reply_due_on')), models.When(models.Q(('decided_at', None)), then=models.F('decision_due_on')), default=None), help_text='When the next of the clocks that run is due.', output_field=models.DateField(null=True)),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(condition=models.Q(('next_due_on__isnull', False)), fields=['next_due_on', 'id'], name='enquiry_due'),
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused_on__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('paused_on', None)), _connector='OR'), name='clocks_stand_still_just_while_waiting_for_provider'),
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.CheckConstraint(condition=models.Q(('replied_at', None), ('replied_at__gte', models.F('received_at')), _connector='OR'), name='enquiry_is_replied_to_after_it_came'),
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at', None), ('decided_at__gte', models.F('received_at')), _connector='OR'), name='enquiry_is_decided_after_it_came'),
        ),
    ]
