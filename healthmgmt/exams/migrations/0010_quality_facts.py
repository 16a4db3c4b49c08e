import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exams", "0009_agreed_layouts")]
    operations = [
        migrations.AlterField(
            model_name="exam",
            name="state",
            field=models.CharField(
                choices=[
                    ("current", "Current"), ("superseded", "Superseded"), ("repeated", "Repeated"), ("withdrawn", "Withdrawn"),
                ],
                default="current",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="QualityFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("indicator", models.CharField(blank=True, max_length=40)),
                ("measure", models.CharField(max_length=80)),
                ("count", models.IntegerField()),
                (
                    "upload",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="quality", to="exams.upload"),
                ),
            ],
            options={
                "ordering": ["upload", "month", "indicator", "measure"],
                "constraints": [models.UniqueConstraint(fields=("upload", "month", "indicator", "measure"), name="quality_counted_once")],
            },
        ),
    ]
