from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_rotation")]

    operations = [
        migrations.AddField(model_name="person", name="pinyin", field=models.CharField(blank=True, db_default="", max_length=300)),
        migrations.AddField(model_name="rosterrow", name="pinyin", field=models.CharField(blank=True, db_default="", max_length=300)),
    ]
