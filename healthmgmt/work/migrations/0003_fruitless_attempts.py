"""A long job that gets on at each attempt is not given up for having been stopped often."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0002_failed_and_recent_jobs")]

    operations = [
        migrations.AddField(
            model_name="job", name="fruitless", field=models.PositiveSmallIntegerField(default=0, db_default=0)
        ),
    ]
