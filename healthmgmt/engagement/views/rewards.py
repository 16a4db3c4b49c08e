"""Rewards: the employee asks, the administrator offers, decides and hands over. Who decides sees a name and a price, never an act."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.accounts import notices
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.engagement import access, ledger, presenters, rewards
from healthmgmt.engagement.forms import RewardForm, TokenForm, sent
from healthmgmt.engagement.models import Reward, RewardRequest
from healthmgmt.engagement.views.own import of_person
from healthmgmt.organization.access import get_unit_or_404
from healthmgmt.people.models import Person

PAGE_SIZE = 50


@requires(Permission.OWN_RECORD_VIEW)
@require_GET
@of_person("rewards")
def catalogue(request: HttpRequest, person: Person) -> HttpResponse:
    """What can be had for points, and what one has asked for."""
    notices.settle(kinds=["reward_decided"], link=request.path, user=request.user)
    balance = ledger.balance(person)
    offered = [(one, presenters.reward_name(one), uuid4()) for one in access.rewards_for(person)]
    asked = RewardRequest.objects.select_related("reward").filter(person=person)[:PAGE_SIZE]
    requests = [(one, presenters.reward_name(one.reward), presenters.request_state(one)) for one in asked]
    return render(request, "engagement/rewards.html", {"balance": balance, "offered": offered, "requests": requests})


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a reward; the same form twice is one request."""
    person = access.own_person(request.user)
    if person is None:
        raise Http404(_("There is no such page."))
    reward, form = access.reward_for_or_404(person, uuid), TokenForm(request.POST)
    try:
        if not form.is_valid():
            raise Rejected(_("This form is not whole. Load the page anew."))
        rewards.ask(person, reward, token=form.cleaned_data["token"], by=Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, _("Asked for. You will be told here when it is decided."))
    return redirect("engagement:rewards")


@requires(Permission.OWN_RECORD_VIEW)
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Not wanted any more: the points come back."""
    person = access.own_person(request.user)
    if person is None:
        raise Http404(_("There is no such page."))
    return _settled(request, access.own_request_or_404(person, uuid), rewards.withdraw, _("Withdrawn. Your points are back."), "engagement:rewards")


@requires(Permission.REWARDS_MANAGE)
@require_GET
def manage(request: HttpRequest) -> HttpResponse:
    """What waits for a decision or to be handed over, and what is offered."""
    waiting = access.managed_requests(request.user).filter(state__in=RewardRequest.OPEN).order_by("asked_at", "pk")
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.record_people("reward.requests_viewed", sorted({one.person_id for one in shown}), by=Actor.of_request(request))
    context = {
        "page": page,
        "requests": [(one, presenters.reward_name(one.reward)) for one in shown],
        "rewards": [(one, presenters.reward_name(one)) for one in access.managed_rewards(request.user).order_by("-is_offered", "price", "pk")],
    }
    return render(request, "engagement/manage_rewards.html", context)


@requires(Permission.REWARDS_MANAGE)
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest) -> HttpResponse:
    """A new reward."""
    form = RewardForm(request.user, Permission.REWARDS_MANAGE, sent(request))
    if form.is_valid():
        unit = get_unit_or_404(request.user, form.unit_pk, Permission.REWARDS_MANAGE)
        return _kept(request, form, lambda given, by: rewards.offer(unit, **given, by=by))
    return _form(request, form)


@requires(Permission.REWARDS_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Words, price, stock, or no longer offered."""
    reward = access.managed_reward_or_404(request.user, uuid)
    initial = {name: getattr(reward, name) for name in ("name_zh", "name_en", "price", "stock", "is_offered")}
    form = RewardForm(request.user, Permission.REWARDS_MANAGE, sent(request), initial=initial)
    form.fields.pop("unit", None)
    if form.is_valid():
        is_offered = form.cleaned_data["is_offered"]
        return _kept(request, form, lambda given, by: rewards.change(reward, **given, is_offered=is_offered, by=by))
    return _form(request, form, reward)


def _kept(request: HttpRequest, form: RewardForm, keep: Callable[..., Reward]) -> HttpResponse:
    given = {name: form.cleaned_data[name] for name in ("name_zh", "name_en", "price", "stock")}
    try:
        keep(given, Actor.of_request(request))
    except Rejected as error:
        form.add_error(error.field or None, error.message)
        return _form(request, form)
    messages.success(request, _("Kept."))
    return redirect("engagement:manage_rewards")


def _form(request: HttpRequest, form: RewardForm, reward: Reward | None = None) -> HttpResponse:
    return render(request, "engagement/reward.html", {"form": form, "reward": reward}, status=422 if form.errors else 200)


@requires(Permission.REWARDS_MANAGE)
@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _managed(request, uuid, rewards.approve, _("Approved. The employee is told."))


@requires(Permission.REWARDS_MANAGE)
@require_POST
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _managed(request, uuid, rewards.decline, _("Declined. The points are back, and the employee is told."))


@requires(Permission.REWARDS_MANAGE)
@require_POST
def hand_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _managed(request, uuid, rewards.hand_over, _("Noted as handed over."))


def _managed(request: HttpRequest, uuid: UUID, act: Callable[..., RewardRequest], said: str) -> HttpResponse:
    return _settled(request, access.managed_request_or_404(request.user, uuid), act, said, "engagement:manage_rewards")


def _settled(request: HttpRequest, one: RewardRequest, act: Callable[..., RewardRequest], said: str, to: str) -> HttpResponse:
    try:
        act(one, by=Actor.of_request(request))
    except Rejected as error:
        messages.info(request, error.message)
    else:
        messages.success(request, said)
    return redirect(to)
