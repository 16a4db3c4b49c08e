from django.urls import path

from tenants import views

app_name = "operator"

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("organisations/<slug:slug>/jobs/<int:job>/retry/", views.retry, name="retry"),
]
