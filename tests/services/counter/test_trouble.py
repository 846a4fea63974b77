"""What goes wrong at a counter: the customer's data stay, one key goes on, and nobody sees two contracts."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from esign_desktop.api.transport import HttpTransport
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.override import override
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews
from esign_desktop.services.sending.held import HeldChoice
from tests.services.bad_transports import Unplugged
from tests.services.counter_desk import LI, ZHANG, CounterDesk, made_up_number
from tests.services.desk import ONE_TRY, resume_unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.api.exchange import Answer, Request
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.counter.values import CounterView
    from tests.services.sandbox_platform import SandboxPlatform

    MakeDesk = Callable[..., CounterDesk]

WAIT_S = 10.0
LATER_S = 0.1
START, EXECUTE = "/sign/start", "/sign/execute"


@pytest.fixture
def make_desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[MakeDesk]:
    desks: list[CounterDesk] = []

    def make(**values: Any) -> CounterDesk:
        desks.append(
            CounterDesk(tmp_path / "desk", **{"environment": platform.environment, "retry": ONE_TRY, **values})
        )
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def with_customer(desk: CounterDesk, folder: Path) -> Preset:
    preset = desk.make_preset(folder)
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)
    return preset


@dataclass
class Gate(HttpTransport):
    """Lets a test step in while a certain call is under way."""

    path: str = ""
    on_call: Callable[[], object] = lambda: None
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def exchange(self, request: Request, *arguments: Any, **named: Any) -> Answer:
        path = urlsplit(request.url).path
        self.calls.append(path)
        if self.path and path.endswith(self.path):
            self.on_call()
        return super().exchange(request, *arguments, **named)


@pytest.mark.parametrize(
    "path", ["/account/idexchange", "/file/uploadurl", "/doc/createbyfilekey", START, EXECUTE, "/sign/docdetail"]
)
def test_lost_network_keeps_the_customer_and_one_key_goes_on(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path, path: str
) -> None:
    cable = Unplugged(path, times=1)
    desk = make_desk(transport=cable)
    preset = with_customer(desk, tmp_path)

    paused = desk.counter.send()

    assert (paused.state, paused.link) == (CounterState.PAUSED, "")
    assert paused.error is not None
    assert (paused.error.code, paused.error.retryable) == ("api.no_network", True)
    assert paused.customers[0].name == "张三"
    view = desk.counter.retry()
    assert (view.state, view.is_live) == (CounterState.SHOWING, True)
    assert view.link
    assert [flow.is_visible for flow in platform.flows(preset.title)] == [True]


def test_unknown_outcome_is_held_until_a_person_decides(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = make_desk()
    preset = with_customer(desk, tmp_path)
    platform.set_faults({"path": START, "fault": "drop_reply"})

    view = desk.counter.send()

    assert (view.state, view.link) == (CounterState.HELD, "")
    assert HeldChoice.START_AGAIN in desk.counter.held().choices
    assert desk.counter.decide(HeldChoice.LOOK_AGAIN).state is CounterState.HELD
    view = desk.counter.decide(HeldChoice.START_AGAIN)
    assert view.state is CounterState.SHOWING
    assert sorted(flow.is_visible for flow in platform.flows(preset.title)) == [False, True]


@pytest.mark.parametrize("leave", ["give up", "revoke and clear"])
def test_held_contract_can_be_given_up_and_nobody_ever_sees_it(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path, leave: str
) -> None:
    desk = make_desk()
    preset = with_customer(desk, tmp_path)
    platform.set_faults({"path": START, "fault": "drop_reply"})
    desk.counter.send()

    if leave == "give up":
        assert desk.counter.decide(HeldChoice.GIVE_UP).state is CounterState.REVOKED
        desk.counter.clear()
    else:
        desk.counter.revoke_and_clear()

    assert desk.counter.view.state is CounterState.READY
    assert not any(flow.is_visible for flow in platform.flows(preset.title))
    assert [one.state for one in desk.stores.journal.list()] == [SubmissionState.CANCELLED]


def test_refused_contract_keeps_the_customer_and_is_sent_anew(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = make_desk()
    preset = with_customer(desk, tmp_path)
    platform.set_faults({"path": START, "fault": "err_code", "err_code": 77, "msg": "套餐余额不足"})

    view = desk.counter.send()

    assert (view.state, view.customers[0].name) == (CounterState.FAILED, "张三")
    assert view.error is not None
    assert view.error.params["err_code"] == 77
    assert desk.counter.retry().state is CounterState.SHOWING
    assert [flow.is_visible for flow in platform.flows(preset.title)] == [True]


def test_preset_without_its_file_fails_before_any_call(make_desk: MakeDesk, tmp_path: Path) -> None:
    gate = Gate()
    desk = make_desk(transport=gate)
    with_customer(desk, tmp_path)
    for path in desk.paths.presets_dir.iterdir():
        path.unlink()

    view = desk.counter.send()

    assert (view.state, view.error and view.error.code) == (CounterState.FAILED, "document.missing")
    assert gate.calls == []


def test_esc_while_a_contract_is_being_sent_clears_the_desk_and_nobody_sees_it(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    for path in ("/file/uploadurl", START, EXECUTE):
        gate = Gate(path=path)
        desk = make_desk(transport=gate)
        gate.on_call = desk.counter.revoke_and_clear
        preset = with_customer(desk, tmp_path / path.replace("/", "_"))

        view = desk.counter.send()

        assert (view.state, view.customers[0].name) == (CounterState.READY, ""), path
        assert all(flow.status in {0, 3} for flow in platform.flows(preset.title)), path
        desk.close()


def test_contract_that_is_signed_while_it_is_called_off_too_late_is_shown_as_signed(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    links: list[str] = []

    @dataclass
    class LostAnswer(Gate):
        """The customer leaves while the contract becomes visible, whose answer is lost, and signs all the same."""

        @override
        def exchange(self, request: Request, *arguments: Any, **named: Any) -> Answer:
            path = urlsplit(request.url).path
            if path.endswith(EXECUTE):
                links.append(desk.counter.view.link)
                desk.counter.revoke_and_clear()
            elif path.endswith("/sign/revoke"):
                platform.sign(links[0])
            return super().exchange(request, *arguments, **named)

    desk = make_desk(transport=LostAnswer())
    preset = with_customer(desk, tmp_path)
    platform.set_faults({"path": EXECUTE, "fault": "drop_reply"})

    assert desk.counter.send().state is CounterState.SIGNED

    assert [flow.status for flow in platform.flows(preset.title)] == [2]


def test_database_that_fails_as_the_send_ends_does_not_take_the_code_away(
    make_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_flow_id: object) -> None:
        raise StoreError("store.disk_full")

    desk = make_desk()
    with_customer(desk, tmp_path)
    monkeypatch.setattr(desk.flows, "get", fail)

    view = desk.counter.send()

    assert (view.state, view.is_live) == (CounterState.SHOWING, True)
    assert view.link


def test_second_key_while_something_is_under_way_is_refused(make_desk: MakeDesk, tmp_path: Path) -> None:
    gate = Gate(path=START)
    desk = make_desk(transport=gate)
    codes = []

    def press_everything() -> None:
        for call in (desk.counter.send, desk.counter.clear, desk.counter.renew, desk.counter.retry):
            with pytest.raises(InputError) as caught:
                call()
            codes.append(caught.value.code)

    gate.on_call = press_everything
    with_customer(desk, tmp_path)
    assert desk.counter.send().state is CounterState.SHOWING
    assert set(codes) == {"counter.busy"}


def test_desk_that_is_left_the_moment_the_send_pauses_is_cleared(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk(transport=Unplugged(START, times=50))
    with_customer(desk, tmp_path)
    leavers: list[threading.Thread] = []

    def leave(_news: CounterNews, view: CounterView) -> None:
        if view.state is CounterState.PAUSED and not leavers:
            leavers.append(threading.Thread(target=desk.counter.clear))
            leavers[0].start()
            # The call that tells it returns a little later only, as on a busy machine.
            leavers[0].join(LATER_S)

    desk.counter.listen(leave)
    desk.counter.send()
    leavers[0].join()
    view = desk.counter.view
    assert (view.state, view.customers[0].name) == (CounterState.READY, "")


def test_look_that_fails_says_so_and_the_next_one_mends_it(make_desk: MakeDesk, tmp_path: Path) -> None:
    cable = Unplugged("/sign/docdetail", times=0)
    desk = make_desk(transport=cable)
    with_customer(desk, tmp_path)
    link = desk.counter.send().link

    cable.times_left = 1
    view = desk.counter.refresh()
    assert (view.state, view.link, view.error and view.error.code) == (CounterState.SHOWING, link, "api.no_network")
    assert desk.counter.refresh().error is None


@pytest.mark.parametrize("call", ["revoke_and_clear", "renew"])
def test_contract_that_cannot_be_revoked_now_stays_on_the_desk(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path, call: str
) -> None:
    cable = Unplugged("/sign/revoke", times=1)
    desk = make_desk(transport=cable)
    preset = with_customer(desk, tmp_path)
    link = desk.counter.send().link

    view = getattr(desk.counter, call)()

    assert (view.state, view.link, view.customers[0].name) == (CounterState.SHOWING, link, "张三")
    assert view.error is not None
    assert desk.counter.revoke_and_clear().state is CounterState.READY
    assert [flow.status for flow in platform.flows(preset.title)] == [3]


def test_paused_contract_that_is_revoked_without_a_network_is_never_shown(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    cable = Unplugged(START, times=100)
    desk = make_desk(transport=cable)
    preset = with_customer(desk, tmp_path)
    assert desk.counter.send().state is CounterState.PAUSED

    assert desk.counter.revoke_and_clear().state is CounterState.READY

    cable.times_left = 0
    resume_unfinished(desk.submission)
    assert platform.flows(preset.title) == ()


def test_send_at_the_counter_is_left_alone_by_whoever_takes_up_interrupted_sends(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    gate = Gate(path=START)
    desk = make_desk(transport=gate)
    resumed: list[object] = []
    gate.on_call = lambda: resumed.extend(resume_unfinished(desk.submission))
    preset = with_customer(desk, tmp_path)

    assert desk.counter.send().state is CounterState.SHOWING

    assert resumed == []
    assert [flow.is_visible for flow in platform.flows(preset.title)] == [True]


def test_paused_send_of_the_counter_is_taken_up_like_any_other_after_a_restart(
    make_desk: MakeDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk = make_desk(transport=Unplugged(EXECUTE, times=1))
    preset = with_customer(desk, tmp_path)
    assert desk.counter.send().state is CounterState.PAUSED
    desk.close()

    (outcome,) = resume_unfinished(make_desk().submission)

    assert outcome.state is SubmissionState.DONE
    assert [flow.is_visible for flow in platform.flows(preset.title)] == [True]


def test_account_and_document_are_made_at_the_same_time_and_start_comes_after_both(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    both = threading.Barrier(2)
    met: list[str] = []

    @dataclass
    class Meeting(Gate):
        """The first call for the account and the one for the document wait for each other."""

        @override
        def exchange(self, request: Request, *arguments: Any, **named: Any) -> Answer:
            path = urlsplit(request.url).path
            if path.endswith(("/account/idexchange", "/file/uploadurl")) and len(met) < 2:
                met.append(path)
                both.wait(WAIT_S)
            return super().exchange(request, *arguments, **named)

    meeting = Meeting()
    desk = make_desk(transport=meeting)
    with_customer(desk, tmp_path)

    assert desk.counter.send().state is CounterState.SHOWING

    calls = [path.rsplit("/", 1)[-1] for path in meeting.calls]
    assert set(calls[:2]) == {"idexchange", "uploadurl"}
    start = calls.index("start")
    assert set(calls[:start]) >= {"idexchange", "private", "uploadurl", "createbyfilekey"}
    assert calls[start:] == ["start", "execute", "docdetail"]


def test_two_customers_accounts_are_made_at_the_same_time(make_desk: MakeDesk, tmp_path: Path) -> None:
    both = threading.Barrier(2)
    gate = Gate(path="/account/idexchange", on_call=lambda: both.wait(WAIT_S))
    desk = make_desk(transport=gate)
    preset = desk.make_preset(tmp_path, signers=2)
    desk.counter.choose(preset.id)
    desk.counter.enter("孙一 110101195001010033")
    desk.counter.enter("孙二 11010119500101005X")

    assert desk.counter.send().state is CounterState.SHOWING


def test_nothing_of_the_customer_is_left_in_memory_after_clearing(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk()
    desk.counter.listen(None)
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    name, number, mobile = "赵金丝雀", made_up_number(3), "13912345678"
    desk.counter.enter(f"{name} {number} {mobile}")
    link = desk.counter.send().link
    desk.counter.refresh()
    wanted = (name, number, mobile, urlsplit(link).path.rsplit("/", 1)[-1])
    held = "".join(_texts(desk.counter))
    assert all(one in held for one in (name, number, wanted[-1]))

    desk.counter.revoke_and_clear()
    gc.collect()

    held = "".join(_texts(desk.counter))
    assert not any(one in held for one in wanted)


def _texts(root: object) -> list[str]:
    """Every text that can be reached from an object by its own data."""
    texts: list[str] = []
    seen: set[int] = set()
    stack: list[object] = [root]
    while stack:
        one = stack.pop()
        if id(one) in seen or isinstance(one, (type, type(gc), type(_texts))):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, bytes):
            texts.append(one.decode("latin-1"))
        else:
            stack.extend(gc.get_referents(one))
    return texts


@pytest.mark.nightly
@pytest.mark.slow
def test_two_hundred_customers_in_a_row_leave_no_handle_and_no_thread_behind(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    desk = make_desk()
    desk.counter.listen(None)
    desk.counter.choose(desk.make_preset(tmp_path).id)

    def serve(count: int) -> None:
        desk.counter.enter(f"样例 {made_up_number(2000 + count // 2)} 13800000000")
        view = desk.counter.send()
        assert view.state is CounterState.SHOWING, view.error
        desk.counter.refresh()
        desk.counter.revoke_and_clear()

    for count in range(10):
        serve(count)
    before = _handles(), threading.active_count()
    for count in range(10, 210):
        serve(count)
    assert _handles() <= before[0] + 2
    assert threading.active_count() <= before[1]


def _handles() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_news_never_tell_of_a_code_that_is_called_off(make_desk: MakeDesk, tmp_path: Path) -> None:
    gate = Gate(path=EXECUTE)
    desk = make_desk(transport=gate)
    gate.on_call = desk.counter.revoke_and_clear
    with_customer(desk, tmp_path)
    desk.counter.send()
    assert CounterNews.LIVE not in desk.heard()
    assert LI not in repr(desk.counter.view)
