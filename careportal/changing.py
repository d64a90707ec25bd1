"""What is changed on Django's own forms of the workspace: who, when, which fields, and the state from and to (AD8)."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from careportal.accounts import access

WHY_DELETED = {
    "mistake": "It was added by mistake",
    "not_needed": "It is not needed any more",
    "replaced": "Another one takes its place",
}
OWN_RECORD = {"accounts"}  # these apps write an event of their own for each change


class Remembered(ModelAdmin):
    """An entry of the trail for each row that is added, changed or deleted. It holds names of fields, no values."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Nothing is deleted without saying why (AD10). The trail keeps the reason's code."""
        reason = request.POST.get("reason", "")
        unsaid = request.method == "POST" and reason not in WHY_DELETED
        if unsaid and self.has_delete_permission(request, self.get_object(request, object_id)):
            messages.error(request, "Select why it is deleted. Nothing has been deleted yet.")
            return redirect(request.path)
        request.what_changed = {"reason": reason}  # type: ignore[attr-defined]
        return super().delete_view(request, object_id, {"why_deleted": WHY_DELETED, **(extra_context or {})})

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        request.what_changed = _what_changed(form, formsets)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._remember(request, [obj.pk], "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._remember(request, [obj.pk], "changed")
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        self._remember(request, [row.pk for row in queryset], "deleted")
        return super().log_deletions(request, queryset)

    def _remember(self, request: HttpRequest, ids: list[int], what: str) -> None:
        if self.opts.app_label not in OWN_RECORD:
            said = getattr(request, "what_changed", {})
            access.note_changed(request.user, self.opts.label_lower, ids, what=what, **said)  # type: ignore[arg-type]


def _what_changed(form: BaseForm, formsets: Any) -> dict[str, Any]:
    """Names of fields, of the parts that changed too, and what becomes of the state."""
    parts = [formset.prefix for formset in formsets or [] if formset.has_changed()]
    said: dict[str, Any] = {"fields": sorted([*form.changed_data, *parts])}
    if "state" in form.changed_data:
        said |= {"before": form.initial.get("state"), "after": form.cleaned_data["state"]}
    return said
