"""What somebody would try who runs code of their own in a child. Each is a function that raises when it was refused.

What it got hold of it returns: whoever started the child looks whether a secret is in it.
"""

from __future__ import annotations

import array
import ctypes
import fcntl
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Scene = dict[str, Any]
LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {"bpf": 321, "perf_event_open": 298, "keyctl": 250, "userfaultfd": 323, "add_key": 248, "kcmp": 312},
    "aarch64": {"bpf": 280, "perf_event_open": 241, "keyctl": 219, "userfaultfd": 282, "add_key": 217, "kcmp": 272},
}.get(platform.machine(), {})
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 16, 17, 0x4206, 0x4207
WAIT_FOR_ALL = 0x40000000
GIBIBYTE = 1 << 30
NOBODY = 65534
MANY_THREADS, MANY_DESCRIPTORS, MANY_PAIRS = 1000, 500, 200
SMALL_STACK_BYTES = 64 * 1024
MUCH_IN_SOCKETS_BYTES = 64 * 1024 * 1024
CORE_BYTES = 1 << 24
attempts: dict[str, Callable[[Scene], object]] = {}
deadly: dict[str, Callable[[Scene], object]] = {}
"""Those that end the child when they succeed: each is tried in a child of its own."""


def attempt(function: Callable[[Scene], object]) -> Callable[[Scene], object]:
    """Note an attempt under its name."""
    attempts[function.__name__.replace("_", " ")] = function
    return function


def last(function: Callable[[Scene], object]) -> Callable[[Scene], object]:
    """Note a deadly one."""
    deadly[function.__name__.replace("_", " ")] = function
    return function


