import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from careportal.accounts.fresh import fresh_proof_for_changes
from programmes.admin import endings, people
from programmes.models import AgreementEnd, Partner, PartnerMembership


class AgreementFilter(admin.SimpleListFilter):
    """Whose agreement needs somebody to look at it."""

    title = "agreement"
    parameter_name = "agreement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("ending", "Ends within 60 days"),
            ("over", "Is over"),
            ("unsaid", "Is over, and to say what became of data"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> "QuerySet[Partner] | None":
        if self.value() == "ending":
            return queryset.agreement_ending()
        if self.value() == "unsaid":
            return queryset.filter(pk__in=AgreementEnd.objects.unsettled().order_by().values("partner"))
        return queryset.agreement_over() if self.value() == "over" else queryset


class PartnerMembershipInline(admin.TabularInline):
    """Who acts for it. People come by an invitation or a request, and go by a named step: see people.py."""

    model = PartnerMembership
    verbose_name_plural = "Who acts for it"
    fields = ("user", "role")
    readonly_fields = ("user", "role")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Partner)
class PartnerAdmin(SimpleHistoryAdmin):
    """A partner that runs programmes stays: deleting it would take it off every one of them without a word."""

    list_display = ["name", "website", "telephone", "email", "agreement"]
    list_filter = [AgreementFilter]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["runs", "people", "data"]
    inlines = [PartnerMembershipInline]

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site

        def ours(view: Any) -> Any:
            return site.admin_view(fresh_proof_for_changes(view))

        return [
            path("<int:pk>/people/", ours(people.people), name="programmes_partner_people"),
            path("<int:pk>/people/<int:membership>/", ours(people.person), name="programmes_partner_person"),
            path(
                "<int:pk>/people/invitations/<int:invitation>/",
                ours(people.settle),
                name="programmes_partner_invitation",
            ),
            path("<int:pk>/data/", site.admin_view(endings.data), name="programmes_partner_data"),
            path("<int:pk>/data/correct/", site.admin_view(endings.correct), name="programmes_partner_data_correct"),
            *super().get_urls(),
        ]

    @admin.display(description="Agreement", ordering="agreement_ends_on")
    def agreement(self, partner: Partner) -> str:
        """What a glance at the list has to tell: no end, some day, soon, over."""
        if partner.agreement_ends_on is None:
            return "No end set"
        day = f"{partner.agreement_ends_on:%-d %B %Y}"
        if partner.agreement_is_over:
            return f"Ended on {day}"
        return f"Ends soon: {_in_days(partner.agreement_ends_on)}, on {day}" if partner.agreement_is_ending else day

    @admin.display(description="Programmes")
    def runs(self, partner: Partner) -> str:
        """Also says why there is no button to delete it."""
        titles = "; ".join(str(programme) for programme in partner.programmes.all()) if partner.pk else ""
        kept = "This partner cannot be deleted while it runs programmes. Take it off them first."
        return f"{titles}. {kept}" if titles else "None"

    @admin.display(description="People")
    def people(self, partner: Partner) -> str:
        if partner.pk is None:
            return "Save the partner first. Then invite its people."
        address = reverse("admin:programmes_partner_people", args=[partner.pk])
        return format_html('<a class="govuk-link" href="{}">Invite or change people</a>', address)

    @admin.display(description="Applicants’ details after the agreement")
    def data(self, partner: Partner) -> str:
        """What the partner says became of them, once its agreement is over."""
        end = AgreementEnd.objects.past().filter(partner=partner.pk).first() if partner.pk else None
        if end is None:
            return "Asked when the agreement has ended."
        said = end.get_answer_display() if end.answer else f"Nothing said yet, asked {end.asked_times} of 3 times"
        address = reverse("admin:programmes_partner_data", args=[partner.pk])
        return format_html(
            '{}. <a class="govuk-link" href="{}">Read it, or write down what they told you</a>', said, address
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.programmes.exists())


def _in_days(day: dt.date) -> str:
    days = (day - timezone.localdate()).days
    return "today" if days == 0 else f"in {days} day{'' if days == 1 else 's'}"
