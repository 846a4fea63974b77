"""What is wrong with what a template's form fields are filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.problems import DocumentSubject, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document

_MOST_NAMES: Final = 3


def form_problems(document: Document, *, is_correction: bool = False) -> Iterator[Problem]:
    """Yield the problems of a document that the platform makes of a template; none of another one.

    An empty form must not take the place of a filled one: what that held is kept for a while only, and contracts of
    earlier versions tell not even which fields there are.
    """
    template = document.template
    if template is None:
        return
    subject = DocumentSubject(document.id)
    missing = template.missing
    if missing:
        labels = {one.name: one.label or one.name for one in template.wanted}
        names = ", ".join(labels[name] for name in missing[:_MOST_NAMES]) + ("…" if len(missing) > _MOST_NAMES else "")
        params: dict[str, str | float] = {"name": document.name, "count": len(missing), "fields": names}
        yield Problem("form.value_missing", Severity.BLOCKING, subject, params)
    elif not template.fields:
        if not is_correction:
            yield Problem("form.without_values", Severity.WARNING, subject, {"name": document.name})
            return
        code = "form.correction_empty" if template.names else "form.values_unknown"
        yield Problem(code, Severity.BLOCKING, subject, {"name": document.name})
