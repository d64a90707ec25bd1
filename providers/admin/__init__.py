from providers.admin import directory, providers

__all__ = ["directory", "providers"]
