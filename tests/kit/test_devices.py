import pytest

from careportal.kit.devices import device_in_words

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PHONE, "Chrome on an Android device"),
        (IPHONE, "Safari on an iPhone"),
        (EDGE, "Edge on a Windows computer"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on a Linux computer"),
        ("<script>", "A browser on a device that we do not know"),
        ("", "A browser on a device that we do not know"),
    ],
)
def test_a_device_is_named_in_words(user_agent, words):
    assert device_in_words(user_agent) == words
