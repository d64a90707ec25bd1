from providers.admin import directory, handovers, postcodes, providers

__all__ = ["directory", "handovers", "postcodes", "providers"]
