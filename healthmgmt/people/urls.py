from django.urls import path

from healthmgmt.people import views

app_name = "people"

urlpatterns = [
    path("", views.people, name="roster"),
    path("import/", views.import_roster, name="import"),
    path("units/<int:pk>/accounts/", views.open_accounts, name="accounts"),
    path("<uuid:uuid>/", views.person, name="person"),
    path("<uuid:uuid>/code/", views.code, name="code"),
]
