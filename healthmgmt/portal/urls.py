from django.conf import settings
from django.urls import path

from healthmgmt.portal import liaison, undoing, views
from healthmgmt.portal.administration import views as administration
from healthmgmt.portal.employee import message_views
from healthmgmt.portal.employee import pausing as resting
from healthmgmt.portal.employee import views as employee
from healthmgmt.portal.packs import proposals, simulations
from healthmgmt.portal.packs import views as packs
from healthmgmt.portal.published import views as published
from healthmgmt.portal.steward import views as steward

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("liaison/", liaison.home, name="liaison"),
    path("due/", liaison.due, name="due"),
    path("uploads/<uuid:uuid>/undo/", undoing.undo, name="undo"),
    path("due/export/", liaison.due_export, name="due_export"),
    path("due/remind/", liaison.remind, name="due_remind"),
    path("admin/", administration.home, name="admin"),
    path("admin/settings/", administration.settings, name="settings"),
    path("admin/centres/options/", administration.centre_options, name="centre_options"),
    path("steward/", steward.home, name="steward"),
    path("steward/verify/", steward.verify, name="steward_verify"),
    path("steward/access-log/", steward.access_log, name="access_log"),
    path("steward/quality/", steward.data_quality, name="quality"),
    path("steward/quality/<int:pk>/", steward.centre_quality, name="centre_quality"),
    path("steward/pack/", packs.rules, name="packs"),
    path("steward/pack/copy/", packs.copy, name="pack_copy"),
    path("steward/pack/drafts/<uuid:uuid>/", packs.draft, name="pack_draft"),
    path("steward/pack/drafts/<uuid:uuid>/discard/", packs.discard, name="pack_discard"),
    path("steward/pack/drafts/<uuid:uuid>/change/<slug:kind>/<str:of>/", packs.change, name="pack_change"),
    path("steward/pack/drafts/<uuid:uuid>/preview/<slug:kind>/<str:of>/", packs.preview, name="pack_preview"),
    path("steward/pack/drafts/<uuid:uuid>/simulation/", simulations.simulation, name="pack_simulation"),
    path("steward/pack/drafts/<uuid:uuid>/simulation/progress/", simulations.progress, name="pack_progress"),
    path("steward/pack/drafts/<uuid:uuid>/simulation/download/", simulations.download, name="pack_simulation_book"),
    path("steward/pack/drafts/<uuid:uuid>/propose/", proposals.propose, name="pack_propose"),
    path("rules/", packs.lines, name="rules"),
    path("rules/proposals/", proposals.proposals, name="pack_proposals"),
    path("rules/proposals/<uuid:uuid>/", proposals.proposal, name="pack_proposal"),
    path("rules/proposals/<uuid:uuid>/approve/", proposals.approve, name="pack_approve"),
    path("rules/proposals/<uuid:uuid>/withdraw/", proposals.withdraw, name="pack_withdraw"),
    path("rules/proposals/<uuid:uuid>/simulation/", proposals.download, name="pack_proposal_book"),
    path("models/", published.models, name="models"),
    path("models/<slug:name>/", published.model, name="model"),
    path("healthz", views.healthz, name="healthz"),
    path("today/", employee.today, name="today"),
    path("report/", employee.report, name="report"),
    path("report/correction/", employee.correction, name="correction"),
    path("plan/", employee.plan, name="plan"),
    path("plan/pause/", resting.pause, name="pause_plan"),
    path("plan/resume/", resting.resume, name="resume_plan"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/done/", employee.finish_step, name="finish_step"),
    path("readings/", employee.home_readings, name="readings"),
    path("readings/<uuid:token>/withdraw/", employee.withdraw_reading, name="withdraw_reading"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/later/", employee.postpone_step, name="postpone_step"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/decline/", employee.decline_step, name="decline_step"),
    path("plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/lesson/", employee.lesson, name="lesson"),
    path("messages/", message_views.conversation, name="messages"),
    path("privacy/", employee.privacy, name="privacy"),
    path("privacy/consents/", employee.decide_consent, name="decide_consent"),
    path("api/schema/", views.SchemaView.as_view(), name="schema"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.style_guide, name="styleguide"))
