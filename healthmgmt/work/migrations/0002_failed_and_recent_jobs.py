"""Operators ask for failed jobs and for those of the last day, of all organisations at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["org"], name="job_failed", condition=models.Q(state="failed")),
        ),
        migrations.AddIndex(model_name="job", index=models.Index(fields=["created_at"], name="job_recent")),
    ]
