"""How far each organisation's schema is, noted beside its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(model_name="organisation", name="migrations_applied", field=models.PositiveIntegerField(default=0)),
    ]
