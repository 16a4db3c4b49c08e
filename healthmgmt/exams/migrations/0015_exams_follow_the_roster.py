import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exams", "0014_raw_rows_as_written")]
    operations = [
        migrations.AlterField(
            model_name="exam",
            name="person",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="exams", to="people.person"
            ),
        ),
        migrations.RemoveIndex(model_name="uploadrow", name="row_stuck"),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(
                condition=models.Q(("state__in", ["ready", "waiting", "refused"])), fields=["upload", "state", "number"], name="row_stuck"
            ),
        ),
    ]
