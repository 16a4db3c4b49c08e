from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField("exposure", "rotates_on", models.DateField(null=True)),
        migrations.AddField("rosterrow", "rotates_on", models.DateField(null=True)),
    ]
