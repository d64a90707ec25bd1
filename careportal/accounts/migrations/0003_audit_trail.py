import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_cache_table'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(editable=False, help_text='Its place in the chain; none until it is sealed.', null=True, unique=True)),
                ('seal', models.CharField(blank=True, db_default='', default='', editable=False, help_text='A keyed sum over the row, and once it has a number over the seal before it.', max_length=64)),
                ('kind', models.CharField(choices=[('opened', 'Opened'), ('listed', 'Listed'), ('searched', 'Searched'), ('exported', 'Exported'), ('changed', 'Changed'), ('refused', 'Refused')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('about', models.CharField(help_text='The kind of record, or the page.', max_length=80)),
                ('row', models.BigIntegerField(blank=True, help_text='Its number, where it is about one record.', null=True, verbose_name='record')),
                ('ids', models.JSONField(blank=True, default=list, help_text='The numbers of the records, the first hundred of them.', verbose_name='records')),
                ('count', models.PositiveIntegerField(default=0, help_text='How many records.')),
                ('detail', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit trail',
                'ordering': ['-at', '-pk'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='accountevent',
            name='number',
            field=models.PositiveBigIntegerField(editable=False, help_text='Its place in the chain; none until it is sealed.', null=True, unique=True),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='seal',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='A keyed sum over the row, and once it has a number over the seal before it.', max_length=64),
        ),
        migrations.AddIndex(
            model_name='accountevent',
            index=models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='accounts_accountevent_unsealed'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='accounts_auditentry_unsealed'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['-at', '-id'], name='audit_newest'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('row__gt', 0)), fields=['about', 'row', '-at'], name='audit_of_a_record'),
        ),
    ]
