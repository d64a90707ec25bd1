from providers.admin import directory, handovers, postcodes, providers, tenders

__all__ = ["directory", "handovers", "postcodes", "providers", "tenders"]
