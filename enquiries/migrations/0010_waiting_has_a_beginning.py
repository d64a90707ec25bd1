from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("enquiries", "0009_since_when_it_waits")]

    operations = [
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting_list'), ('waiting_since__isnull', False)), models.Q(models.Q(('state', 'waiting_list'), _negated=True), ('waiting_since', None)), _connector='OR'), name='interest_waits_since_a_moment'),
        ),
    ]
