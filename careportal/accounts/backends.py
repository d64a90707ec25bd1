from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from careportal.accounts.models import User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class PeopleBackend(AuthenticationBackend):
    """Allauth's, with one difference: who asks for a page comes with `has_factor`, in the same query."""

    def get_user(self, user_id: int) -> User | None:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        user: User | None = User.objects.filter(pk=user_id).annotate(has_factor=Exists(factors)).first()
        return user if user and self.user_can_authenticate(user) else None
