"""What a browser says of itself, in the words that people use for their devices."""

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "an Android device",
    "Windows": "a Windows computer",
    "Macintosh": "a Mac",
    "CrOS": "a Chromebook",
    "Linux": "a Linux computer",
}


def device_in_words(user_agent: str) -> str:
    """The first that is named counts: most of them name others too, to be served alike."""
    browser = next((name for token, name in BROWSERS.items() if token in user_agent), "A browser")
    system = next((name for token, name in SYSTEMS.items() if token in user_agent), "a device that we do not know")
    return f"{browser} on {system}"
