from django.db import migrations


def keep_findings_with_their_exam(apps, schema_editor):
    """What texts ask to watch or refer moves into the exam; what is out of range follows from its numbers at any time."""
    database = schema_editor.connection.alias
    exams, findings = (apps.get_model("exams", name).objects.using(database) for name in ("Exam", "Finding"))
    said: dict[int, list[dict[str, str]]] = {}
    for one in findings.filter(level__in=("watch", "refer")).order_by("id"):
        said.setdefault(one.exam_id, []).append({"code": one.code, "level": one.level, "indicator": one.indicator, "text": ""})
    exams.bulk_update([exams.model(pk=pk, findings=found) for pk, found in said.items()], ["findings"], batch_size=1_000)


class Migration(migrations.Migration):
    dependencies = [("exams", "0011_exams_hold_findings")]
    operations = [migrations.RunPython(keep_findings_with_their_exam, migrations.RunPython.noop)]
