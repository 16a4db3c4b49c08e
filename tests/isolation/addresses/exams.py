"""Uploads."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.isolation.rules import EVERYBODY, Rule, any_method

UPLOADERS = frozenset({"liaison_a1", "liaison_b1", "exam_centre"})
CLINICIANS = frozenset({"case_manager", "physician"})
UPLOAD_READERS = UPLOADERS | CLINICIANS | {"office_a", "office_b"}
API_READERS = UPLOAD_READERS - CLINICIANS
# Clinicians mend what they typed in themselves, and see no other upload.
MENDERS = UPLOADERS | CLINICIANS
TYPISTS = CLINICIANS | {"exam_centre"}
RECORDS = {"anna": CLINICIANS, "bella": frozenset({"physician"})}
DISPUTES = {"anna": CLINICIANS, "bella": frozenset({"physician"})}
# Which roles reach which of the seeded uploads, named after who delivered them.
UPLOADS = {
    "liaison_a1": frozenset({"liaison_a1", "office_a"}),
    "liaison_b1": frozenset({"liaison_b1", "office_b"}),
    "exam_centre": frozenset({"exam_centre"}),
}


def a_file() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("new.csv", "工号,姓名,体检日期\n".encode())}


LINKERS = frozenset({"liaison_a1", "liaison_b1", "office_a", "office_b", "admin"})
LINKS = {"a1": frozenset({"liaison_a1", "office_a", "admin"}), "b1": frozenset({"liaison_b1", "office_b", "admin"})}
LIAISONS = frozenset({"liaison_a1", "liaison_b1"})

URLS = {
    "uploads/": Rule(
        UPLOAD_READERS,
        {"GET": 200, "POST": 302},
        except_for={(role, "POST"): 403 for role in ("office_a", "office_b", "case_manager", "physician")},
        data={"POST": a_file},
    ),
    "uploads/typed/": Rule(TYPISTS, {"GET": 200, "POST": 422}, data={"POST": lambda: {"emp_no": "nobody", "name": "nobody"}}),
    "uploads/typed/items/": Rule(TYPISTS, {"GET": 200}),
    "uploads/people/<uuid:uuid>/reports/": Rule(CLINICIANS, {"GET": 200, "POST": 422}, RECORDS, kind="person"),
    "uploads/reports/<uuid:uuid>/": Rule(
        CLINICIANS | {"employee"}, {"GET": 200}, {"anna": CLINICIANS | {"employee"}, "bella": frozenset({"physician"})}, kind="report"
    ),
    "uploads/template/<slug:package>/": Rule(
        UPLOADERS, {"GET": 200}, {"basic": UPLOADERS, "none": frozenset()}, kind="package", everywhere=True
    ),
    "deliver/template/<slug:package>/": Rule(EVERYBODY, any_method(404)),
    "uploads/disputes/": Rule(TYPISTS, {"GET": 200}),
    # Both values came by liaisons: no exam centre sees that they are disputed.
    "uploads/disputes/<uuid:uuid>/answer/": Rule(TYPISTS, {"POST": 302}, DISPUTES, kind="dispute"),
    "uploads/links/": Rule(LINKERS, {"GET": 200, "POST": 422}, data={"POST": lambda: {"centre": "", "days": "14"}}),
    "uploads/links/<uuid:uuid>/revoke/": Rule(LINKERS, {"POST": 302}, LINKS, kind="link"),
    # Whoever has no link, or one that is none, is told the same.
    "deliver/": Rule(EVERYBODY, {"GET": 404, "POST": 404}),
    "deliver/<str:token>/": Rule(EVERYBODY, any_method(302)),
    "uploads/<uuid:uuid>/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/progress/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/problems/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/bad-rows/": Rule(MENDERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/apply/": Rule(UPLOADERS, {"POST": 302}, UPLOADS),
    "uploads/<uuid:uuid>/changes/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/undo/": Rule(
        LIAISONS | TYPISTS,
        {"GET": 200, "POST": 302},
        UPLOADS,
        # A file of its own is not the centre's to undo; an exam that it typed in would be.
        except_for={("exam_centre", "GET"): 403, ("exam_centre", "POST"): 403},
        data={"POST": lambda: {"reason": "the wrong file"}},
    ),
    "uploads/<uuid:uuid>/counts/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/alike/": Rule(
        MENDERS,
        {"POST": 302},
        UPLOADS,
        data={"POST": lambda: {"kind": "text", "reason": "unknown-employee", "column": "工号", "text": "nobody's", "given": "E1"}},
    ),
    "uploads/<uuid:uuid>/rows/<int:number>/cell/": Rule(
        MENDERS, {"POST": 302}, UPLOADS, kind="row", data={"POST": lambda: {"index": "0", "text": "nobody"}}
    ),
    "uploads/<uuid:uuid>/leave/": Rule(
        MENDERS, {"POST": 302}, UPLOADS, data={"POST": lambda: {"what": "rows", "reason": "unknown-employee", "column": "工号"}}
    ),
    "uploads/<uuid:uuid>/columns/": Rule(MENDERS, {"GET": 200, "POST": 302}, UPLOADS),
    "uploads/<uuid:uuid>/columns/units/": Rule(MENDERS, {"GET": 200}, UPLOADS),
    "uploads/<uuid:uuid>/columns/answer/": Rule(MENDERS, {"POST": 422}, UPLOADS),
    "uploads/<uuid:uuid>/columns/back/": Rule(MENDERS, {"POST": 422}, UPLOADS),
    "uploads/<uuid:uuid>/columns/again/": Rule(MENDERS, {"POST": 302}, UPLOADS),
    "uploads/<uuid:uuid>/check-again/": Rule(LIAISONS, {"POST": 302}, UPLOADS),
    "uploads/<uuid:uuid>/rows/<int:number>/": Rule(LIAISONS, {"GET": 200, "POST": 422}, UPLOADS, kind="row"),
    "api/v1/uploads/": Rule(
        API_READERS,
        {"GET": 200, "POST": 201},
        except_for={("office_a", "POST"): 403, ("office_b", "POST"): 403},
        data={"POST": a_file},
        refusal=401,
    ),
    "api/v1/uploads/<uuid:uuid>/": Rule(API_READERS, {"GET": 200}, UPLOADS, refusal=401),
    "api/v1/uploads/<uuid:uuid>/apply/": Rule(UPLOADERS, {"POST": 202}, UPLOADS, refusal=401),
    "api/v1/uploads/<uuid:uuid>/undo/": Rule(frozenset({"liaison_a1", "liaison_b1"}), {"POST": 200}, UPLOADS, refusal=401),
}
