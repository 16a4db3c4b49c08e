from django.urls import path

from healthmgmt.exams.views import changes, columns, disputes, links, repairs, report_files, templates, typed, uploads

app_name = "exams"

urlpatterns = [
    path("", uploads.uploads, name="uploads"),
    path("template/<slug:package>/", templates.template, name="template"),
    path("typed/", typed.typed, name="typed"),
    path("typed/items/", typed.items, name="items"),
    path("people/<uuid:uuid>/reports/", report_files.of_person, name="report_files"),
    path("reports/<uuid:uuid>/", report_files.download, name="report_file"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:uuid>/answer/", disputes.answer, name="answer_dispute"),
    path("links/", links.links, name="links"),
    path("links/<uuid:uuid>/revoke/", links.revoke, name="revoke_link"),
    path("<uuid:uuid>/", uploads.upload, name="upload"),
    path("<uuid:uuid>/progress/", uploads.progress_of, name="progress"),
    path("<uuid:uuid>/apply/", uploads.apply, name="apply"),
    path("<uuid:uuid>/bad-rows/", uploads.bad_rows, name="bad_rows"),
    path("<uuid:uuid>/columns/", columns.mapped, name="columns"),
    path("<uuid:uuid>/columns/units/", columns.units, name="column_units"),
    path("<uuid:uuid>/columns/answer/", columns.answer, name="column_answer"),
    path("<uuid:uuid>/columns/back/", columns.go_back, name="columns_back"),
    path("<uuid:uuid>/columns/again/", columns.read_again, name="read_again"),
    path("<uuid:uuid>/problems/", repairs.problems, name="problems"),
    path("<uuid:uuid>/counts/", repairs.counts, name="counts"),
    path("<uuid:uuid>/alike/", repairs.alike, name="alike"),
    path("<uuid:uuid>/changes/", changes.changes, name="changes"),
    path("<uuid:uuid>/leave/", repairs.leave, name="leave"),
    path("<uuid:uuid>/check-again/", repairs.check_again, name="check_again"),
    path("<uuid:uuid>/rows/<int:number>/cell/", repairs.cell, name="cell"),
    path("<uuid:uuid>/rows/<int:number>/", repairs.row, name="row"),
]
