"""Who may act for an organisation: asked at every click, so that whoever is removed is out at once (AZ11)."""

import logging

from django.http import Http404

from careportal.accounts.models import User
from providers.models import Membership

logger = logging.getLogger(__name__)

LARGEST = 2**63 - 1


def membership_of(user: User, provider_id: int) -> Membership:
    """This person's membership of an organisation; else 404, the answer for an organisation that does not exist."""
    memberships = Membership.objects.of(user).select_related("provider")
    found = memberships.filter(provider=min(provider_id, LARGEST)).first()
    if found is None:
        logger.warning("organisation.refused user=%s provider=%s", user.pk, provider_id)
        raise Http404
    return found
