"""Signing in and out, activation, passwords and language: doors to the services."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as open_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from healthmgmt.accounts import resets, services
from healthmgmt.accounts.forms import ActivationForm, IdentifierForm, NewPasswordForm, PasswordForm, SignInForm
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.rules import PUBLIC, SIGNED_IN, requires

# Where a session keeps the token of the link that was opened.
RESET_TOKEN = "reset_token"


@requires(PUBLIC)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            services.sign_in(request, **form.cleaned_data)
        except Rejected as error:
            _blame(form, error)
        else:
            return redirect(_onward(request))
    context = {"form": form, "next": _asked_for(request)}
    return render(request, "accounts/login.html", context, status=422 if form.errors else 200)


@requires(PUBLIC)
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    services.sign_out(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@requires(PUBLIC)
@sensitive_post_parameters("code", "password", "repeated")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    form = ActivationForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            user = services.activate(given["code"], password=given["password"], address=request.META.get("REMOTE_ADDR", ""))
        except Rejected as error:
            _blame(form, error)
        else:
            open_session(request, user)
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/activate.html", {"form": form}, status=422 if form.errors else 200)


@requires(PUBLIC)
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link for a new password."""
    form = IdentifierForm(request.POST or None)
    if form.is_valid():
        try:
            resets.ask(form.cleaned_data["identifier"], address=request.META.get("REMOTE_ADDR", ""))
        except Rejected as error:
            _blame(form, error)
        else:
            return redirect("accounts:reset_asked")
    return render(request, "accounts/reset.html", {"form": form}, status=422 if form.errors else 200)


@requires(PUBLIC)
@require_safe
def reset_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/reset_asked.html")


@requires(PUBLIC)
@require_safe
def reset_open(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail: takes the token out of the address, so that no further log and no Referer holds it."""
    if resets.holder(token) is not None:
        request.session[RESET_TOKEN] = token
    return redirect("accounts:reset_choose")


@requires(PUBLIC)
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def reset_choose(request: HttpRequest) -> HttpResponse:
    """Choose a new password by the link that was opened in this browser."""
    token = request.session.get(RESET_TOKEN, "")
    if resets.holder(token) is None:
        return render(request, "accounts/reset_spent.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            resets.redeem(token, password=form.cleaned_data["password"], address=request.META.get("REMOTE_ADDR", ""))
        except Rejected as error:
            _blame(form, error)
        else:
            request.session.flush()
            messages.success(request, _("Your password was changed. Please sign in with it."))
            return redirect("accounts:login")
    return render(request, "accounts/reset_choose.html", {"form": form}, status=422 if form.errors else 200)


@requires(SIGNED_IN)
@sensitive_post_parameters("current", "password", "repeated")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.change_password(request.user, current=given["current"], password=given["password"], by=Actor.of_request(request))
        except Rejected as error:
            _blame(form, error)
        else:
            # A new session here; those on other devices end with the old password.
            open_session(request, request.user)
            messages.success(request, _("Your password was changed."))
            return redirect("accounts:password")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


@requires(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Rejected(_("The pages do not exist in this language."))
    if request.user.is_authenticated:
        services.choose_language(request.user, language=chosen, by=Actor.of_request(request))
    response = redirect(_onward(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response


def _asked_for(request: HttpRequest) -> str:
    """The page of this host that the visitor wanted before; empty for anything else."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def _onward(request: HttpRequest) -> str:
    return _asked_for(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _blame(form: forms.Form, error: Rejected) -> None:
    """Show a rejection beside its field, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
