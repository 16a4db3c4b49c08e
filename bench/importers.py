"""`python -m bench.importers URL FILE COLUMNS MODE`: the same file through django-import-export into one typed table; prints seconds as JSON.

COLUMNS is a JSON file: heading -> type. MODE `default` is the package as it comes; `bulk` its fastest way that still validates every row: no lookups, no diffs, one INSERT
for a thousand rows. In a process with settings of its own, since the product knows nothing of that package.
"""

import json
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

TABLE = "imported_exam"


def main(url: str, path: str, columns: str, mode: str) -> None:
    _configure(url)
    from django.db import connection
    from tablib import Dataset

    resource = _resource(json.loads(Path(columns).read_text(encoding="utf-8")), mode)
    with connection.schema_editor() as editor:
        editor.create_model(resource._meta.model)
    try:
        started = time.perf_counter()
        dataset = Dataset().load(Path(path).read_text(encoding="utf-8"), format="csv")
        result = resource.import_data(dataset, raise_errors=True)
        seconds = time.perf_counter() - started
        stored = resource._meta.model.objects.count()
        if result.has_validation_errors() or stored != len(dataset):
            raise SystemExit(f"{mode}: {stored} of {len(dataset)} rows were stored")
        print(json.dumps({"seconds": seconds, "rows": stored}))
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(resource._meta.model)


def _configure(url: str) -> None:
    import django
    from django.conf import settings

    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.strip("/"), "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""), "HOST": parts.hostname or "", "PORT": parts.port or "",
        "OPTIONS": {"options": "-c search_path=bench"},
    }  # fmt: skip
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()


def _resource(kinds: dict[str, str], mode: str):
    from django.db import models
    from import_export import fields, resources, widgets

    makers = {
        "text": lambda: models.CharField(max_length=200, blank=True),
        "date": lambda: models.DateField(),
        "double precision": lambda: models.FloatField(null=True, blank=True),
    }
    names = {heading: f"c{place}" for place, heading in enumerate(kinds)}
    columns = {names[heading]: makers[kind]() for heading, kind in kinds.items()}
    meta = type("Meta", (), {"app_label": "import_export", "db_table": TABLE})
    model = type("ImportedExam", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    readers = {"text": widgets.CharWidget(), "date": widgets.DateWidget("%Y-%m-%d"), "double precision": widgets.FloatWidget()}
    declared = {
        name: fields.Field(attribute=name, column_name=heading, widget=readers[kinds[heading]]) for heading, name in names.items()
    }
    options = {"model": model, "fields": tuple(columns), "import_id_fields": ("c0",)}
    if mode == "bulk":
        options |= {
            "use_bulk": True, "batch_size": 1000, "skip_diff": True, "skip_html_diff": True, "force_init_instance": True,
            "clean_model_instances": True, "store_row_values": False, "report_skipped": False,
        }  # fmt: skip
    return type("ExamResource", (resources.ModelResource,), {**declared, "Meta": type("Meta", (), options)})()


if __name__ == "__main__":
    main(*sys.argv[1:])
