"""The ordinary course of a counter, against the rehearsal platform."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import SignStatus
from esign_desktop.domain.options import NoticeChannel, SignWithin
from esign_desktop.domain.preset.preset import COUNTER_VALIDITY_MS, PresetHome, counter_options, with_branch
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews
from esign_desktop.services.people.customers import CustomerLook, CustomerProblem, CustomerReader
from tests.services.counter_desk import LI, ZHANG, CounterDesk
from tests.services.sandbox_platform import refuse_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform

FIND, CREATE = "/account/idexchange", "/account/create/person/private"


def news_but_changes(desk: CounterDesk) -> list[CounterNews]:
    return [news for news in desk.heard() if news is not CounterNews.CHANGED]


def test_customer_gets_a_code_signs_and_the_desk_is_free(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    assert desk.counter.enter(ZHANG).is_ready

    view = desk.counter.send()

    assert (view.state, view.error, view.is_live) == (CounterState.SHOWING, None, True)
    assert news_but_changes(desk) == [CounterNews.QR_READY, CounterNews.LIVE]
    assert view.customers[0].masked_name == "张*"
    assert view.deadline_ms is not None
    platform.sign(view.link)
    view = desk.counter.refresh()
    assert (view.state, view.link, view.customers_have_signed) == (CounterState.SIGNED, "", True)
    assert desk.heard()[-1] is CounterNews.ENDED
    assert [path.read_bytes()[:5] for path in desk.counter.save_files(tmp_path / "signed")] == [b"%PDF-"]
    view = desk.counter.clear()
    assert (view.state, view.next_role is not None, view.flow_id) == (CounterState.READY, True, None)


def test_code_can_be_drawn_before_it_works(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter(ZHANG)
    final = desk.counter.send()

    ready = next(view for news, view in desk.news if news is CounterNews.QR_READY)
    assert (ready.state, ready.is_live, ready.link) == (CounterState.SENDING, False, final.link)
    assert final.link.startswith("http")


def test_customer_who_was_here_before_needs_no_call_for_the_account(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    for is_known in (False, True):
        asked = platform.requests(FIND), platform.requests(CREATE)
        look = desk.counter.enter("110101199003078515" if is_known else ZHANG)
        assert (look.is_known, look.name) == (is_known, "张三")
        assert desk.counter.send().state is CounterState.SHOWING
        calls = platform.requests(FIND) - asked[0], platform.requests(CREATE) - asked[1]
        assert calls == ((0, 0) if is_known else (1, 1))
        desk.counter.revoke_and_clear()


def test_account_made_by_an_earlier_installation_of_the_database_is_found_by_our_own_id(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter("钱一 110101195001010033")
    desk.counter.send()
    desk.counter.clear()
    for record in desk.stores.accounts.list(desk.environment.kind, desk.environment.project_id):
        desk.stores.accounts.forget(record.account_id)
    created = platform.requests(CREATE)

    desk.counter.enter("钱一 110101195001010033")

    assert desk.counter.send().state is CounterState.SHOWING
    assert platform.requests(CREATE) == created
    assert len(platform.accounts("钱一")) == 1


def test_display_goes_on_to_the_second_customers_code_by_itself(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path, signers=2).id)
    desk.counter.enter(ZHANG)
    assert not desk.counter.view.is_complete
    with pytest.raises(InputError) as caught:
        desk.counter.send()
    assert caught.value.code == "counter.not_ready"
    desk.counter.enter(LI)
    first = desk.counter.send()
    assert [one.is_current for one in first.customers] == [True, False]

    platform.sign(first.link)
    second = desk.counter.refresh()

    assert (second.state, desk.heard()[-1]) == (CounterState.SHOWING, CounterNews.NEXT_CUSTOMER)
    assert [(one.has_signed, one.is_current) for one in second.customers] == [(True, False), (False, True)]
    assert second.link not in {"", first.link}
    platform.sign(second.link)
    assert desk.counter.refresh().state is CounterState.SIGNED


def test_branch_seals_silently_once_the_customer_has_signed(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)

    view = desk.counter.send()

    assert view.error is None
    (flow,) = platform.flows(preset.title)
    assert len(flow.signers) == 2
    platform.sign(view.link)
    assert desk.counter.refresh().state is CounterState.SIGNED
    # From the second contract on nobody has to be looked up.
    desk.counter.clear()
    asked = platform.requests(FIND)
    desk.counter.enter("110101199003078515")
    assert desk.counter.send().state is CounterState.WAITING
    again = desk.counter.renew()
    assert (again.state, again.error) == (CounterState.SHOWING, None)
    assert platform.requests(FIND) == asked


def test_staffs_numbers_are_forgotten_once_a_binding_contract_knows_their_accounts(
    tmp_path: Path, platform: SandboxPlatform
) -> None:
    desk = CounterDesk(tmp_path / "desk", replace(platform.environment, kind=EnvironmentKind.OWN))
    preset = desk.make_preset(tmp_path, branch=True)
    assert b"110101199003079999" in desk.all_bytes()
    desk.counter.choose(preset.id)
    for line in (ZHANG, LI):
        desk.counter.enter(line)
        assert desk.counter.send().state is CounterState.SHOWING
        assert b"110101199003079999" not in desk.all_bytes()
        desk.counter.clear()
    desk.close()


def test_a_silent_signature_that_fails_is_not_told_as_the_customers_refusal(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    preset = desk.presets.save(replace(preset, is_ordered=False))
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    # The bank's silent seal is set as soon as the contract is executed, on a file that is lost by then.
    platform.set_faults({"path": "/sign/execute", "fault": "hang", "seconds": 2, "times": 1})
    calls = platform.requests("/sign/execute")

    def lose_the_file() -> None:
        while platform.requests("/sign/execute") == calls and not platform.flows(preset.title):
            time.sleep(0.02)
        (flow,) = platform.flows(preset.title)
        platform.lose_document(flow.document_ids[0])

    losing = threading.Thread(target=lose_the_file)
    losing.start()
    desk.counter.send()
    losing.join()

    view = desk.counter.refresh()

    assert view.state is CounterState.BROKEN_OFF


def test_refusal_is_told_with_its_reason(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter(ZHANG)
    refuse_at(desk.counter.send().link, "利率不对")

    view = desk.counter.refresh()

    assert (view.state, view.remark) == (CounterState.REFUSED, "利率不对")
    assert "利率" not in repr(view)


def test_what_is_to_be_confirmed_is_told_as_that_until_it_is(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter(ZHANG)
    link = desk.counter.send().link
    assert not desk.counter.refresh().is_to_be_confirmed
    platform.trouble(action="signature", value="waits")
    platform.sign(link)

    view = desk.counter.refresh()

    assert (view.state, view.is_to_be_confirmed) == (CounterState.SHOWING, True)
    platform.trouble(action="confirm", value=link.rpartition("/")[2])
    view = desk.counter.refresh()
    assert (view.state, view.is_to_be_confirmed) == (CounterState.SIGNED, False)


def test_a_failed_signature_is_no_refusal(desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter(ZHANG)
    link = desk.counter.send().link
    platform.trouble(action="signature", value="fails", reason="证书已过期")
    platform.sign(link)

    view = desk.counter.refresh()

    assert (view.state, view.stopped) == (CounterState.BROKEN_OFF, SignStatus.FAILED)


def test_expired_code_is_told_and_renewed_for_the_same_customer(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.presets.save(replace(preset, options=replace(preset.options, deadline=SignWithin(1_500))))
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    first = desk.counter.send()
    assert first.state is CounterState.SHOWING, first.error
    ends_at_s = time.monotonic() + 20.0
    while desk.counter.refresh().state is CounterState.SHOWING and time.monotonic() < ends_at_s:
        threading.Event().wait(0.1)
    assert desk.counter.view.state is CounterState.EXPIRED
    assert desk.heard()[-1] is CounterNews.ENDED

    second = desk.counter.renew()

    assert (second.state, second.customers[0].name) == (CounterState.SHOWING, "张三"), second.error
    assert second.link not in {"", first.link}
    assert sorted(flow.status for flow in platform.flows(preset.title)) == [1, 5]


def test_renewing_revokes_the_shown_contract_and_sends_another(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    first = desk.counter.send()

    second = desk.counter.renew()

    assert (second.state, second.is_live) == (CounterState.SHOWING, True)
    assert second.link not in {"", first.link}
    assert sorted(flow.status for flow in platform.flows(preset.title)) == [1, 3]
    platform.sign(second.link)
    assert desk.counter.refresh().state is CounterState.SIGNED


def test_link_can_be_sent_by_message_instead(desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    desk.presets.save(replace(preset, options=counter_options(preset.options)))
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    first = desk.counter.send()
    assert first.deadline_ms is not None

    desk.counter.renew(by_sms=True)

    drafts = [submission.record.draft for submission in desk.stores.journal.list()]
    assert [draft.options.notices for draft in drafts] == [frozenset(), frozenset({NoticeChannel.SMS})]
    assert [draft.options.deadline for draft in drafts] == [SignWithin(COUNTER_VALIDITY_MS)] * 2


def test_contract_that_was_signed_meanwhile_is_neither_revoked_nor_renewed(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    for line, take_back in ((ZHANG, desk.counter.renew), (LI, desk.counter.revoke_and_clear)):
        desk.counter.enter(line)
        platform.sign(desk.counter.send().link)

        view = take_back()

        assert view.state is CounterState.SIGNED
        desk.counter.clear()
    assert [flow.status for flow in platform.flows(preset.title)] == [2, 2]


def test_revoking_ends_the_contract_and_forgets_the_customer(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    desk.counter.send()

    view = desk.counter.revoke_and_clear()

    assert (view.state, view.customers[0].name, view.link) == (CounterState.READY, "", "")
    assert [flow.status for flow in platform.flows(preset.title)] == [3]
    assert desk.heard()[-1] is CounterNews.CLEARED


def test_preset_stays_for_the_next_customer_and_can_be_changed_only_on_a_free_desk(
    desk: CounterDesk, tmp_path: Path
) -> None:
    preset, other = desk.make_preset(tmp_path / "1"), desk.make_preset(tmp_path / "2")
    desk.counter.choose(preset.id)
    desk.counter.choose(other.id)
    desk.counter.enter(ZHANG)
    with pytest.raises(InputError) as caught:
        desk.counter.choose(preset.id)
    assert caught.value.code == "counter.in_use"
    desk.counter.clear()
    assert desk.counter.choose(preset.id).preset_id == preset.id


def test_line_that_is_not_ready_is_not_taken_in(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(desk.make_preset(tmp_path, signers=2).id)
    look = desk.counter.enter("张三 110101199003078516")
    assert not look.is_ready
    assert CustomerProblem.NUMBER_WRONG in look.obstacles
    assert desk.counter.view.customers[0].name == ""
    desk.counter.enter(ZHANG)
    with pytest.raises(InputError) as caught:
        desk.counter.enter(ZHANG)
    assert caught.value.code == "counter.same_customer"


def test_calls_without_a_preset_or_customer_are_refused(desk: CounterDesk) -> None:
    assert desk.counter.view.state is CounterState.IDLE
    for call in (desk.counter.send, desk.counter.retry, desk.counter.renew, desk.counter.held):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == "counter.not_ready"
    assert desk.counter.refresh().state is CounterState.IDLE
    assert desk.counter.clear().state is CounterState.IDLE
    assert desk.counter.revoke_and_clear().state is CounterState.IDLE


def test_preset_that_cannot_be_used_here_is_refused(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path, branch=True)
    elsewhere = PresetHome(desk.environment.kind, "another project")
    bank = preset.signers[1]
    assert isinstance(bank, OrganizationSigner)
    unusable = {
        "preset.no_customer": replace(preset, signers=preset.signers[1:], placements=preset.placements[1:]),
        "preset.other_environment": replace(preset, home=elsewhere),
        "preset.staff_unknown": with_branch(preset, bank.id, bank.organization, Person("王经办")),
    }
    for code, changed in unusable.items():
        desk.presets.save(changed)
        with pytest.raises(InputError) as caught:
            desk.counter.choose(preset.id)
        assert caught.value.code == code


def test_nothing_personal_of_a_sent_contract_stays_on_the_disk_but_names(desk: CounterDesk, tmp_path: Path) -> None:
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.enter(ZHANG)
    assert desk.counter.send().state is CounterState.SHOWING
    kept = desk.all_bytes()
    for secret in (b"110101199003078515", b"13800000000", b"8515 "):
        assert secret not in kept
    assert [one.state for one in desk.stores.journal.list()] == [SubmissionState.DONE]


def test_a_line_that_was_read_while_it_was_typed_is_not_read_again(
    desk: CounterDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    look = CustomerReader.look

    def counted(reader: CustomerReader, text: str, environment: Environment, kind: AccountKind) -> CustomerLook:
        read.append(text)
        return look(reader, text, environment, kind)

    monkeypatch.setattr(CustomerReader, "look", counted)
    desk.counter.choose(desk.make_preset(tmp_path).id)
    desk.counter.look("张三 1101")
    desk.counter.look(ZHANG)
    assert desk.counter.enter(ZHANG).is_ready
    assert read == ["张三 1101", ZHANG]
    desk.counter.clear()
    desk.counter.look(ZHANG)
    assert desk.counter.enter(LI).name == "李四"
    assert read == ["张三 1101", ZHANG, ZHANG, LI]
