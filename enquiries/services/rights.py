"""What people ask about their own information: taken in at once, and answered by officers step by step."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from careportal.accounts import access
from enquiries import letters_rights as letters
from enquiries.letters import Letter
from enquiries.mail import addresses, post
from enquiries.models import RightsRequest, Try
from enquiries.services.tries import note_try

if TYPE_CHECKING:
    from careportal.accounts.models import User

ABOUT = "enquiries.rightsrequest"


def ask_about_information(
    *, key: uuid.UUID, kind: str, name: str, email: str, text: str, origin: str, proved: bool = False
) -> RightsRequest:
    """Store it, acknowledge it, and tell the inbox that there is one. One key makes one request. Raises TooMany."""
    if stored := _stored(key):
        return stored
    note_try(Try.What.RIGHTS, origin=origin, about=addresses.key(email))
    proof = RightsRequest.Proof.CODE if proved else RightsRequest.Proof.NONE
    try:
        return _store(RightsRequest(key=key, kind=kind, name=name, email=email, text=text, proof=proof))
    except IntegrityError:  # sent twice at one moment
        return RightsRequest.objects.get(key=key)


def _stored(key: uuid.UUID) -> RightsRequest | None:
    return RightsRequest.objects.filter(key=key).first()


@transaction.atomic
def _store(request: RightsRequest) -> RightsRequest:
    request.save(force_insert=True)
    post.write(letters.received(request), letters.news(request))
    return request


def take_request(*, request_id: int, officer: "User") -> RightsRequest:
    return _step(request_id, officer, "taken", lambda request: request.take(officer))


def note_identity(*, request_id: int, officer: "User") -> RightsRequest:
    """An officer is sure that this person reads the address, by other ways than a code."""
    return _step(request_id, officer, "proved", lambda request: request.prove(RightsRequest.Proof.OFFICER))


def extend_request(*, request_id: int, officer: "User", why: str) -> RightsRequest:
    return _step(request_id, officer, "extended", lambda request: request.extend(why), letters.extended)


def ask_what_is_meant(*, request_id: int, officer: "User", question: str) -> RightsRequest:
    """The clock stands still until there is an answer (U64)."""
    return _step(request_id, officer, "asked", RightsRequest.pause, lambda request: letters.asked(request, question))


def resume_request(*, request_id: int, officer: "User") -> RightsRequest:
    return _step(request_id, officer, "resumed", RightsRequest.resume)


def answer_request(*, request_id: int, officer: "User", outcome: str, answer: str) -> RightsRequest:
    return _step(
        request_id, officer, "answered", lambda request: request.end(outcome=outcome, answer=answer), letters.ended
    )


def close_request(*, request_id: int, officer: "User", why: str) -> RightsRequest:
    return _step(request_id, officer, "closed", lambda request: request.close(why), letters.ended)


@transaction.atomic
def _step(
    request_id: int,
    officer: "User",
    what: str,
    act: Callable[[RightsRequest], None],
    tell: Callable[[RightsRequest], Letter] | None = None,
) -> RightsRequest:
    """One step by an officer: locked, done by the request's own rule, recorded, and told where the person is told."""
    request = RightsRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    act(request)
    request.save()
    access.note_changed(officer, ABOUT, [request.pk], what=what)
    if tell:
        post.write(tell(request))
    return request
