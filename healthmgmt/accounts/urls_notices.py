"""What a user is told: on an organisation's host alone, operators are told nothing."""

from django.urls import path

from healthmgmt.accounts import notice_views

app_name = "notices"

urlpatterns = [
    path("", notice_views.listed, name="all"),
    path("read/", notice_views.read_all, name="read"),
    path("monthly-mail/", notice_views.monthly_mail, name="monthly_mail"),
    path("<uuid:uuid>/", notice_views.follow, name="follow"),
]
