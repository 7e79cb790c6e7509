"""The filter decides every system call of both machines as the tables say; by running its BPF."""

from __future__ import annotations

import stat
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.sandbox.inner.seccomp import assemble
from veridical.sandbox.inner.syscalls import ALLOWED, CHECKED, WATCHED, numbers

ALLOW, NOTIFY, KILL = 0x7FFF0000, 0x7FC00000, 0x80000000
EPERM, EACCES, ENOSYS, ENOTTY = 0x50001, 0x5000D, 0x50026, 0x50019
PRETEND = 0x50000
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEW_FLAGS = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would do: an interpreter of the few instructions that filters use."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    instructions = list(struct.iter_unpack("<HBBI", program))
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = instructions[place]
        place += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x05:
            place += value
        else:
            taken = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            place += if_true if taken else if_false


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("notify", [True, False])
def test_every_number_is_decided_by_its_table(machine: str, notify: bool) -> None:
    program = assemble(machine, notify=notify)
    allowed = set(numbers(ALLOWED, machine).values())
    watched = set(numbers(WATCHED, machine).values())
    checked = set(numbers(CHECKED, machine).values())
    assert len(program) // 8 < 4096
    assert not allowed & watched
    for number in set(range(520)) - checked:
        expected = ENOSYS if number > 451 else EPERM
        expected = ALLOW if number in allowed else expected
        if number in watched:
            expected = NOTIFY if notify else EPERM
        assert decide(program, MACHINES[machine], number) == expected, number


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_are_decided_by_their_arguments(machine: str) -> None:
    program, own = assemble(machine, notify=True), numbers(CHECKED, machine)
    architecture = MACHINES[machine]
    assert decide(program, architecture, own["clone"], 0x3D0F00) == ALLOW
    assert decide(program, architecture, own["clone"], 17) == ALLOW
    for flag in NEW_FLAGS:
        assert decide(program, architecture, own["clone"], flag | 17) == NOTIFY
    assert decide(program, architecture, own["clone3"]) == ENOSYS
    for flags, expected in (
        (0x22, ALLOW),
        (0x4022, ALLOW),
        (0x01, ALLOW),
        (0x21, EPERM),
        (0x23, EPERM),
    ):
        assert decide(program, architecture, own["mmap"], 0, 4096, 3, flags) == expected
    for option, expected in ((7, PRETEND), (8, PRETEND), (32, PRETEND), (33, PRETEND), (9, ALLOW)):
        assert decide(program, architecture, own["setsockopt"], 3, 1, option) == expected
    assert decide(program, architecture, own["setsockopt"], 3, 6, 7) == ALLOW
    assert decide(program, architecture, own["socket"], 1) == EPERM
    assert decide(program, architecture, own["socket"], 2) == NOTIFY
    assert decide(program, architecture, own["prctl"], 15) == ALLOW
    assert decide(program, architecture, own["prctl"], 22) == EPERM
    for mode, expected in ((stat.S_IFIFO, ALLOW), (stat.S_IFCHR, EPERM), (stat.S_IFBLK, EPERM)):
        assert decide(program, architecture, own["mknodat"], 0, 0, mode | 0o600) == expected
    for pointer in (1, 1 << 40):
        assert decide(program, architecture, own["prlimit64"], 0, 0, pointer) == EPERM
        assert decide(program, architecture, own["prlimit64"], 0, 7, pointer) == ALLOW
    assert decide(program, architecture, own["prlimit64"], 0, 0, 0, 1) == ALLOW
    assert decide(program, architecture, own["setpriority"], 0, 0, 5) == ALLOW
    assert decide(program, architecture, own["setpriority"], 0, 0, 2**32 - 20) == EACCES
    assert decide(program, architecture, own["setrlimit"], 0, 1) == EPERM
    assert decide(program, architecture, own["setrlimit"], 7, 1) == ALLOW
    assert decide(program, architecture, own["ioctl"], 0, 0x5401) == ALLOW
    assert decide(program, architecture, own["ioctl"], 0, 0x5412) == ENOTTY


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_other_architecture_and_no_strange_number_gets_in(number: int, other: int) -> None:
    program = assemble("x86_64", notify=True)
    own = MACHINES["x86_64"]
    if other != own:
        assert decide(program, other, number) == KILL
    if number >= 0x40000000:
        assert decide(program, own, number) == KILL
    elif number > 451:
        assert decide(program, own, number) == ENOSYS


def test_what_must_never_be_allowed_is_not() -> None:
    forbidden = (
        "ptrace process_vm_readv process_vm_writev bpf keyctl mount umount2 pivot_root unshare "
        "setns perf_event_open io_uring_setup userfaultfd connect bind init_module reboot chroot"
    )
    assert not set(forbidden.split()) & set(numbers(ALLOWED, "x86_64"))
    assert set(forbidden.split()) <= set(numbers(WATCHED, "x86_64"))
