import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0010_steps_by_the_million")]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="person",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="people.person"
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="assessment",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.RESTRICT, related_name="plans", to="risk.assessment"
            ),
        ),
    ]
