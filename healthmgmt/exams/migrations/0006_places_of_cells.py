from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exams", "0005_upload_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadrow",
            name="places",
            field=models.JSONField(null=True),
        ),
    ]
