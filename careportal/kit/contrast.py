"""How well two colours can be told apart, as WCAG 2.2 reckons it."""

READABLE = 4.5


def ratio(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), for colours such as #00563f."""
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
