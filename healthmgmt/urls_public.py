"""What the bare domain answers: the operators' side."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("healthmgmt.accounts.urls")),
    path("", include("tenants.urls")),
    path("", include("healthmgmt.portal.urls_public")),
]
