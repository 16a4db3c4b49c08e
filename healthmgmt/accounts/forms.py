"""Shapes of the sign-in pages; what is right is decided by the services."""

from django import forms
from django.utils.translation import gettext_lazy as _


class IdentifierForm(forms.Form):
    identifier = forms.CharField(
        label=_("Employee number, e-mail or mobile"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}),
    )


class SignInForm(IdentifierForm):
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class NewPasswordForm(forms.Form):
    """Two fields that must say the same."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters, not only digits, and nothing that is easily guessed."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("New password, once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict:
        given = super().clean()
        if given.get("password") and given.get("repeated") and given["password"] != given["repeated"]:
            self.add_error("repeated", _("This is not the same password."))
        return given


class ActivationForm(NewPasswordForm):
    code = forms.CharField(
        label=_("Activation code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "characters"}),
    )
    field_order = ["code", "password", "repeated"]


class PasswordForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Present password"), strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ["current", "password", "repeated"]
