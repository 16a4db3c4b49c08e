import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("risk", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="person",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="assessments", to="people.person"
            ),
        ),
    ]
