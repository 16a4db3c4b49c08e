"""The organisation's users for its administrator: who has which role where, and who can sign in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.rules import requires
from healthmgmt.organization import services as organization
from healthmgmt.organization.access import unit_named
from healthmgmt.organization.selectors import units_offered
from healthmgmt.people import services
from healthmgmt.people.administration import users as looked_after
from healthmgmt.people.administration import words
from healthmgmt.people.administration.forms import NewUserForm, ReasonForm, RevokeForm, RoleForm, UserFilter, blame
from healthmgmt.people.administration.users import MANAGE
from healthmgmt.people.models import Person

PAGE_SIZE = 50


@requires(MANAGE)
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Who has a role where; with a search also mere employees."""
    form = UserFilter(request.GET)
    found = looked_after.found(request.user, **form.narrowed()).select_related("activation")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    on_page = list(page.object_list)
    people = Person.objects.filter(user__in=on_page).values_list("pk", flat=True)
    audit.record_people("person.account_viewed", list(people), by=Actor.of_request(request))
    rows = looked_after.shown(request.user, on_page, timezone.now())
    sentence = words.users_sentence(page.paginator.count, is_narrowed=form.is_narrowing)
    return render(request, "administration/users.html", {"form": form, "page": page, "rows": rows, "sentence": sentence})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new user, or a new role for an employee; the code is shown in this answer and nowhere again."""
    form = NewUserForm(request.POST or None)
    if form.is_valid():
        try:
            invited = _invite(request, **form.cleaned_data)
        except Rejected as error:
            blame(form, error)
        else:
            if invited.code:
                return _page(request, invited.user, issued=invited.code)
            messages.success(request, _("%(name)s has an account already and got the role.") % {"name": invited.user.shown_name})
            return redirect("administration:user", invited.user.pk)
    context = {"form": form, "units": units_offered(request.user, MANAGE)}
    return render(request, "administration/user_add.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_GET
def user(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, looked_after.get_user_or_404(request.user, pk))


@requires(MANAGE)
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    found = looked_after.get_user_or_404(request.user, pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            unit = unit_named(request.user, form.cleaned_data["unit"], MANAGE)
            given = {"role": form.cleaned_data["role"], "centre": form.cleaned_data["centre"]}
            organization.grant(found, unit=unit, by=Actor.of_request(request), **given)
        except Rejected as error:
            blame(form, error)
        else:
            messages.success(request, _("The role was given. The user signs in again."))
            return redirect("administration:user", pk)
    return _page(request, found, role_form=form)


@requires(MANAGE)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = looked_after.get_user_or_404(request.user, pk)
    form = RevokeForm(request.POST)
    membership = looked_after.role_held(request.user, found, form.cleaned_data["membership"]) if form.is_valid() else None
    if membership is None:
        messages.info(request, _("This role is not held any more."))
    else:
        organization.revoke(membership, by=Actor.of_request(request))
        messages.success(request, _("The role was taken away, and the user was signed out."))
    # Somebody without a role in these units is not looked after any more.
    is_there = looked_after.users_of(request.user).filter(pk=pk).exists()
    return redirect("administration:user", pk) if is_there else redirect("administration:users")


@requires(MANAGE)
@require_POST
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """A new activation code: shown in this answer and nowhere again."""
    found = looked_after.get_account_or_404(request.user, pk)
    if not found.is_active:
        raise Rejected(_("This account is closed; open it again first."))
    issued = accounts.issue_code(found, by=Actor.of_request(request))
    return _page(request, looked_after.get_user_or_404(request.user, pk), issued=issued)


@requires(MANAGE)
@require_POST
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    found = looked_after.get_account_or_404(request.user, pk)
    accounts.end_sessions(found, by=Actor.of_request(request), reason="asked")
    messages.success(request, _("The user was signed out on every device."))
    return redirect("administration:user", pk)


@requires(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = looked_after.get_account_or_404(request.user, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            organization.close_account(found, reason=form.cleaned_data["reason"], by=Actor.of_request(request))
        except Rejected as error:
            blame(form, error)
        else:
            messages.success(request, _("The account was closed. Nothing was deleted."))
            return redirect("administration:user", pk)
    return _page(request, found, reason_form=form)


@requires(MANAGE)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found = looked_after.get_account_or_404(request.user, pk)
    accounts.reactivate(found, by=Actor.of_request(request))
    messages.success(request, _("The account is open again, with the roles that it had."))
    return redirect("administration:user", pk)


def _invite(request: HttpRequest, *, emp_no: str, unit: str, **given: str) -> services.InvitedUser:
    person = looked_after.person_on_roster(request.user, emp_no) if emp_no else None
    return services.invite_user(
        person=person, unit=unit_named(request.user, unit, MANAGE), by=Actor.of_request(request), **given
    )


def _page(
    request: HttpRequest, found: User, *, issued: str = "", role_form: RoleForm | None = None, reason_form: ReasonForm | None = None
) -> HttpResponse:
    """The page of a user, which is recorded for the employee who it is."""
    person = Person.objects.select_related("unit").filter(user=found).first()
    if person is not None:
        audit.record("person.account_viewed", by=Actor.of_request(request), subject=found, person_id=person.pk)
    found.forget_roles()
    (row,) = looked_after.shown(request.user, [found], timezone.now())
    has_errors = any(form is not None and form.errors for form in (role_form, reason_form))
    context = {
        "row": row,
        "person": person,
        "sentence": words.user_sentence(row),
        "standing": words.STANDINGS[row.standing],
        "owns_account": looked_after.owns_account(request.user, found),
        "issued": issued,
        "role_form": role_form or RoleForm(),
        "reason_form": reason_form or ReasonForm(),
        "units": units_offered(request.user, MANAGE),
    }
    return render(request, "administration/user.html", context, status=422 if has_errors else 200)
