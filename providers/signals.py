"""What the apps above are told about providers and the directory. IDs only, never a name or an address."""

from dataclasses import dataclass, field

from django.dispatch import Signal


@dataclass(frozen=True)
class DirectoryChanges:
    """CQC location IDs of registered locations that are not any more what they were."""

    removed: set[str] = field(default_factory=set)  # no longer in the directory: deregistered
    moved: set[str] = field(default_factory=set)  # another postcode or address
    sold: set[str] = field(default_factory=set)  # another CQC provider ID


# One of the Commission's files has been imported, and that is committed. Receivers get `made`, the DirectoryImport, and
# `changes`, the DirectoryChanges.
directory_imported = Signal()
