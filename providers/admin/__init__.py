from providers.admin import directory, postcodes, providers

__all__ = ["directory", "postcodes", "providers"]
