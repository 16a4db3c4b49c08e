"""Every field of every model is classified, so that an export can be an allow-list."""

from django.apps import apps
from django.db import models

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, SECRET, WORDS
from healthmgmt.core.encryption import EncryptedTextField

SENSITIVE_NAMES = {"id_no": IDENTIFIER, "name": IDENTIFIER, "password": SECRET, "digest": SECRET}
# Names that mean something else in these models, each with its reason.
OTHERWISE = {
    "tenants.Organisation.name": "an organisation",
    "organization.Unit.name": "a unit",
    "organization.Period.name": "a period",
    "organization.CalendarDay.name": "a day",
    "partners.ExamCentre.name": "an exam centre",
    "risk.PackDraft.name": "a pack of rules",
    "risk.OwnEdition.name": "a pack of rules",
    "audit.Seal.digest": "a link of the chain, which is there to be compared",
}


def fields(model: type[models.Model]) -> set[str]:
    """What has to be classified: all columns and many-to-many relations but the primary key."""
    return {field.name for field in [*model._meta.concrete_fields, *model._meta.many_to_many] if not field.primary_key}


def faults(model: type[models.Model]) -> list[str]:
    """What is not, not any more or wrongly classified."""
    label, given = model._meta.label, vars(model).get("CLASSIFICATION")
    if given is None:
        return [f"{label} has no CLASSIFICATION of its own"]
    found = [f"{label}.{name} is not classified" for name in sorted(fields(model) - set(given))]
    found += [f"{label}.{name} is classified but not there" for name in sorted(set(given) - fields(model))]
    found += [f"{label}.{name} is {word!r}, which is no word" for name, word in given.items() if word not in WORDS]
    for field in model._meta.concrete_fields:
        word, expected = given.get(field.name), SENSITIVE_NAMES.get(field.name)
        if f"{label}.{field.name}" in OTHERWISE:
            continue
        if expected and word not in (expected, None):
            found.append(f"{label}.{field.name} is {word}, not {expected}")
        if isinstance(field, EncryptedTextField) and word not in (IDENTIFIER, SECRET, CLINICAL):
            found.append(f"{label}.{field.name} is encrypted, yet {word}")
    return found


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in ("healthmgmt", "tenants")]


def test_classification_is_complete():
    assert [fault for model in own_models() for fault in faults(model)] == []


def test_classification_exceptions_are_not_stale():
    there = {f"{model._meta.label}.{field.name}" for model in own_models() for field in model._meta.concrete_fields}
    assert set(OTHERWISE) - there == set()


def test_classification_names_stay_out_of_models_of_others():
    """Nobody else's model holds what ours must classify: the framework's own apps only."""
    others = {model.__module__.split(".")[0] for model in apps.get_models()} - {"healthmgmt", "tenants"}
    assert others <= {"django"}


def sample(**attributes) -> type[models.Model]:
    class Meta:
        app_label = "guards"
        managed = False

    body = {"__module__": __name__, "Meta": Meta, "text": models.TextField(), **attributes}
    model = type("Sample", (models.Model,), body)
    apps.all_models["guards"].clear()
    return model


def test_guard_sees_what_is_not_classified():
    assert faults(sample()) == ["guards.Sample has no CLASSIFICATION of its own"]
    assert faults(sample(CLASSIFICATION={})) == ["guards.Sample.text is not classified"]
    assert faults(sample(CLASSIFICATION={"text": "plain", "old": "plain"})) == ["guards.Sample.old is classified but not there"]
    assert faults(sample(CLASSIFICATION={"text": "harmless"})) == ["guards.Sample.text is 'harmless', which is no word"]
    assert faults(sample(CLASSIFICATION={"text": "plain"})) == []


def test_guard_sees_what_is_classified_too_low():
    given = {"text": "plain", "id_no": "plain"}
    assert faults(sample(id_no=EncryptedTextField(), CLASSIFICATION=given)) == [
        "guards.Sample.id_no is plain, not identifier",
        "guards.Sample.id_no is encrypted, yet plain",
    ]
