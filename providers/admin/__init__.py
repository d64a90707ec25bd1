from providers.admin import directory, handovers, providers

__all__ = ["directory", "handovers", "providers"]
