import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0006_pauses_and_goals"),
        ("organization", "0003_people_per_manager"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sharing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("people", models.PositiveIntegerField()),
                ("left_over", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("made_by", models.CharField(max_length=100)),
                ("source", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sharings", to=settings.AUTH_USER_MODEL)),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sharings", to="organization.unit")),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("made_by", ""), _negated=True), name="sharing_made_by_somebody")],
            },
        ),
    ]
