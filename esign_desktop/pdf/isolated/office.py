"""Convert Word, WPS, OpenDocument and RTF documents to PDF with LibreOffice, in a sandboxed process.

The process runs LibreOffice itself instead of its start script, which would start further processes. Each conversion
has a folder of its own, with a new profile: two conversions with one profile would wait for each other, and the user's
profile may permit macros.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.channel import ChildEnd, PipeChannel
from esign_desktop.pdf.isolated.process_limits import (
    limit_cpu_time,
    limit_file_size,
    limit_memory,
    set_alarm,
    silence_output,
)
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.pdf.walls.lockdown import LANDLOCK, SECCOMP, lock_down_program
from esign_desktop.pdf.walls.program import can_confine_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S: Final = 60.0
MOST_BYTES: Final = 100 * 1024 * 1024
"""The greatest size of a document that is converted."""
MEMORY_BYTES: Final = 3 * 1024 * 1024 * 1024
_MOST_FILE_BYTES: Final = 256 * 1024 * 1024
"""The greatest size of the PDF and of each other file that LibreOffice writes."""
_MOST_CPU_S: Final = 120
"""The CPU time of all threads together, in seconds."""
_END_S: Final = 5.0
_ORPHAN_MARGIN_S: Final = 2.0
_LOOK_ROUND_S: Final = 0.05
_FOLDERS: Final = ("/usr/lib/libreoffice", "/usr/lib64/libreoffice")
_OTHER_FOLDERS: Final = "libreoffice*"
"""The pattern of folders in /opt, which the packages of LibreOffice's own site use."""
_RESTART: Final = 81
"""LibreOffice's exit code that requests another start, because it has just created its profile."""
_MOST_STARTS: Final = 3
_NOT_STARTED: Final = 97
"""The exit code of a process that could not be sandboxed or could not execute LibreOffice."""
_PREFIX: Final = "esign-office-"
_ABANDONED_S: Final = 600.0
"""The age at which the folder of a conversion, which takes a minute at most, is abandoned."""
_TARGET_NAME: Final = "document.pdf"
_OUTPUT_NAME: Final = "output"
_MOST_OUTPUT_BYTES: Final = 16 * 1024 * 1024
_MOST_FONTS: Final = 50
_MOST_NAME_CHARACTERS: Final = 60
_PDF: Final = b"%PDF-"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_KNOWN: Final = (_OLE, _PDF, b"PK", b"\xff\xfe", b"\xfe\xff")
"""The first bytes of binary files that can be documents, and of text in UTF-16."""
_HEAD_BYTES: Final = 4096
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
"""The entry of an OLE file that contains an encrypted Word document."""
_WINDOW_FONTS: Final = frozenset({"arial unicode ms", "andale sans ui", "dejavu sans ui"})
"""The fonts that LibreOffice looks for at each start, for windows that it never opens here."""

_SETTINGS: Final = {
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableOLEAutomation"): "true",
    ("/org.openoffice.Office.Writer/Content/Update", "Link"): "0",
    ("/org.openoffice.Office.Common/Misc", "FirstRun"): "false",
    # Chinese defaults, for documents that name no paper, language or font.
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale"): "zh-CN",
    ("/org.openoffice.Office.Linguistic/General", "DefaultLocale_CJK"): "zh-CN",
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable"): "false",
}
"""Settings of the profile: no macros, no scripts, no updates of linked content."""


@dataclass(frozen=True, slots=True)
class ConvertedOffice:
    """A document that was converted: the PDF, and the names of fonts that this computer lacks."""

    content: bytes
    replaced_fonts: tuple[str, ...]


def libreoffice() -> Path | None:
    """Return the path of LibreOffice's program, or None unless LibreOffice is installed together with Writer."""
    for folder in (*map(Path, _FOLDERS), *sorted(Path("/opt").glob(_OTHER_FOLDERS), reverse=True)):
        program = folder / "program" / "soffice.bin"
        # Without Writer's filters, LibreOffice converts nothing and reports success.
        if program.is_file() and (folder / "share" / "registry" / "writer.xcd").is_file():
            return program
    return None


