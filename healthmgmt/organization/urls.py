from django.urls import path

from healthmgmt.organization import calendar_views, views

app_name = "organization"

urlpatterns = [
    path("periods/", views.periods, name="periods"),
    path("periods/<int:pk>/deadline/", views.deadline, name="period_deadline"),
    path("periods/<int:pk>/close/", views.close, name="period_close"),
    path("periods/<int:pk>/lock/", views.lock, name="period_lock"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/remove/", calendar_views.remove, name="calendar_remove"),
    path("calendar/year/", calendar_views.load_year, name="calendar_year"),
    path("calendar/week/", calendar_views.week, name="calendar_week"),
]
