import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from programmes.models import Availability, EligibilityRule, Intake, PartnerMembership, Programme, Question
from tests.factories import IntakeFactory, ProgrammeFactory, QuestionFactory, RuleFactory, in_days

pytestmark = pytest.mark.django_db


def worlds():
    """Programmes in every mixture of intakes, with what a care provider may do with each."""
    yield "no intakes", lambda p: None, Availability.OPEN
    yield "open", lambda p: IntakeFactory(programme=p), Availability.OPEN
    yield "no fixed places", lambda p: IntakeFactory(programme=p, capacity=None), Availability.OPEN
    yield "full", lambda p: IntakeFactory(programme=p, full=True), Availability.WAITING_LIST
    yield "past", lambda p: IntakeFactory(programme=p, past=True), Availability.CLOSED
    yield "coming", lambda p: IntakeFactory(programme=p, coming=True), Availability.OPENS_LATER
    yield "paused", lambda p: IntakeFactory(programme=p, state=Intake.State.PAUSED), Availability.CLOSED
    yield "closed early", lambda p: IntakeFactory(programme=p, state=Intake.State.CLOSED), Availability.CLOSED
    yield "only a cancelled one", lambda p: IntakeFactory(programme=p, state=Intake.State.CANCELLED), Availability.OPEN
    yield (
        "full and open",
        lambda p: (IntakeFactory(programme=p, full=True), IntakeFactory(programme=p)),
        Availability.OPEN,
    )
    yield (
        "full and coming",
        lambda p: (IntakeFactory(programme=p, full=True), IntakeFactory(programme=p, coming=True)),
        Availability.WAITING_LIST,
    )


@pytest.mark.parametrize(
    ("world", "expected"), [(make, answer) for _, make, answer in worlds()], ids=[w[0] for w in worlds()]
)
def test_availability_follows_from_intakes_and_the_query_agrees(world, expected):
    programme = ProgrammeFactory()
    world(programme)

    assert programme.availability() == expected
    assert programme.may_be_applied_for() == Programme.objects.open_on().contains(programme)


@pytest.mark.parametrize("state", ["draft", "paused", "archived"])
def test_nobody_applies_to_a_programme_that_is_not_published(state):
    programme = ProgrammeFactory(**{state: True})

    assert not programme.may_be_applied_for()
    assert not Programme.objects.open_on().exists()


def test_the_closing_day_is_the_last_day_to_apply():
    intake = IntakeFactory(closes_on=in_days(0))

    assert intake.accepts_on(timezone.localdate())
    assert not intake.accepts_on(timezone.localdate() + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "broken",
    [
        {"opens_on": in_days(5), "closes_on": in_days(4)},
        {"starts_on": in_days(5), "ends_on": in_days(4)},
        {"capacity": 3, "places_taken": 4},
        {"state": "unheard of"},
    ],
    ids=["closes before it opens", "ends before it starts", "too many places", "unknown state"],
)
def test_the_database_refuses_an_intake_that_cannot_be(broken):
    """DI3."""
    with pytest.raises(IntegrityError), transaction.atomic():
        IntakeFactory(**broken)


def test_the_database_refuses_an_unknown_programme_state_by_sql():
    """DI3."""
    programme = ProgrammeFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_programme SET state = 'lost' WHERE id = %s", [programme.pk])


def test_the_database_refuses_a_list_question_without_choices():
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(kind=Question.Kind.ONE_OF, choices="")


def test_a_list_question_needs_two_choices():
    question = QuestionFactory.build(kind=Question.Kind.ONE_OF, choices="Only one\n\n")
    with pytest.raises(ValidationError, match="at least two"):
        question.clean()


@pytest.mark.parametrize("kind", [Question.Kind.ONE_OF, Question.Kind.SOME_OF])
def test_a_list_question_does_not_offer_the_same_choice_twice(kind):
    question = QuestionFactory.build(kind=kind, choices="Morning\nEvening\n morning ")
    with pytest.raises(ValidationError, match="the same"):
        question.clean()


@pytest.mark.parametrize("model", [EligibilityRule, Intake, PartnerMembership, Programme, Question])
def test_every_rule_of_the_database_says_in_words_what_to_do(model):
    for constraint in model._meta.constraints:
        assert constraint.violation_error_message != constraint.default_violation_error_message, constraint.name
        assert constraint.name not in constraint.violation_error_message


@pytest.mark.parametrize(
    ("make", "field", "most"),
    [
        (IntakeFactory, "capacity", 10_000),
        (IntakeFactory, "places_taken", 10_000),
        (QuestionFactory, "position", 1000),
        (RuleFactory, "position", 1000),
    ],
)
def test_numbers_stay_where_every_database_can_keep_them(make, field, most):
    """DI11."""
    row = make.build(programme=ProgrammeFactory())
    setattr(row, field, most)
    row.clean_fields()
    setattr(row, field, most + 1)

    with pytest.raises(ValidationError) as refused:
        row.clean_fields()

    assert list(refused.value.error_dict) == [field]


@pytest.mark.parametrize("field", ["first_reply_days", "decision_days"])
@pytest.mark.parametrize("days", [0, 251])
def test_the_database_refuses_a_promise_of_no_days_or_of_more_than_a_year(field, days):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeFactory(**{field: days})


def test_a_paused_programme_must_say_why():
    with pytest.raises(ValidationError, match="Say why"):
        ProgrammeFactory.build(state=Programme.State.PAUSED, paused_because="").clean()


def test_search_finds_accented_words_however_they_are_written():
    """The same on both databases: SQLite alone would fold plain letters only (DI11)."""
    programme = ProgrammeFactory(title="Soirée for CARE Leaders")

    assert list(Programme.objects.matching("SOIRÉE leaders")) == [programme]
    assert not Programme.objects.matching("soirée nurses").exists()


def test_gaps_name_what_the_council_has_to_fill_in():
    assert ProgrammeFactory().gaps() == [
        "how it is delivered",
        "hours and days",
        "cost",
        "who pays for cover",
        "when it was last checked",
    ]
    assert "cost" not in ProgrammeFactory(cost_pounds=0).gaps()


def test_every_change_of_a_programme_is_kept_with_its_time():
    programme = ProgrammeFactory(title="First title")
    programme.title = "Second title"
    programme.save()

    assert list(programme.history.values_list("title", flat=True)) == ["Second title", "First title"]