def done(result: int) -> int:
    """Return a call's result. Raises OSError for -1."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def let_go(process: int) -> None:
    """Wait until a traced process has stopped, and detach from it, so that it can be traced again."""
    os.waitpid(process, WAIT_FOR_ALL)
    done(LIBC.ptrace(PTRACE_DETACH, process, 0, 0))


def read(path: str, flags: int = 0) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | flags)
    try:
        return os.read(descriptor, 65536)
    finally:
        os.close(descriptor)


@attempt
def read_the_database(scene: Scene) -> object:
    return read(scene["database"])


@attempt
def read_the_database_by_openat2(scene: Scene) -> object:
    how = struct.pack("QQQ", os.O_RDONLY, 0, 0)
    descriptor = done(LIBC.syscall(437, -100, scene["database"].encode(), how, ctypes.c_size_t(len(how))))
    return os.read(descriptor, 4096)


@attempt
def read_another_document(scene: Scene) -> object:
    return read(scene["other_document"])


@attempt
def list_the_home_folder(scene: Scene) -> object:
    return ascii(os.listdir(scene["home"])).encode()  # noqa: PTH208


@attempt
def list_the_root(_scene: Scene) -> object:
    return os.listdir("/")  # noqa: PTH208


@attempt
def look_at_a_file_s_size(scene: Scene) -> object:
    return os.stat(scene["database"]).st_size  # noqa: PTH116


@attempt
def follow_a_link_of_its_own(scene: Scene) -> object:
    os.symlink(scene["database"], scene["copies"] + "/link")  # noqa: PTH211
    return read(scene["copies"] + "/link")


@attempt
def make_a_hard_link(scene: Scene) -> None:
    os.link(scene["database"], scene["copies"] + "/hard")


@attempt
def read_the_parent_s_memory(scene: Scene) -> object:
    with open(f"/proc/{scene['parent']}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        memory.seek(scene["address"])
        return memory.read(scene["length"])


@attempt
def read_the_parent_s_memory_by_process_vm_readv(scene: Scene) -> object:
    buffer = ctypes.create_string_buffer(scene["length"])
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), scene["length"])
    theirs = (ctypes.c_size_t * 2)(scene["address"], scene["length"])
    done(LIBC.process_vm_readv(scene["parent"], ours, 1, theirs, 1, 0))
    return buffer.raw


@attempt
def read_the_parent_s_environment(scene: Scene) -> object:
    return read(f"/proc/{scene['parent']}/environ")


@attempt
def read_the_victim_s_command_line(scene: Scene) -> object:
    return read(f"/proc/{scene['victim']}/cmdline")


@attempt
def attach_to_another_process(scene: Scene) -> None:
    done(LIBC.ptrace(PTRACE_ATTACH, scene["victim"], 0, 0))
    let_go(scene["victim"])


@attempt
def seize_another_process(scene: Scene) -> None:
    done(LIBC.ptrace(PTRACE_SEIZE, scene["victim"], 0, 0))
    done(LIBC.ptrace(PTRACE_INTERRUPT, scene["victim"], 0, 0))
    let_go(scene["victim"])


@attempt
def take_a_descriptor_of_the_parent(scene: Scene) -> object:
    process = done(LIBC.syscall(434, scene["parent"], 0))
    return done(LIBC.syscall(438, process, 0, 0))


@attempt
def write_an_autostart_file(scene: Scene) -> object:
    with open(scene["autostart"], "w", encoding="ascii") as file:  # noqa: PTH123
        return file.write("[Desktop Entry]\nExec=sh\n")


@attempt
def write_into_the_copies_folder(scene: Scene) -> object:
    with open(scene["copies"] + "/planted.pdf", "wb") as file:  # noqa: PTH123
        return file.write(b"%PDF-")


@attempt
def write_into_shared_memory_of_others(_scene: Scene) -> object:
    descriptor = os.open("/dev/shm/esign-attack", os.O_RDWR | os.O_CREAT)  # noqa: S108
    os.unlink("/dev/shm/esign-attack")  # noqa: PTH108, S108
    return descriptor


@attempt
def remove_a_file(scene: Scene) -> None:
    os.unlink(scene["removable"])  # noqa: PTH108


@attempt
def rename_a_file(scene: Scene) -> None:
    os.rename(scene["renamable"], scene["copies"] + "/renamed")  # noqa: PTH104


@attempt
def make_a_file_readable_by_all(scene: Scene) -> None:
    os.chmod(scene["database"], 0o777)  # noqa: PTH101, S103


@attempt
def cut_a_file_off(scene: Scene) -> None:
    os.truncate(scene["truncatable"], 0)


@attempt
def make_a_folder(scene: Scene) -> None:
    os.mkdir(scene["copies"] + "/folder")  # noqa: PTH102


@attempt
def make_a_pipe_with_a_name(scene: Scene) -> None:
    os.mkfifo(scene["copies"] + "/pipe")


@attempt
def go_to_another_folder(scene: Scene) -> None:
    os.chdir(scene["home"])


@attempt
def connect_by_tcp(scene: Scene) -> object:
    return knock(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", scene["tcp"]))


@attempt
def connect_by_tcp_over_ipv6(_scene: Scene) -> object:
    return socket.socket(socket.AF_INET6, socket.SOCK_STREAM)


@attempt
def send_by_udp(scene: Scene) -> object:
    return knock(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", scene["udp"]))


@attempt
def connect_to_a_unix_socket(scene: Scene) -> object:
    return knock(socket.AF_UNIX, socket.SOCK_STREAM, scene["unix"])


@attempt
def connect_to_an_abstract_socket(scene: Scene) -> object:
    return knock(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + scene["abstract"])


@attempt
def send_from_a_pair_of_datagrams(scene: Scene) -> object:
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"knock", scene["unix_datagram"])


@attempt
def speak_to_the_kernel_by_netlink(_scene: Scene) -> object:
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attempt
def listen(_scene: Scene) -> object:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()


@attempt
def send_a_raw_packet(_scene: Scene) -> object:
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attempt
def fork(_scene: Scene) -> object:
    child = os.fork()
    if not child:
        os._exit(0)
    return os.waitpid(child, 0)


@attempt
def fork_by_clone3(_scene: Scene) -> object:
    arguments = (ctypes.c_uint64 * 11)(*[0] * 4, signal.SIGCHLD)
    child = done(LIBC.syscall(435, arguments, ctypes.c_size_t(88)))
    if not child:
        os._exit(0)
    return os.waitpid(child, 0)


@attempt
def start_a_shell(scene: Scene) -> object:
    return subprocess.run(["/bin/sh", "-c", f"echo x > {scene['copies']}/shell"], check=True)


@attempt
def start_a_program_by_posix_spawn(scene: Scene) -> object:
    words = ["/bin/sh", "-c", f"echo x > {scene['copies']}/spawned"]
    return os.waitpid(os.posix_spawn("/bin/sh", words, {}), 0)


@attempt
def ask_whether_a_process_is_there(scene: Scene) -> None:
    os.kill(scene["victim"], 0)


@attempt
def kill_another_process(scene: Scene) -> None:
    os.kill(scene["victim"], signal.SIGUSR1)


@attempt
def signal_another_by_a_pipe(scene: Scene) -> object:
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    fcntl.fcntl(reader, fcntl.F_SETOWN, scene["victim"])
    fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC)
    return writer.send(b"x")


@attempt
def limit_another_process(scene: Scene) -> object:
    return resource.prlimit(scene["victim"], resource.RLIMIT_NOFILE, (10, 10))


@attempt
def change_its_own_limits(_scene: Scene) -> None:
    """With a limit of 0 instead of 1, the kernel passes a memory image to a crash handler."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


