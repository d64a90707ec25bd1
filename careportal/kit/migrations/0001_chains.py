from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('table', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0, help_text='The last number that was given.')),
                ('seal', models.CharField(blank=True, default='', help_text='The seal of that row.', max_length=64)),
                ('began_at', models.DateTimeField()),
                ('closing', models.CharField(help_text='A keyed sum over the other fields.', max_length=64)),
            ],
            options={
                'verbose_name': 'end of a chain',
                'verbose_name_plural': 'ends of chains',
            },
        ),
    ]
