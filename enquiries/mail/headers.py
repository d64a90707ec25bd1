from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, EmailPolicy


class _Whole(UnstructuredHeader):
    """A header of one long word. Python would code what it cannot fold, and no mail program would read the address."""

    max_count = 1

    name: str  # set by the registry, which makes a header class of it

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_registry = HeaderRegistry()
for _name in ("list-unsubscribe", "in-reply-to", "references"):
    _registry.map_to_type(_name, _Whole)  # type: ignore[arg-type]  # the registry adds BaseHeader

OUTGOING = SMTP.clone(header_factory=_registry)
