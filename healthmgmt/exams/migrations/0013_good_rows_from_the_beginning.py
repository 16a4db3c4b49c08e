import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exams", "0012_findings_move_into_exams")]
    operations = [
        migrations.DeleteModel(name="Finding"),
        migrations.AlterField(
            model_name="exam",
            name="person",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="exams", to="people.person"),
        ),
        migrations.AlterField(
            model_name="exam",
            name="upload",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="exams", to="exams.upload"
            ),
        ),
        migrations.AlterField(
            model_name="uploadrow",
            name="upload",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="exams.upload"
            ),
        ),
        migrations.AlterField(
            model_name="uploadrow",
            name="person",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="upload_rows", to="people.person"
            ),
        ),
        migrations.AlterField(
            model_name="uploadrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("ready", "Ready"), ("waiting", "Waiting"), ("refused", "Left out"), ("accepted", "Accepted"),
                    ("unchanged", "Already stored"),
                ],
                default="accepted",
                max_length=9,
            ),
        ),
    ]
