from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from careportal.kit.access import open_to
from programmes import services, strategies
from programmes.forms import FilterForm, rendered_filters
from programmes.models import Availability, Programme
from programmes.readers import is_looked_at

_ORDER = list(Availability)


@open_to("anyone")
@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """What there is, open programmes first."""
    form = FilterForm(request.GET)
    found = list(form.choose_from(Programme.objects.listed()).for_list())
    listed = sorted(
        ((programme.availability(), programme) for programme in found), key=lambda row: _ORDER.index(row[0])
    )
    filters = rendered_filters(request.GET.urlencode())
    context = {"form": form, "filters": filters, "listed": listed, "is_filtered": bool(request.GET)}
    return render(request, "programmes/list.html", context)


@open_to("anyone")
@require_safe
def programme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """All about one programme. A draft or an archived one is not there."""
    programme = get_object_or_404(Programme.objects.listed().select_related("checked_by_partner").for_list(), slug=slug)
    answer = render(request, "programmes/detail.html", shown(programme))
    if is_looked_at(request):
        services.count_view(programme.pk)
    return answer


def shown(programme: Programme) -> dict[str, object]:
    """What the page of a programme is made of."""
    return {
        "programme": programme,
        "availability": programme.availability(),
        "objectives": strategies.served_by(programme),
        "can_apply": programme.may_be_applied_for(),
        "intakes": [intake for intake in programme.intakes.all() if intake.is_coming()],
    }
