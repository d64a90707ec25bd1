"""LibreOffice, as an officer's spreadsheet program. Where there is none, the tests that need it say so."""

import shutil
import subprocess
from pathlib import Path

from tests import services

AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
FROM_CSV = "CSV:44,34,76,1,,0,false,true,true"  # commas, quotes, UTF-8; formulas would be worked out


def converted(path: Path, ending: str) -> Path:
    """The file, opened by LibreOffice and saved in another format."""
    program = shutil.which("soffice") or services.missing("LibreOffice (soffice)", required_by="REQUIRE_OFFICE")
    folder = path.parent / "converted"
    command = [
        *(str(program), f"-env:UserInstallation={(path.parent / 'profile').as_uri()}", "--headless"),
        *([f"--infilter={FROM_CSV}"] if path.suffix == ".csv" else []),
        *("--convert-to", AS_CSV if ending == "csv" else ending, "--outdir", str(folder), str(path)),
    ]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    return folder / f"{path.stem}.{ending}"
