from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("exams", "0010_quality_facts")]
    operations = [
        migrations.AddField(
            model_name="exam",
            name="findings",
            field=models.JSONField(db_default=Value([], models.JSONField()), default=list),
        ),
    ]
