from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="publishedrow", name="whole", field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)
        ),
    ]