@attempt
def slow_another_process_down(scene: Scene) -> None:
    os.setpriority(os.PRIO_PROCESS, scene["victim"], 19)


@attempt
def pin_another_process(scene: Scene) -> None:
    os.sched_setaffinity(scene["victim"], {0})


@attempt
def make_code_of_memory(_scene: Scene) -> object:
    return mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


@attempt
def turn_memory_into_code(_scene: Scene) -> object:
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return done(LIBC.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 5))


@attempt
def make_a_program_in_memory(_scene: Scene) -> object:
    return os.memfd_create("program")


@attempt
def use_io_uring(_scene: Scene) -> object:
    return done(LIBC.syscall(425, 4, ctypes.create_string_buffer(120)))


@attempt
def use_userfaultfd(_scene: Scene) -> object:
    return done(LIBC.syscall(NUMBERS["userfaultfd"], 0))


@attempt
def load_a_program_into_the_kernel(_scene: Scene) -> object:
    return done(LIBC.syscall(NUMBERS["bpf"], 0, struct.pack("IIII", 2, 4, 4, 1) + bytes(104), 120))


@attempt
def watch_the_processor(_scene: Scene) -> object:
    event = struct.pack("IIQ", 1, 112, 0) + bytes(96)
    return done(LIBC.syscall(NUMBERS["perf_event_open"], event, 0, -1, -1, 0))


@attempt
def open_the_session_s_keys(_scene: Scene) -> object:
    return done(LIBC.syscall(NUMBERS["keyctl"], 0, ctypes.c_long(-4), 1, 0, 0))


@attempt
def add_a_key(_scene: Scene) -> object:
    return done(LIBC.syscall(NUMBERS["add_key"], b"user", b"attack", b"x", 1, -4))


@attempt
def compare_itself_with_another_process(scene: Scene) -> object:
    return done(LIBC.syscall(NUMBERS["kcmp"], os.getpid(), scene["parent"], 1, 0, 0))


@attempt
def mount_a_disk(scene: Scene) -> object:
    return done(LIBC.mount(b"none", scene["mountpoint"].encode(), b"tmpfs", 0, None))


@attempt
def open_a_file_by_its_handle(scene: Scene) -> object:
    handle, mount_id = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136), ctypes.c_int()
    done(LIBC.name_to_handle_at(-100, scene["database"].encode(), handle, ctypes.byref(mount_id), 0))
    folder = os.open("/", os.O_RDONLY)
    return os.read(done(LIBC.open_by_handle_at(folder, handle, os.O_RDONLY)), 4096)


@attempt
def watch_a_folder(scene: Scene) -> object:
    watch = done(LIBC.inotify_init())
    return done(LIBC.inotify_add_watch(watch, scene["home"].encode(), 0xFFF))


@attempt
def type_into_the_terminal(_scene: Scene) -> object:
    terminal, other = os.openpty()
    try:
        return fcntl.ioctl(other, termios.TIOCSTI, b"x")
    finally:
        os.close(terminal)
        os.close(other)


@attempt
def become_dumpable_again(_scene: Scene) -> object:
    return done(LIBC.prctl(4, 1, 0, 0, 0))


@attempt
def pass_an_open_file_on(_scene: Scene) -> object:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with one, other:
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])
        _content, rights, _flags, _address = other.recvmsg(1, socket.CMSG_SPACE(4))
        (received,) = array.array("i", rights[0][2])
        os.close(received)
        return received


@attempt
def cut_off_what_it_shares(_scene: Scene) -> object:
    """The parent looks into memory that this process was handed, and would end by a signal."""
    cut = []
    for number in range(3, 256):
        with suppress(OSError):
            os.ftruncate(number, 0)
            cut.append(number)
    if not cut:
        raise PermissionError("nothing can be cut")
    return cut


@attempt
def find_a_descriptor_of_somebody_else(_scene: Scene) -> object:
    """Whatever is open beside its own ends: nothing but devices, sockets, pipes and what it was handed."""
    found = []
    for number in range(3, 256):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
            content = os.pread(number, 65536, 0)
        except OSError:
            continue
        found.append(content)
    if not any(b"SECRET" in one for one in found):
        raise PermissionError("nothing of others")
    return b"".join(found)


