import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0011_find_the_same_provider'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='number',
            field=models.PositiveBigIntegerField(editable=False, help_text='Its place in the chain; none until it is sealed.', null=True, unique=True),
        ),
        migrations.AddField(
            model_name='event',
            name='seal',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='A keyed sum over the row, and once it has a number over the seal before it.', max_length=64),
        ),
        migrations.AlterField(
            model_name='event',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='enquiries_event_unsealed'),
        ),
    ]
