from django.urls import path

from healthmgmt.engagement.views import campaigns, own, rewards

app_name = "engagement"

urlpatterns = [
    path("activities/", own.activities, name="activities"),
    path("activities/points/", own.points, name="points"),
    path("activities/rewards/", rewards.catalogue, name="rewards"),
    path("activities/rewards/<uuid:uuid>/ask/", rewards.ask, name="ask_reward"),
    path("activities/rewards/requests/<uuid:uuid>/withdraw/", rewards.withdraw, name="withdraw_request"),
    path("activities/<uuid:uuid>/", own.activity, name="activity"),
    path("activities/<uuid:uuid>/join/", own.join, name="join"),
    path("activities/<uuid:uuid>/later/", own.later, name="later"),
    path("activities/<uuid:uuid>/decline/", own.decline, name="decline"),
    path("activities/<uuid:uuid>/acts/", own.note_act, name="note_act"),
    path("activities/<uuid:uuid>/acts/<int:pk>/withdraw/", own.withdraw_act, name="withdraw_act"),
    path("activities/<uuid:uuid>/lessons/<slug:slug>/", own.lesson, name="lesson"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.prepare, name="prepare"),
    path("campaigns/<uuid:uuid>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:uuid>/start/", campaigns.start, name="start"),
    path("campaigns/<uuid:uuid>/end/", campaigns.end, name="end"),
    path("campaigns/<uuid:uuid>/cancel/", campaigns.cancel, name="cancel"),
    path("campaigns/<uuid:uuid>/attendance/", campaigns.take_list, name="take_list"),
    path("invited/", campaigns.named_list, name="named_list"),
    path("invited/<uuid:uuid>/", campaigns.invited, name="invited"),
    path("rewards/", rewards.manage, name="manage_rewards"),
    path("rewards/new/", rewards.offer, name="offer_reward"),
    path("rewards/<uuid:uuid>/", rewards.change, name="change_reward"),
    path("rewards/requests/<uuid:uuid>/approve/", rewards.approve, name="approve_request"),
    path("rewards/requests/<uuid:uuid>/decline/", rewards.decline, name="decline_request"),
    path("rewards/requests/<uuid:uuid>/handed-over/", rewards.hand_over, name="hand_over"),
]
