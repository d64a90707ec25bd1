"""Made-up notices in the form that the publishers use."""

import json
from typing import Any

OCID = "ocds-b5fd17-11111111-1111-4111-8111-111111111111"
UUID = "22222222-2222-4222-8222-222222222222"


def release(**changes: Any) -> dict[str, Any]:
    """A tender of Contracts Finder for care in London. Names with two underscores change what is in `tender`."""
    made: dict[str, Any] = {
        "ocid": OCID,
        "id": f"{UUID}-100001",
        "date": "2026-11-01T10:00:00Z",
        "tag": ["tender"],
        "language": "en",
        "buyer": {"id": "GB-CFS-1", "name": "Example Council"},
        "parties": [{"id": "GB-CFS-1", "name": "Example Council", "roles": ["buyer"], "contactPoint": CONTACT}],
        "tender": {
            "id": "1",
            "title": "Care at home",
            "description": "Care.",
            "status": "active",
            "classification": {"scheme": "CPV", "id": "85000000"},
            "items": [{"id": "1", "deliveryAddresses": [{"region": "London"}]}],
            "tenderPeriod": {"endDate": "2026-12-20T12:00:00Z"},
            "value": {"amount": 60000, "currency": "GBP"},
            "suitability": {"sme": True, "vcse": False},
        },
    }
    inside = {name.removeprefix("tender__"): changes.pop(name) for name in list(changes) if name.startswith("tender__")}
    made["tender"] |= inside
    return made | changes


CONTACT = {"name": "Somebody", "email": "somebody@example.org", "telephone": "020 7946 0000"}


def addressed(**address: str) -> list[dict[str, Any]]:
    return [{"id": "1", "deliveryAddresses": [address]}]


def package(*releases: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"uri": "https://example.org", "version": "1.1", "releases": list(releases), **more}).encode()
