"""The locations of all files that the program stores on this computer."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Final, NamedTuple

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.store.files.network_folder import refuse_network_folder

APPLICATION: Final = "esign-desktop"
PRIVATE_DIR_MODE: Final = 0o700
POLICY_NAME: Final = "policy.json"


class AppPaths(NamedTuple):
    """The folders of one installation. Only the current user can access them."""

    data_dir: Path
    cache_dir: Path
    log_dir: Path

    @classmethod
    def default(cls) -> AppPaths:
        """Return the folders recommended by the operating system."""
        from platformdirs import PlatformDirs

        folders = PlatformDirs(APPLICATION, appauthor=False)
        return cls(folders.user_data_path, folders.user_cache_path, folders.user_log_path)

    @classmethod
    def at(cls, root: Path) -> AppPaths:
        """Return folders below a single root, for ``--data-dir`` and tests."""
        return cls(root / "data", root / "cache", root / "logs")

    @classmethod
    def chosen(cls, root: Path | None) -> AppPaths:
        """Return folders below the root, or the operating system's default folders if the root is None.

        The root is given on the command line.
        """
        return cls.default() if root is None else cls.at(root)

    @property
    def snapshots_dir(self) -> Path:
        """The folder of the copies of files that are being sent."""
        return self.data_dir / "snapshots"

    @property
    def copies_dir(self) -> Path:
        """The folder of the copies of documents that were made for drafts."""
        return self.data_dir / "copies"

    @property
    def presets_dir(self) -> Path:
        """The folder of the PDFs of presets."""
        return self.data_dir / "presets"

    @property
    def templates_dir(self) -> Path:
        """The folder of the PDFs from which templates were made."""
        return self.data_dir / "templates"

    @property
    def sandbox_dir(self) -> Path:
        """The folder of the data of the sandbox server that the program starts."""
        return self.data_dir / "sandbox"

    @property
    def leaving_dir(self) -> Path:
        """The temporary folder of files that are being encrypted for the second folder."""
        return self.data_dir / "leaving"

    @property
    def restoring_dir(self) -> Path:
        """The temporary folder of another computer's decrypted backups."""
        return self.data_dir / "restoring"

    @property
    def brand_dir(self) -> Path:
        """The folder of the image for the customer's screen."""
        return self.data_dir / "brand"

    @property
    def ledger_path(self) -> Path:
        """The path of the append-only ledger of facts that the platform reports only once."""
        return self.data_dir / "ledger.jsonl"

    @property
    def database_path(self) -> Path:
        """The path of the database of drafts, contacts, flows, the journal and the settings."""
        return self.data_dir / "esign.db"

    @property
    def lock_path(self) -> Path:
        """The path of the lock held by the instance that uses ``data_dir``."""
        return self.data_dir / "instance.lock"

    def refuse_network(self) -> None:
        """Raise StoreError ``store.network_folder`` if the database or the lock's folder is on a network share."""
        for path in (self.data_dir, self.database_path):
            refuse_network_folder(path)

    def prepare(self) -> None:
        """Create the folders, which only the current user can access. Raises StoreError.

        Raises StoreError ``store.network_folder``, without creating anything, if the data would be on a network share.
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
    """Create a folder that only its owner can enter. Its parents get the default mode. Raises StoreError."""
    try:
        folder.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_DIR_MODE)
    except OSError as error:
        raise disk_error(error) from error


def system_policy_path() -> Path:
    """Return the path of the administrator's policy, in a folder to which other users cannot write."""
    if platform.system() == "Linux":
        return Path("/etc/esign-desktop") / POLICY_NAME
    from platformdirs import site_data_path

    return site_data_path("esign-desktop", appauthor=False) / POLICY_NAME
