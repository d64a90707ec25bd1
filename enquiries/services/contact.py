"""The provider changes whom we write to, or an officer whom it told. What was sent stays; each change is a new version
beside it."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from careportal.kit import clock
from enquiries import codes
from enquiries import letters_following as letters
from enquiries.exceptions import AddressRefused, ChangedMeanwhile, CodeRefused, TooMany
from enquiries.mail import addresses, limits, post
from enquiries.models import AddressChange, ContactVersion, Draft, Enquiry, Event, FollowCode, HowTold, OutgoingMail
from enquiries.services import second_contact
from enquiries.services.hearing import HOUR, refuse_too_many
from enquiries.services.writing import numbered

if TYPE_CHECKING:
    from careportal.accounts.models import User

CHANGES_PER_HOUR = 10
CODES_PER_HOUR = 3  # for one enquiry, whatever the address
CODES_TO_ONE_ADDRESS = 5  # in an hour, from wherever they are asked for
WRONG = "The code is not right, or not good any more. Check it, or ask for a new one."


@transaction.atomic
def change_contact(*, enquiry_id: int, name: str, telephone: str) -> Enquiry:
    """A new name or telephone number, from now on. Raises TooMany. What is as it was leaves no trace."""
    enquiry = _locked(enquiry_id)
    now = enquiry.contact
    changed = [what for what, value in (("name", name), ("telephone", telephone)) if value != getattr(now, what)]
    if changed:
        refuse_too_many(enquiry, Event.Kind.CONTACT_CHANGED, CHANGES_PER_HOUR)
        now.changed(name=name, telephone=telephone).save()
        note_change(enquiry, changed)
    return enquiry


@transaction.atomic
def correct_contact(
    *, enquiry_id: int, officer: "User", name: str, email: str, telephone: str, told: HowTold, shown: str
) -> Enquiry:
    """An officer writes down what the provider told. Raises AddressRefused, ChangedMeanwhile.

    A new address is proved by nobody: so all that the old one opened ends, whoever wants to follow needs a code that
    went to the new one, and the old one is told, unless mail to it is lost.
    """
    enquiry = _locked(enquiry_id)
    old, said = enquiry.contact, {"name": name, "email": email, "telephone": telephone}
    if shown != old.mark:
        raise ChangedMeanwhile("The contact details were changed meanwhile. Look at them again, then change them.")
    changed = [what for what, value in said.items() if value != getattr(old, what)]
    if "email" in changed:
        _refuse_unread(email)
        end_ways_of_before(enquiry)
        _tell(enquiry, old, told)
    if changed:
        old.changed(**said).save()
        note_change(enquiry, changed, by=officer, told=told.value)
    return enquiry


def _tell(enquiry: Enquiry, old: ContactVersion, told: HowTold) -> None:
    if not second_contact.is_lost(enquiry, old.email):
        post.write(numbered(letters.told_to_old_address(enquiry, old.name, old.email, 1, told=told.label.lower())))


@transaction.atomic
def ask_for_address(*, enquiry_id: int, address: str, browser: str) -> AddressChange:
    """Send a code to the new address. Nothing changes before it comes back. Raises AddressRefused, TooMany."""
    enquiry = _locked(enquiry_id)
    _refuse_unread(address)
    if address == enquiry.contact.email:
        raise AddressRefused("We write to this address already. Enter the new one.")
    refuse_too_many(enquiry, Event.Kind.ADDRESS_GIVEN, CODES_PER_HOUR)
    _refuse_flooding(address)
    code = codes.new_follow_code()
    digest = AddressChange.digest_of(enquiry.pk, address, browser, code)
    asked = {"email": address, "digest": digest, "tries": 0, "at": timezone.now()}
    change, _ = AddressChange.objects.update_or_create(enquiry=enquiry, defaults=asked)
    enquiry.record_for_provider(Event.Kind.ADDRESS_GIVEN)
    post.write(letters.address_code(enquiry, address, code))
    return change


def prove_address(*, enquiry_id: int, code: str, browser: str) -> None:
    """The code has come back: we write to the new address from now on, and tell the old one. Raises CodeRefused.

    A wrong one counts, whatever happens next.
    """
    if not _is_proved(enquiry_id, code, browser):
        raise CodeRefused(WRONG)


@transaction.atomic
def _is_proved(enquiry_id: int, code: str, browser: str) -> bool:
    enquiry = _locked(enquiry_id)
    change = AddressChange.objects.filter(enquiry=enquiry).first()
    if change is None or not change.is_open:
        return False
    if not change.fits(browser=browser, code=codes.bare(code)):
        change.tries += 1
        change.save(update_fields=["tries"])
        return False
    old = enquiry.contact
    old.changed(email=change.email).save()
    end_ways_of_before(enquiry)
    note_change(enquiry, ["email"])
    post.write(numbered(letters.told_to_old_address(enquiry, old.name, old.email, 1)))
    return True


def end_ways_of_before(enquiry: Enquiry) -> None:
    """Somebody else is written to: codes on their way to the old address are dead, and what is begun is proved anew."""
    AddressChange.objects.filter(enquiry=enquiry).delete()
    FollowCode.objects.filter(enquiry=enquiry).delete()
    Draft.objects.filter(enquiry=enquiry).update(owner="", return_email="", return_code=None)


def note_change(enquiry: Enquiry, changed: list[str], *, by: "User | None" = None, **how: str) -> None:
    """It is found by its new contact too. The history names what changed, and not to what."""
    enquiry.save(update_fields=["search_text"])
    if by:
        enquiry.record(Event.Kind.CONTACT_CHANGED, by=by, changed=changed, **how)
    else:
        enquiry.record_for_provider(Event.Kind.CONTACT_CHANGED, changed=changed)


def _refuse_unread(address: str) -> None:
    if addresses.key(address) in limits.own_inboxes() or addresses.is_nobodys(address):
        raise AddressRefused("Enter an email address at which people of the service read mail.")


def _refuse_flooding(address: str) -> None:
    lately = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.ACCOUNT, recipient_key=addresses.key(address))
    if lately.filter(created_at__gt=clock.after(-HOUR)).count() >= CODES_TO_ONE_ADDRESS:
        raise TooMany("We have sent many codes to this address. You can also call us.", retry_after=HOUR)


def _locked(enquiry_id: int) -> Enquiry:
    """A row that everything about its contact waits for, so that of two changes at once none is lost."""
    return Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
