"""Photos and pictures, by how they begin and by the parts that they must have."""

from typing import IO

from enquiries.exceptions import DocumentRefused

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def kind_of(file: IO[bytes], head: bytes) -> str:
    """png, jpeg, or nothing where it is no picture."""
    content = file.read() if head.startswith((PNG, JPEG)) else b""
    if head.startswith(PNG):
        return _whole("png", content[12:16] == b"IHDR" and b"IEND\xaeB`\x82" in content)
    if head.startswith(JPEG):
        return _whole("jpeg", b"\xff\xd9" in content)
    return ""


def _whole(kind: str, is_whole: bool) -> str:
    if not is_whole:
        raise DocumentRefused("This picture is damaged or not complete. Save it again and choose the new file.")
    return kind