def convert_office(
    path: Path, check_cancelled: Callable[[], None] | None = None, limit_s: float = LIMIT_S
) -> ConvertedOffice:
    """Convert a document to PDF. ``path`` has the suffix of a Word, WPS, OpenDocument or RTF document.

    The call blocks. ``check_cancelled`` is called many times a second. If it raises an exception, the conversion is
    ended and the exception propagates. The system's temporary folder contains a copy of the document until then. A PDF
    with another suffix is returned as it is. Raises PdfError ``document.no_writer`` if LibreOffice Writer is not
    installed, ``document.office`` if this system cannot sandbox it, ``document.missing``, ``pdf.empty``,
    ``office.too_large``, ``office.encrypted``, ``office.too_slow`` or ``office.not_converted``, and OSError if the
    temporary folder cannot be used.
    """
    if not can_confine_programs():
        raise PdfError("document.office")
    program = libreoffice()
    if program is None:
        raise PdfError("document.no_writer")
    ends_at_s = time.monotonic() + limit_s
    content = _read(path)
    if content.startswith(_PDF):
        return ConvertedOffice(content, ())
    _delete_abandoned()
    # LibreOffice may leave files that can't be deleted. They are no reason to lose the PDF.
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"document{path.suffix.lower()}"
        source.write_bytes(content)
        del content
        _write_profile(folder)
        code, starts = _RESTART, 0
        while code == _RESTART and starts < _MOST_STARTS:
            code, starts = _run(program, folder, source.name, ends_at_s, check_cancelled), starts + 1
        pdf = _read_bounded(folder / _TARGET_NAME, _MOST_FILE_BYTES)
        if not pdf.startswith(_PDF):
            raise PdfError("office.not_converted", f"exit code {code}")
        return ConvertedOffice(pdf, replaced_fonts(_read_bounded(folder / _OUTPUT_NAME, _MOST_OUTPUT_BYTES)))


def _read(path: Path) -> bytes:
    """Return the content of a document. Raises the PdfErrors of ``convert_office``."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PdfError("document.missing", type(error).__name__) from error
    if not content:
        raise PdfError("pdf.empty")
    if len(content) > MOST_BYTES:
        raise PdfError("office.too_large", most=MOST_BYTES // 1024**2)
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise PdfError("office.encrypted")
    if not content.startswith(_KNOWN) and b"\0" in content[:_HEAD_BYTES]:
        # LibreOffice would show the bytes of an image as text.
        raise PdfError("office.not_converted", "binary")
    return content


def _delete_abandoned() -> None:
    """Delete the folders of conversions during which this program was killed."""
    oldest_s = time.time() - _ABANDONED_S
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < oldest_s:
                shutil.rmtree(folder, ignore_errors=True)


def _write_profile(folder: Path) -> None:
    """Write the settings of LibreOffice and of fontconfig."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (folder / "temporary").mkdir()
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )
    folders = "".join(f"<dir>{escape(path)}</dir>" for path in _font_folders())
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f'<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{folders}</fontconfig>',
        encoding="utf-8",
    )


def _font_folders() -> tuple[str, ...]:
    """Return the user's own folders of fonts, which the sandboxed process may read."""
    home = Path.home()
    return tuple(str(path) for path in (home / ".local/share/fonts", home / ".fonts") if path.is_dir())


def _run(program: Path, folder: Path, source: str, ends_at_s: float, check_cancelled: Callable[[], None] | None) -> int:
    """Run LibreOffice once in a sandboxed process, and return its exit code.

    Raises PdfError ``office.too_slow`` or ``office.not_converted``, and the exceptions of ``check_cancelled``.
    """
    life_s = ends_at_s - time.monotonic() + _ORPHAN_MARGIN_S
    request = pickle.dumps((str(program), str(folder), source, _font_folders(), life_s))
    try:
        process = start_child(f"{__name__}:{become_libreoffice.__name__}")
    except OSError as error:
        raise PdfError("office.not_converted", type(error).__name__, retryable=True) from None
    assert process.stdin is not None  # noqa: S101  start_child made pipes
    assert process.stdout is not None  # noqa: S101
    channel = PipeChannel(process.stdin, process.stdout, longest_bytes=1)
    try:
        with suppress(OSError):
            channel.send(request, _END_S)
        while process.poll() is None:
            if time.monotonic() > ends_at_s:
                raise PdfError("office.too_slow", "LibreOffice", retryable=True)
            if check_cancelled is not None:
                check_cancelled()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_ROUND_S)
        return process.returncode
    finally:
        # LibreOffice can start no further processes, so no other process has to be ended.
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
            channel.close()


