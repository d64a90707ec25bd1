"""Every address of the portal says who may open it."""

import json

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import TemplateView

from careportal import audiences
from careportal.kit.access import AUDIENCES, open_to

OURS = ("careportal.", "enquiries.", "programmes.", "providers.")


def test_every_address_has_an_audience():
    """(AZ1)"""
    unsaid = [f"{address.pattern} ({address.view})" for address in audiences.addresses() if not address.who_may]

    assert unsaid == []


def test_every_audience_is_one_of_those_we_know():
    assert {address.who_may for address in audiences.addresses()} <= set(AUDIENCES)


def test_every_view_of_ours_outside_the_admin_limits_its_methods():
    """(AZ17)"""
    unlimited = [
        address.pattern
        for address in audiences.addresses()
        if address.view.startswith(OURS) and not address.name.startswith("admin:") and address.methods == "any"
    ]

    assert unlimited == []


def test_nothing_is_listed_here_that_is_gone():
    names = {address.name for address in audiences.addresses()}

    assert (audiences.ALLAUTH_ANYONE | audiences.ALLAUTH_SIGNED_IN | audiences.ADMIN_ANYONE) - names == set()


def test_a_view_that_says_nothing_has_no_audience():
    assert audiences.who_may("enquiries:new-page", lambda request: HttpResponse()) == ""


def test_the_decorator_is_seen_below_and_above_other_decorators():
    @open_to("officer")
    @require_safe
    def above(request):
        return HttpResponse()

    @require_http_methods(["GET", "POST"])
    @open_to("signed in")
    def below(request):
        return HttpResponse()

    @open_to("staff")
    class Page(TemplateView):
        template_name = "404.html"

    assert audiences.who_may("", above) == "officer"
    assert audiences.who_may("", below) == "signed in"
    assert audiences.who_may("", Page.as_view()) == "staff"
    assert audiences._methods(above) == "GET HEAD"
    assert audiences._methods(below) == "GET POST"


def test_an_audience_that_nobody_knows_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="no audience"):
        open_to("everybody")


def test_the_command_lists_the_table_for_people_and_for_programs(capsys):
    call_command("list_urls")
    assert "/health/live" in capsys.readouterr().out

    call_command("list_urls", "--json")
    (live,) = [row for row in json.loads(capsys.readouterr().out) if row["name"] == "live"]
    assert live == {
        "pattern": "/health/live",
        "name": "live",
        "view": "careportal.health.live",
        "methods": "GET HEAD",
        "who_may": "anyone",
    }
