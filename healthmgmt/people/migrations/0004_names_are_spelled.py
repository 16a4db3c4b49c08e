from django.db import migrations

from healthmgmt.people import spelling

BATCH = 5_000


def spell(apps, schema_editor):
    """Names that were there before they could be found by pinyin; whoever writes a name since then spells it. Twice is once."""
    people = apps.get_model("people", "Person").objects.using(schema_editor.connection.alias)
    after = 0
    while found := list(people.filter(pk__gt=after).order_by("pk").only("pk", "name")[:BATCH]):
        for one in found:
            one.pinyin = spelling.keys(one.name)
        people.bulk_update([one for one in found if one.pinyin], ["pinyin"], batch_size=1_000)
        after = found[-1].pk


class Migration(migrations.Migration):
    dependencies = [("people", "0003_names_have_keys_in_pinyin")]
    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
