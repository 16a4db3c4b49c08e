from django.db import migrations

from healthmgmt.core.fields import WrittenJSONField


class Migration(migrations.Migration):
    dependencies = [("exams", "0013_good_rows_from_the_beginning")]
    operations = [
        migrations.AlterField(model_name="uploadrow", name="raw", field=WrittenJSONField(default=list)),
    ]
