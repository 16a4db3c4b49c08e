from django.urls import path

from healthmgmt.accounts import views

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
    path("language/", views.language, name="language"),
]
