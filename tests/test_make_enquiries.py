"""`manage.py make_enquiries`: made-up enquiries in bulk, whole ones, and never beside those of people."""

import pytest
from django.core.management import CommandError, call_command

from careportal.kit.cleaning import fold
from careportal.worlds import many
from enquiries import services
from enquiries.models import Enquiry, Interest, Message, OutgoingMail
from enquiries.models.searching import searched
from tests.factories import EnquiryFactory, PartnerFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def council(officer, monkeypatch):
    """What enquiries need around them; copies begin early, so that there are some."""
    monkeypatch.setattr(many, "STOCK", 20)
    PartnerFactory()
    return [ProgrammeFactory() for _ in range(3)]


def test_so_many_are_made_each_with_all_that_belongs_to_it(council, capsys):
    call_command("make_enquiries", "50")

    made = Enquiry.objects.all()
    assert "50 enquiries made" in capsys.readouterr().out
    assert made.count() == 50
    assert len(set(made.values_list("reference", flat=True))) == 50
    for enquiry in made:
        assert enquiry.interests.exists()
        assert {mail.kind for mail in enquiry.mails.all()} >= {"routing", "acknowledgement"}
        assert enquiry.events.filter(kind="received").exists()
        assert enquiry.contact_email.endswith("@example.org")


def test_copies_are_found_like_originals_and_their_parts_belong_together(council):
    many.make(50)

    for enquiry in Enquiry.objects.all():
        assert enquiry.search_text == fold(searched(enquiry))
    assert len(set(Enquiry.objects.values_list("organisation", flat=True))) == 50
    for message in Message.objects.select_related("answers", "mail"):
        assert message.enquiry_id == (message.answers or message.mail).enquiry_id
    assert len(set(OutgoingMail.objects.values_list("message_id", flat=True))) == OutgoingMail.objects.count()


def test_what_comes_after_them_is_numbered_on(council, officer):
    many.make(50)

    enquiry = EnquiryFactory()
    services.take(enquiry_id=enquiry.pk, officer=officer)

    assert enquiry.pk == max(Enquiry.objects.values_list("pk", flat=True))


def test_it_may_be_run_again(council):
    for _ in range(2):
        call_command("make_enquiries", "30")

    assert Enquiry.objects.count() == 60
    assert Interest.objects.filter(enquiry=None).count() == 0


def test_open_work_grows_slower_than_the_archive():
    assert many.open_among(1_000_000) == 20_000
    assert many.open_among(1_000) == 632
    assert many.open_among(1) == 1


def test_production_refuses(council, settings):
    settings.EMBEDDED = False

    with pytest.raises(CommandError, match="Production refuses"):
        call_command("make_enquiries", "5")
    assert not Enquiry.objects.exists()


def test_none_are_made_beside_those_of_people_unless_told(council):
    EnquiryFactory()

    with pytest.raises(CommandError, match="--beside-others"):
        call_command("make_enquiries", "5")
    call_command("make_enquiries", "5", "--beside-others")

    assert Enquiry.objects.count() == 6


@pytest.mark.parametrize("number", [0, -1, 5_000_001])
def test_a_number_that_makes_no_sense_is_refused(council, number):
    with pytest.raises(CommandError, match="Say how many"):
        call_command("make_enquiries", "--", str(number))


def test_without_officers_it_says_what_to_do():
    with pytest.raises(CommandError, match="set_up"):
        call_command("make_enquiries", "1")