def become_libreoffice() -> None:
    """Restrict this process, and execute LibreOffice in it. This function is the child's entry point."""
    end = ChildEnd()
    silence_output()
    request, _ = end.receive()
    program, folder, source, fonts, life_s = pickle.loads(request)  # noqa: S301  sent by the parent
    try:
        _prepare_streams(folder)
        limit_memory(MEMORY_BYTES)
        limit_cpu_time(_MOST_CPU_S)
        limit_file_size(_MOST_FILE_BYTES)
        set_alarm(life_s)
        readable = (*fonts, str(Path(program).parent.parent))
        if lock_down_program(program, folder, readable) == (SECCOMP, LANDLOCK):
            os.execve(program, [program, *_arguments(folder, source)], _environment(folder))  # noqa: S606  no shell is wanted
    finally:
        # There is nothing to clean up, and no output to write.
        os._exit(_NOT_STARTED)


def _prepare_streams(folder: str) -> None:
    """Make the folder the current one, and connect standard input to nothing and the outputs to a file."""
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(_OUTPUT_NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream, descriptor in ((0, nothing), (1, output), (2, output)):
        os.dup2(descriptor, stream)


def _arguments(folder: str, source: str) -> list[str]:
    return [
        f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard"),
        *("--convert-to", "pdf", "--outdir", folder, f"{folder}/{source}"),
    ]


def _environment(folder: str) -> dict[str, str]:
    """Return the environment of LibreOffice, in which fontconfig reports the fonts that it replaces."""
    return {
        "HOME": folder,
        "TMPDIR": f"{folder}/temporary",
        "LANG": "C.UTF-8",
        "PATH": "/nonexistent",
        "SAL_USE_VCLPLUGIN": "svp",
        "FONTCONFIG_FILE": f"{folder}/fonts.conf",
        "FC_DEBUG": "1",
        # The folder of the socket that a second start would use: the current one, whose path may be too long.
        "OSL_SOCKET_PATH": ".",
    }


def _read_bounded(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file in the folder, of which the sandboxed process controls everything.

    Return empty bytes if it isn't a regular file or has more than ``most_bytes``.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > most_bytes:
            return b""
        return file.read(most_bytes)


_MATCH: Final = re.compile(rb"^Match Pattern has .*\n((?:[ \t].*\n)+)", re.MULTILINE)
_FAMILY: Final = re.compile(rb'^\tfamily: "([^"\n]+)"', re.MULTILINE)


def replaced_fonts(output: bytes) -> tuple[str, ...]:
    """Return the names of the fonts for which LibreOffice asked fontconfig for a replacement, sorted.

    ``output`` is fontconfig's report. LibreOffice asks only for the fonts that the text uses and that are missing. A
    question about single characters names an existing font, and is ignored.
    """
    found: dict[str, None] = {}
    for name in _asked_fonts(output):
        text = name.decode("utf-8", "replace").strip()[:_MOST_NAME_CHARACTERS]
        if text.isprintable() and any(map(str.isalpha, text)) and text.casefold() not in _WINDOW_FONTS:
            found[text] = None
        if len(found) == _MOST_FONTS:
            break
    return tuple(sorted(found))


def _asked_fonts(output: bytes) -> Iterator[bytes]:
    for match in _MATCH.finditer(output):
        pattern = match[1]
        family = _FAMILY.search(pattern)
        if family is not None and b"\tcharset:" not in pattern:
            yield family[1]
