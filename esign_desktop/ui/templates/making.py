"""Create a template in the background: write the drawn fields into the PDF, upload it, and create the template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.templates import Template, TemplateField
    from esign_desktop.services.templates.making import TemplateMaker
    from esign_desktop.services.templates.service import TemplateService
    from esign_desktop.ui.tasks import TaskRunner

_PERCENT: Final = 100


class TemplateMaking(QObject):
    """The creation of one template at a time.

    ``made`` carries the ``Template``, ``failed`` the ``AppError`` or None if the user stopped the creation, and
    ``progressed`` a sentence.
    """

    made = Signal(object)
    failed = Signal(object)
    progressed = Signal(str)

    def __init__(
        self, templates: TemplateService, maker: TemplateMaker, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._templates = templates
        self._maker = maker
        self._tasks = tasks
        self._cancel: CancelToken | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a template is being created."""
        return self._cancel is not None

    def start(
        self, document: Document, fields: tuple[TemplateField, ...], drawn_from: int, name: str, *, anew: bool
    ) -> None:
        """Create a template from a document, unless a template is being created.

        The fields from the index ``drawn_from`` on are not in the PDF yet, and are written into it first. If ``anew``
        is True, a template is created even if an earlier attempt, whose answer was lost, may have created one.
        """
        if self._cancel is not None:
            return
        self._cancel = cancel = CancelToken()
        report = self._tasks.reporter(self._on_progressed, owner=self)
        self.progressed.emit(self.tr("Writing fields…"))
        self._tasks.start(
            partial(self._make, document, fields, drawn_from, name, cancel, report, anew=anew),
            owner=self,
            on_done=self._on_done,
            on_error=self._on_failed,
            lane=Lane.NETWORK,
        )

    def stop(self) -> None:
        """Cancel the creation. After the platform has been asked to create the template, this has no effect."""
        if self._cancel is not None:
            self._cancel.cancel()

    def _make(
        self,
        document: Document,
        fields: tuple[TemplateField, ...],
        drawn_from: int,
        name: str,
        cancel: CancelToken,
        report: Callable[..., None],
        *,
        anew: bool,
    ) -> Template | None:
        drawn = self._templates.draw(document, fields[drawn_from:]) if fields[drawn_from:] else None
        reported = [-1]

        def on_progress(done_bytes: int, total_bytes: int) -> None:
            percent = done_bytes * _PERCENT // max(1, total_bytes)
            if percent != reported[0]:
                reported[0] = percent
                report(percent)

        try:
            look = self._maker.look(drawn or document)
            make = partial(self._maker.make, drawn or document, look, name=name, fields=fields)
            return make(on_progress=on_progress, cancel=cancel, anew=anew)
        except Cancelled:
            return None
        finally:
            if drawn is not None:
                self._templates.discard_drawn(drawn)

    def _on_progressed(self, percent: int) -> None:
        if self._cancel is not None:
            done = self.tr("Creating template…")
            text = self.tr("Uploading template… {percent} %").format(percent=percent)
            self.progressed.emit(text if percent < _PERCENT else done)

    def _on_done(self, template: Template | None) -> None:
        self._cancel = None
        if template is None:
            self.failed.emit(None)
        else:
            self.made.emit(template)

    def _on_failed(self, error: AppError) -> None:
        was_stopped = self._cancel is not None and self._cancel.is_cancelled
        self._cancel = None
        self.failed.emit(None if was_stopped and error.code != "template.answer_lost" else error)
