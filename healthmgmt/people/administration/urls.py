from django.urls import path

from healthmgmt.people.administration.views import units, users

app_name = "administration"

urlpatterns = [
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user_add"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/grant/", users.grant, name="user_grant"),
    path("users/<int:pk>/revoke/", users.revoke, name="user_revoke"),
    path("users/<int:pk>/code/", users.code, name="user_code"),
    path("users/<int:pk>/sign-out/", users.sign_out, name="user_sign_out"),
    path("users/<int:pk>/close/", users.close, name="user_close"),
    path("users/<int:pk>/reopen/", users.reopen, name="user_reopen"),
    path("units/", units.units, name="units"),
    path("units/options/", units.options, name="unit_options"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/children/", units.children, name="unit_children"),
    path("units/<int:pk>/add/", units.add, name="unit_add"),
    path("units/<int:pk>/rename/", units.rename, name="unit_rename"),
    path("units/<int:pk>/place/", units.place, name="unit_place"),
    path("units/<int:pk>/move/", units.move, name="unit_move"),
    path("units/<int:pk>/merge/", units.merge, name="unit_merge"),
    path("units/<int:pk>/close/", units.close, name="unit_close"),
    path("units/<int:pk>/transfer/", units.transfer, name="unit_transfer"),
]
