from django.urls import path

from healthmgmt.accounts import notice_views, views

app_name = "accounts"

urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("activate/", views.activate, name="activate"),
    path("password/", views.password, name="password"),
    path("reset/", views.reset, name="reset"),
    path("reset/asked/", views.reset_asked, name="reset_asked"),
    path("reset/choose/", views.reset_choose, name="reset_choose"),
    path("reset/<str:token>/", views.reset_open, name="reset_open"),
    path("notices/", notice_views.listed, name="notices"),
    path("notices/read/", notice_views.read_all, name="read_notices"),
    path("notices/<uuid:uuid>/", notice_views.follow, name="follow_notice"),
    path("language/", views.language, name="language"),
]
