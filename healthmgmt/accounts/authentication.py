"""API tokens: `Authorization: Token <secret>`."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from healthmgmt.accounts.models import ApiToken, User
from healthmgmt.core.encryption import keyed_hash

KEYWORD = b"token"


def token_digest(secret: str) -> str:
    """What is stored of a token."""
    return keyed_hash(f"api token {secret}")


class TokenAuthentication(BaseAuthentication):
    """A user by token. The token belongs to one organisation, since it is looked up in that one's schema only."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("The token header must read: Token, a blank, the token."))
        digest = token_digest(words[1].decode("ascii", "replace"))
        token = ApiToken.objects.select_related("user").filter(digest=digest, expires_at__gt=timezone.now()).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("This token is unknown or has expired."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API says that."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token, a blank, the secret."}
