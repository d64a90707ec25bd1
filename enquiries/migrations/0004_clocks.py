from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0003_note_undelivered'),
    ]

    operations = [
        migrations.AddField(
            model_name='enquiry',
            name='decided_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='decision_due_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='decision_is_promised',
            field=models.BooleanField(default=False, editable=False, help_text='The public may read the date.'),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='replied_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='reply_due_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='paused_on',
            field=models.DateField(editable=False, help_text='Since then it has waited for the provider.', null=True),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='reply_is_promised',
            field=models.BooleanField(default=False, editable=False, help_text='The public may read the date.'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('taken', 'Taken'), ('taken_over', 'Taken over from a colleague'), ('with_partner', 'Handed to a partner'), ('waiting', 'Waiting for the provider'), ('resumed', 'Triage resumed'), ('replied', 'Replied'), ('due_moved', 'Due dates moved: a closure day was added or taken away'), ('closed', 'Closed'), ('reopened', 'Re-opened'), ('mail_resent', 'Mail put in the queue again'), ('mail_arrived', 'Mail marked as received'), ('mail_cancelled', 'Mail cancelled'), ('mail_redirected', 'Mail sent to another address'), ('mail_came_back', 'Mail came back')], max_length=20),
        ),
    ]
