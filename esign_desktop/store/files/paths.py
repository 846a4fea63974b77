"""The locations of all files that the program stores on this computer."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Final, NamedTuple

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import InputError
from esign_desktop.store.files.network_folder import refuse_network_folder

APPLICATION: Final = "esign-desktop"
PRIVATE_DIR_MODE: Final = 0o700
POLICY_NAME: Final = "policy.json"


class AppPaths(NamedTuple):
    """The folders of an installation. Only the current user can access them."""

    data_dir: Path
    cache_dir: Path
    log_dir: Path

    @classmethod
    def default(cls) -> AppPaths:
        """Return the folders that the operating system recommends."""
        from platformdirs import PlatformDirs

        folders = PlatformDirs(APPLICATION, appauthor=False)
        return cls(folders.user_data_path, folders.user_cache_path, folders.user_log_path)

    @classmethod
    def at(cls, root: Path) -> AppPaths:
        """Return the folders below a single root folder, as used by ``--data-dir`` and by tests."""
        return cls(root / "data", root / "cache", root / "logs")

    @classmethod
    def chosen(cls, root: Path | None) -> AppPaths:
        """Return the folders below a root folder, or the operating system's default folders if ``root`` is None.

        ``root`` comes from the command line. If the policy names a root folder, that folder is the default. Raises
        InputError ``policy.data_folder``, with the policy's folder as ``path``, if ``root`` is a different folder.
        """
        prescribed = _prescribed_root()
        if root is not None and prescribed is not None and root.resolve() != prescribed.resolve():
            raise InputError("policy.data_folder", path=str(prescribed))
        root = prescribed or root
        return cls.default() if root is None else cls.at(root)

    @property
    def snapshots_dir(self) -> Path:
        """The folder for copies of the files that are being sent."""
        return self.data_dir / "snapshots"

    @property
    def copies_dir(self) -> Path:
        """The folder for document copies that were made for drafts."""
        return self.data_dir / "copies"

    @property
    def presets_dir(self) -> Path:
        """The folder for the PDFs of presets."""
        return self.data_dir / "presets"

    @property
    def templates_dir(self) -> Path:
        """The folder for the PDFs from which templates were made."""
        return self.data_dir / "templates"

    @property
    def sandbox_dir(self) -> Path:
        """The folder for the data of the sandbox server that the program starts."""
        return self.data_dir / "sandbox"

    @property
    def leaving_dir(self) -> Path:
        """The temporary folder for files that are being encrypted for the second folder."""
        return self.data_dir / "leaving"

    @property
    def restoring_dir(self) -> Path:
        """The temporary folder for another computer's decrypted backups."""
        return self.data_dir / "restoring"

    @property
    def brand_dir(self) -> Path:
        """The folder for the image that is displayed on the customer's screen."""
        return self.data_dir / "brand"

    @property
    def ledger_path(self) -> Path:
        """The path of the ledger, which records facts that the platform reports only once."""
        return self.data_dir / "ledger.jsonl"

    @property
    def database_path(self) -> Path:
        """The path of the database, which contains drafts, contacts, flows, the journal and settings."""
        return self.data_dir / "esign.db"

    @property
    def tellers_mark(self) -> Path:
        """The path of a file that exists if the counter has tellers, even if the database no longer lists them."""
        return self.data_dir / "has-tellers"

    @property
    def lock_path(self) -> Path:
        """The path of the lock file held by the instance that uses ``data_dir``."""
        return self.data_dir / "instance.lock"

    def refuse_network(self) -> None:
        """Raise StoreError ``store.network_folder`` if the data folder or the database is on a network share."""
        for path in (self.data_dir, self.database_path):
            refuse_network_folder(path)

    def prepare(self) -> None:
        """Create the folders. Only the current user has access to them. Raises StoreError.

        If the data would be on a network share, nothing is created, and StoreError ``store.network_folder`` is raised.
        """
        self.refuse_network()
        for folder in (
            self.data_dir,
            self.cache_dir,
            self.log_dir,
            self.snapshots_dir,
            self.copies_dir,
            self.presets_dir,
        ):
            make_private_dir(folder)


def make_private_dir(folder: Path) -> None:
    """Create a folder to which only its owner has access. Raises StoreError.

    Missing parent folders are created with the default mode.
    """
    try:
        folder.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_DIR_MODE)
    except OSError as error:
        raise disk_error(error) from error


def system_policy_path() -> Path:
    """Return the path of the administrator's policy, in a folder to which only administrators can write."""
    if platform.system() == "Linux":
        return Path("/etc/esign-desktop") / POLICY_NAME
    from platformdirs import site_data_path

    return site_data_path("esign-desktop", appauthor=False) / POLICY_NAME


def _prescribed_root() -> Path | None:
    """Return the ``data_folder`` of the policy, or None. The policy is validated later, when the program starts."""
    try:
        found = json.loads(system_policy_path().read_bytes())
        return Path(found["data_folder"]).expanduser()
    except (OSError, ValueError, RecursionError, LookupError, TypeError, RuntimeError):
        return None
