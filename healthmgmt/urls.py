"""What an organisation's host name answers."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("healthmgmt.accounts.urls")),
    path("notices/", include("healthmgmt.accounts.urls_notices")),
    path("uploads/", include("healthmgmt.exams.urls")),
    path("deliver/", include("healthmgmt.exams.urls_links")),
    path("api/v1/", include("healthmgmt.exams.urls_api")),
    path("api/v1/", include("healthmgmt.care.urls_api")),
    path("api/v1/", include("healthmgmt.insight.urls_api")),
    path("api/v1/", include("healthmgmt.portal.urls_api")),
    path("care/", include("healthmgmt.care.urls")),
    path("roster/", include("healthmgmt.people.urls")),
    path("", include("healthmgmt.engagement.urls")),
    path("", include("healthmgmt.insight.urls")),
    path("admin/", include("healthmgmt.people.administration.urls")),
    path("admin/", include("healthmgmt.organization.urls")),
    path("", include("healthmgmt.portal.urls")),
]
