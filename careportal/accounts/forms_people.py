"""The form by which administrators add and edit people."""

from typing import Any, ClassVar

from django import forms

from careportal.accounts import services
from careportal.accounts.exceptions import AccountRefusal, AddressTaken
from careportal.accounts.models import User


class PersonForm(forms.ModelForm):
    """Shows the services' refusals beside the field they are about. `by` is set by the admin for each request."""

    by: ClassVar[User]

    class Meta:
        model = User
        fields = ["email", "name", "role", "is_active"]
        help_texts = {
            "email": "Their work address. Codes to sign in go there. They are ready to sign in as soon as you save.",
            "name": "Shown to colleagues beside what this person did.",
            "role": "What this person may do in the officers' workspace. Partners and providers have none.",
            "is_active": (
                "Take this away when somebody leaves. They are signed out at once; "
                "their open enquiries go back to the queue."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].error_messages["required"] = "Enter their email address"
        self.before = User.objects.filter(pk=self.instance.pk).first()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        try:
            services.refuse_taken_address(email, other_than=self.before)
        except AddressTaken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return email

    def clean_role(self) -> str:
        return self._allowed("role", self.cleaned_data["role"])

    def clean_is_active(self) -> bool:
        return self._allowed("is_active", self.cleaned_data["is_active"])

    def _allowed(self, field: str, value: Any) -> Any:
        """The value, unless the rules about accounts refuse this change."""
        if self.before and value != getattr(self.before, field):
            try:
                services.refuse_decision_about(self.before, by=self.by, ends_administrator=not value or field == "role")
            except AccountRefusal as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return value

    def save_by_services(self, *, by: User) -> User:
        """Fields that this page did not offer keep their value."""
        given = self.cleaned_data
        if not self.before:
            return services.create_officer(email=given["email"], name=given["name"], role=given["role"], by=by)
        return services.edit_officer(
            user_id=self.before.pk,
            email=given["email"],
            name=given["name"],
            role=given.get("role", self.before.role),
            may_sign_in=given.get("is_active", self.before.is_active),
            by=by,
        )
