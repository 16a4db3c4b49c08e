from django.conf import settings
from django.urls import path

from healthmgmt.portal import liaison, undoing, views
from healthmgmt.portal.administration import views as administration
from healthmgmt.portal.employee import views as employee
from healthmgmt.portal.published import views as published
from healthmgmt.portal.steward import views as steward

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("liaison/", liaison.home, name="liaison"),
    path("due/", liaison.due, name="due"),
    path("uploads/<uuid:uuid>/undo/", undoing.undo, name="undo"),
    path("due/export/", liaison.due_export, name="due_export"),
    path("admin/", administration.home, name="admin"),
    path("admin/settings/", administration.settings, name="settings"),
    path("admin/centres/options/", administration.centre_options, name="centre_options"),
    path("steward/", steward.home, name="steward"),
    path("steward/verify/", steward.verify, name="steward_verify"),
    path("steward/access-log/", steward.access_log, name="access_log"),
    path("steward/quality/", steward.data_quality, name="quality"),
    path("steward/quality/<int:pk>/", steward.centre_quality, name="centre_quality"),
    path("steward/pack/", steward.pack, name="packs"),
    path("models/", published.models, name="models"),
    path("models/<slug:name>/", published.model, name="model"),
    path("healthz", views.healthz, name="healthz"),
    path("today/", employee.today, name="today"),
    path("report/", employee.report, name="report"),
    path("plan/", employee.plan, name="plan"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/done/", employee.finish_step, name="finish_step"),
    path("readings/", employee.home_readings, name="readings"),
    path("readings/<uuid:token>/withdraw/", employee.withdraw_reading, name="withdraw_reading"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/later/", employee.postpone_step, name="postpone_step"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/decline/", employee.decline_step, name="decline_step"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/lesson/", employee.lesson, name="lesson"),
    path("privacy/", employee.privacy, name="privacy"),
    path("privacy/consents/", employee.decide_consent, name="decide_consent"),
    path("api/schema/", views.SchemaView.as_view(), name="schema"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.style_guide, name="styleguide"))
