"""How a file comes in: into a file without a name, which is gone however the process ends, and never larger than we
take. What is beyond that is read and thrown away, so that the page can say so."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.kept = tempfile.TemporaryFile(), 0  # noqa: SIM115  the request closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Nothing goes on to another handler."""
        if self.kept <= settings.DOCUMENT_BYTES:
            self.kept += self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """With the size that was sent, whatever is kept of it."""
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
