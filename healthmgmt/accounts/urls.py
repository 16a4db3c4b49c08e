from django.urls import path

from healthmgmt.accounts import views

app_name = "accounts"

urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("activate/", views.activate, name="activate"),
    path("password/", views.password, name="password"),
    path("language/", views.language, name="language"),
]