@attempt
def take_all_memory(_scene: Scene) -> object:
    """Ask for memory without using it, since without limits there would be that much less for all others."""
    LIBC.malloc.restype = ctypes.c_void_p
    address = LIBC.malloc(ctypes.c_size_t(5 * GIBIBYTE))
    if not address:
        raise MemoryError
    LIBC.free(ctypes.c_void_p(address))
    return address


@attempt
def map_all_memory(_scene: Scene) -> object:
    return len(mmap.mmap(-1, 5 * GIBIBYTE))


@attempt
def become_somebody_else(_scene: Scene) -> None:
    own = os.geteuid()
    os.seteuid(NOBODY)
    os.seteuid(own)


@attempt
def enter_a_user_namespace(_scene: Scene) -> object:
    return done(LIBC.unshare(CLONE_NEWUSER))


@attempt
def enter_a_network_namespace(_scene: Scene) -> object:
    return done(LIBC.unshare(CLONE_NEWNET))


@attempt
def change_the_root(scene: Scene) -> object:
    return done(LIBC.chroot(scene["home"].encode()))


@attempt
def open_hundreds_of_descriptors(_scene: Scene) -> object:
    opened: list[int] = []
    try:
        while len(opened) < MANY_DESCRIPTORS:
            opened.append(os.dup(0))
    finally:
        for number in opened:
            os.close(number)
    return len(opened)


@attempt
def hold_memory_in_sockets(_scene: Scene) -> object:
    """The kernel counts the content of sockets as memory of no process."""
    pairs: list[socket.socket] = []
    held_bytes = 0
    try:
        with suppress(OSError):
            for _ in range(MANY_PAIRS):
                pairs += socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        for end in pairs:
            end.setblocking(False)
            with suppress(BlockingIOError):
                while True:
                    held_bytes += end.send(bytes(65536))
    finally:
        for end in pairs:
            end.close()
    if held_bytes < MUCH_IN_SOCKETS_BYTES:
        raise PermissionError(f"{held_bytes} bytes in {len(pairs)} sockets")
    return held_bytes


@attempt
def start_a_thousand_threads(_scene: Scene) -> object:
    threading.stack_size(SMALL_STACK_BYTES)
    ended = threading.Event()
    threads: list[threading.Thread] = []
    try:
        while len(threads) < MANY_THREADS:
            thread = threading.Thread(target=ended.wait)
            thread.start()
            threads.append(thread)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    return len(threads)


def knock(family: int, kind: int, address: object, proto: int = 0) -> object:
    with socket.socket(family, kind, proto) as connection:
        connection.settimeout(2)
        connection.connect(address)  # type: ignore[arg-type]
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.send(b"knock")
        return "connected"


def keep_all_open() -> None:
    """Keep the parent's channels open in another program. The parent ends a child that closes them."""
    for number in range(256):
        with suppress(OSError):
            os.set_inheritable(number, True)


@last
def become_another_program(scene: Scene) -> None:
    keep_all_open()
    os.execv("/bin/sh", ["sh", "-c", f"echo x > {scene['copies']}/become"])  # noqa: S606


@last
def become_a_program_of_memory(scene: Scene) -> None:
    descriptor = os.memfd_create("sh", 0)
    os.write(descriptor, f"#!/bin/sh\necho x > {scene['copies']}/of-memory\n".encode())
    keep_all_open()
    os.execve(descriptor, ["sh"], {})  # noqa: S606


@last
def leave_its_memory_in_a_file(scene: Scene) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (CORE_BYTES, CORE_BYTES))
    with suppress(OSError):
        os.chdir(scene["copies"])
    os.abort()


@last
def compute_for_ever(_scene: Scene) -> None:
    ignore_all()
    while True:
        pass


@last
def outlive_whoever_started_it(_scene: Scene) -> None:
    ignore_all()
    # No pipe's end is noticed, and no computing is counted.
    while True:
        time.sleep(60)


def ignore_all() -> None:
    """Undo what would end this process by itself or with its parent. The last step is seen from outside."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    LIBC.prctl(1, 0, 0, 0, 0)
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGIO, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


OUTLIVING = ("compute for ever", "outlive whoever started it")
"""Judged by whether the child still runs after its parent was killed."""


def try_all(scene: Scene) -> str:
    """Try what is not deadly; return JSON: a list of name, whether it was done, and what it got or why not."""
    return json.dumps([[name, *tried(function, scene)] for name, function in attempts.items()])


def tried(function: Callable[[Scene], object], scene: Scene) -> tuple[bool, str]:
    """Try one."""
    try:
        return True, repr(function(scene))[:20_000]
    except Exception as error:  # noqa: BLE001  however it fails
        return False, f"{type(error).__name__}: {error}"[:200]
