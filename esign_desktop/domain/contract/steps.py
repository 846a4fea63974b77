"""The signing order: a sequence of steps. Each step lists the ids of the signers who sign at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.signer import SignerId

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft

Steps = tuple[tuple[SignerId, ...], ...]


def steps_of(draft: ContractDraft) -> Steps:
    """Return the ids of the draft's signers, grouped by step."""
    return tuple(tuple(signer.id for signer in step) for step in draft.steps)


def _without(steps: Steps, signer_id: SignerId) -> Steps:
    return tuple(tuple(i for i in step if i != signer_id) for step in steps)


def moved_to_own_step(steps: Steps, signer_id: SignerId, before_index: int) -> Steps:
    """Move the signer to a new step of their own, inserted before the step with this index."""
    emptied = _without(steps, signer_id)
    arranged = (*emptied[:before_index], (signer_id,), *emptied[before_index:])
    return tuple(step for step in arranged if step)


def grouped_with(steps: Steps, signer_id: SignerId, step_index: int) -> Steps:
    """Move the signer to an existing step. The signers of a step sign in parallel."""
    emptied = _without(steps, signer_id)
    return tuple(
        step for step in ((*s, signer_id) if index == step_index else s for index, s in enumerate(emptied)) if step
    )


def shifted(steps: Steps, signer_id: SignerId, by: int) -> Steps:
    """Move the signer one step earlier (``by`` is -1) or later (``by`` is +1).

    A signer who shares a step moves to a new step of their own. A signer who is alone in a step swaps places with the
    neighboring step. A signer without an order moves to a new last step.
    """
    index = next((n for n, step in enumerate(steps) if signer_id in step), None)
    if index is None:
        return moved_to_own_step(steps, signer_id, len(steps))
    is_grouped = len(steps[index]) > 1
    if is_grouped:
        return moved_to_own_step(steps, signer_id, index if by < 0 else index + 1)
    target = index - 1 if by < 0 else index + 2
    return moved_to_own_step(steps, signer_id, max(0, target))
