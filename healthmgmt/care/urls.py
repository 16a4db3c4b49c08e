from django.urls import path

from healthmgmt.care import load_views, message_views, plan_views, views

app_name = "care"

urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("live/", views.live, name="live"),
    path("load/", load_views.load, name="load"),
    path("load/units/<int:pk>/", load_views.share, name="share"),
    path("people/", views.people, name="people"),
    path("people/exception/", views.exception, name="exception"),
    path("people/<uuid:uuid>/", views.person, name="person"),
    path("messages/", message_views.inbox, name="inbox"),
    path("people/<uuid:uuid>/messages/", message_views.conversation, name="messages"),
    path("people/<uuid:uuid>/messages/settled/", message_views.settle, name="settle_messages"),
    path("people/<uuid:uuid>/contact/", views.contact, name="contact"),
    path("people/<uuid:uuid>/steps/<int:pk>/done/", views.finish_step, name="finish_step"),
    path("people/<uuid:uuid>/pause/", plan_views.pause, name="pause"),
    path("people/<uuid:uuid>/resume/", plan_views.resume, name="resume"),
    path("people/<uuid:uuid>/end/", plan_views.end, name="end"),
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/<uuid:uuid>/", views.alert, name="alert"),
    path("alerts/<uuid:uuid>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("alerts/<uuid:uuid>/confirm/", views.confirm, name="confirm"),
    path("alerts/<uuid:uuid>/clear/", views.clear, name="clear"),
    path("alerts/<uuid:uuid>/close/", views.close, name="close"),
]
