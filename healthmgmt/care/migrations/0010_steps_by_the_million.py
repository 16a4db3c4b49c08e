import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0009_alerts_of_rapid_worsening")]

    operations = [
        migrations.AlterField(
            model_name="planpart",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="care.plan"
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="care.plan"
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="part",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="care.planpart",
            ),
        ),
    ]
