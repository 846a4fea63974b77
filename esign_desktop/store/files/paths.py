"""Where everything lies that is kept on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.store.files.network_folder import refuse_network_folder

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION: Final = "esign-desktop"
PRIVATE_DIR_MODE: Final = 0o700


class AppPaths(NamedTuple):
    """The folders of one installation; all of them are the person's own and closed to others."""

    data_dir: Path
    cache_dir: Path
    log_dir: Path

    @classmethod
    def default(cls) -> AppPaths:
        """Return the folders that the operating system wants to be used."""
        from platformdirs import PlatformDirs

        folders = PlatformDirs(APPLICATION, appauthor=False)
        return cls(folders.user_data_path, folders.user_cache_path, folders.user_log_path)

    @classmethod
    def at(cls, root: Path) -> AppPaths:
        """Return folders below one root, for ``--data-dir`` and tests."""
        return cls(root / "data", root / "cache", root / "logs")

    @classmethod
    def chosen(cls, root: Path | None) -> AppPaths:
        """Return the folders below the root that the command line names, or the operating system's."""
        return cls.default() if root is None else cls.at(root)

    @property
    def snapshots_dir(self) -> Path:
        """Copies of the files that are being sent."""
        return self.data_dir / "snapshots"

    @property
    def copies_dir(self) -> Path:
        """Copies of documents that were made for drafts."""
        return self.data_dir / "copies"

    @property
    def presets_dir(self) -> Path:
        """PDFs that lie with presets."""
        return self.data_dir / "presets"

    @property
    def templates_dir(self) -> Path:
        """PDFs that templates were made of."""
        return self.data_dir / "templates"

    @property
    def sandbox_dir(self) -> Path:
        """What the rehearsal platform keeps that is started with the program."""
        return self.data_dir / "sandbox"

    @property
    def leaving_dir(self) -> Path:
        """What is being encrypted for the second folder; there for that moment."""
        return self.data_dir / "leaving"

    @property
    def restoring_dir(self) -> Path:
        """What was decrypted of another computer's copies; there for that moment."""
        return self.data_dir / "restoring"

    @property
    def brand_dir(self) -> Path:
        """The picture on the customer's screen."""
        return self.data_dir / "brand"

    @property
    def ledger_path(self) -> Path:
        """The append-only list of what the platform tells once."""
        return self.data_dir / "ledger.jsonl"

    @property
    def database_path(self) -> Path:
        """Drafts, contacts, flows, the journal and the settings."""
        return self.data_dir / "esign.db"

    @property
    def lock_path(self) -> Path:
        """Held by the one instance that works on ``data_dir``."""
        return self.data_dir / "instance.lock"

    def refuse_network(self) -> None:
        """Raise StoreError ``store.network_folder`` if the database or the folder of its lock lies on a share."""
        for path in (self.data_dir, self.database_path):
            refuse_network_folder(path)

    def prepare(self) -> None:
        """Make the folders and close them to others. Raises StoreError.

        Nothing is made where the data would lie on a network share: ``store.network_folder``.
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
    """Make a folder that only its owner can enter; its parents come as the system makes them. Raises StoreError."""
    try:
        folder.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_DIR_MODE)
    except OSError as error:
        raise disk_error(error) from error
