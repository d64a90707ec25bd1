"""The public pages about the sector, and the strategy."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from programmes import strategies
from programmes.models import Objective, Page, Stakeholder, Strategy


@open_to("anyone")
@require_safe
def sector(request: HttpRequest) -> HttpResponse:
    """The pages there are, and the way to the strategy."""
    pages, strategy = list(Page.objects.listed()), Strategy.objects.first()
    if not pages and not strategy:
        raise Http404("This council has published nothing about its care sector.")
    return render(request, "programmes/plan/sector.html", {"pages": pages, "strategy": strategy})


@open_to("anyone")
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page. What is not public is not there."""
    one = get_object_or_404(Page.objects.listed().prefetch_related("figures"), slug=slug)
    return render(request, "programmes/plan/page.html", {"page": one})


@open_to("anyone")
@require_safe
def strategy(request: HttpRequest) -> HttpResponse:
    """The aim, the objectives with their work streams of all years side by side, and who is in the group."""
    ours = get_object_or_404(Strategy)
    lines = strategies.side_by_side(ours.objectives.all(), strategies.public())
    group = [*Stakeholder.objects.filter(is_member=True), *Stakeholder.objects.filter(is_member=False)]
    context = {"strategy": ours, "lines": lines, "years": [year for year, _ in lines[0].cells] if lines else []}
    return render(request, "programmes/plan/strategy.html", {**context, "group": group})


@open_to("anyone")
@require_safe
def objective(request: HttpRequest, number: int) -> HttpResponse:
    """One objective with its work streams by year, the newest first."""
    one = get_object_or_404(Objective.objects.select_related("strategy"), number=number)
    lines = strategies.side_by_side([one], strategies.public().filter(objective=one))
    return render(request, "programmes/plan/objective.html", {"objective": one, "years": lines[0].cells})


@open_to("anyone")
@require_safe
def year(request: HttpRequest, address: str) -> HttpResponse:
    """One financial year: its work streams by objective."""
    number = strategies.year_in(address)
    found = list(strategies.public().filter(year=number)) if number else []
    if not found:
        raise Http404("The strategy has no work streams of this year.")
    objectives = dict.fromkeys(one.objective for one in found)
    lines = strategies.side_by_side(objectives, found)
    return render(request, "programmes/plan/year.html", {"lines": lines, "year": strategies.Year(found[0].year)})
