"""The filter of system calls that every cell gets: an allow-list as a binary search in BPF."""

from __future__ import annotations

import errno
import struct

from veridical.sandbox.inner.syscalls import ALLOWED, CHECKED, NEWEST, WATCHED, numbers

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_NOTIFY = 0x7FC00000
_KILL = 0x80000000

_LOAD = 0x20
_JUMP = 0x05
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06

_NUMBER, _ARCHITECTURE = 0, 4
_FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT, _FOURTH_ARGUMENT = 16, 24, 32, 40
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_HIGH_WORD = 4
_AF_UNIX = 1
_SIGN = 1 << 31
_RLIMIT_CPU = 0
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_SOL_SOCKET = 1
_BUFFER_OPTIONS = (7, 8, 32, 33)
"""SO_SNDBUF and SO_RCVBUF, and those that pass over the limits."""
_S_IFCHR = 0o020000
"""Set in the modes of character and block devices, and of nothing else that can be made."""
_X32_BIT = 0x40000000
_NEW_NAMESPACES = 0x7E020080
"""Every CLONE_NEW* flag: time, cgroup, mount, uts, ipc, user, pid and net."""

# Names, death signals, dumpable, speculation, no_new_privs, names of memory: all the caller's own.
_PRCTL_OPTIONS = (1, 2, 3, 4, 15, 16, 21, 23, 25, 29, 30, 36, 37, 38, 39, 40, 52, 0x53564D41)
# Terminal questions, pipes' fill, non-blocking and close-on-exec flags.
_IOCTL_REQUESTS = (0x5401, 0x5413, 0x540F, 0x541B, 0x5421, 0x5450, 0x5451)

_Code = list[bytes]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _refuse(code: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | code)


def _one_of(offset: int, values: tuple[int, ...], otherwise: bytes) -> _Code:
    """Allows a call whose argument at `offset` is one of the values."""
    tests = [
        _instruction(_JUMP_EQUAL, value, len(values) - place, 0)
        for place, value in enumerate(values)
    ]
    return [_instruction(_LOAD, offset), *tests, otherwise, _instruction(_RETURN, _ALLOW)]


def _no_device(offset: int) -> _Code:
    """Allows a call whose mode at `offset` is no device's."""
    refuse = _refuse(errno.EPERM)
    is_device = _instruction(_JUMP_ANY_BIT, _S_IFCHR, 0, 1)
    return [_instruction(_LOAD, offset), is_device, refuse, _instruction(_RETURN, _ALLOW)]


def _no_cpu_limit() -> _Code:
    """Allows `prlimit64` but for setting a limit of CPU time: who sets it has the kernel kill the cell.

    That would look as if somebody outside had done it, and leave the program undecided.
    """
    return [
        _instruction(_LOAD, _SECOND_ARGUMENT),
        _instruction(_JUMP_EQUAL, _RLIMIT_CPU, 0, 4),
        _instruction(_LOAD, _THIRD_ARGUMENT),
        _instruction(_JUMP_EQUAL, 0, 0, 3),
        _instruction(_LOAD, _THIRD_ARGUMENT + _HIGH_WORD),
        _instruction(_JUMP_EQUAL, 0, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _refuse(errno.EPERM),
    ]


def _no_memory_without_owner() -> _Code:
    """Allows `mmap` but for shared memory without a file: what children put there stays when they end.

    The kernel counts it for none of the processes that are left.
    """
    return [
        _instruction(_LOAD, _FOURTH_ARGUMENT),
        _instruction(_JUMP_ANY_BIT, _MAP_ANONYMOUS, 0, 2),
        _instruction(_JUMP_ANY_BIT, _MAP_SHARED, 0, 1),
        _refuse(errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]


def _no_larger_buffers() -> _Code:
    """Allows `setsockopt`, but a buffer stays as large as it is: the warden counts sockets, not bytes in them.

    The caller is told that it was done, as where the system grants no more.
    """
    options = len(_BUFFER_OPTIONS)
    tests = [
        _instruction(_JUMP_EQUAL, option, options - place, 0)
        for place, option in enumerate(_BUFFER_OPTIONS)
    ]
    return [
        _instruction(_LOAD, _SECOND_ARGUMENT),
        _instruction(_JUMP_EQUAL, _SOL_SOCKET, 0, options + 1),
        _instruction(_LOAD, _THIRD_ARGUMENT),
        *tests,
        _instruction(_RETURN, _ALLOW),
        _refuse(0),
    ]


def _no_higher_priority() -> _Code:
    """Allows `setpriority` down only; gVisor would allow it up, among its own processes."""
    return [
        _instruction(_LOAD, _THIRD_ARGUMENT),
        _instruction(_JUMP_ANY_BIT, _SIGN, 0, 1),
        _refuse(errno.EACCES),
        _instruction(_RETURN, _ALLOW),
    ]


def _checked(watch: bytes) -> dict[str, _Code]:
    load_first = _instruction(_LOAD, _FIRST_ARGUMENT)
    refuse = _refuse(errno.EPERM)
    any_namespace = _instruction(_JUMP_ANY_BIT, _NEW_NAMESPACES, 0, 1)
    return {
        "clone": [load_first, any_namespace, watch, _instruction(_RETURN, _ALLOW)],
        # Its flags lie in memory, where a filter cannot look; the C library then uses clone.
        "clone3": [_refuse(errno.ENOSYS)],
        "prctl": _one_of(_FIRST_ARGUMENT, _PRCTL_OPTIONS, refuse),
        # The C library asks a local name service; only other families say something of a program.
        "socket": [load_first, _instruction(_JUMP_EQUAL, _AF_UNIX, 0, 1), refuse, watch],
        # gVisor would make them for anybody.
        "mknod": _no_device(_SECOND_ARGUMENT),
        "mknodat": _no_device(_THIRD_ARGUMENT),
        "setrlimit": [
            load_first,
            _instruction(_JUMP_EQUAL, _RLIMIT_CPU, 0, 1),
            refuse,
            _instruction(_RETURN, _ALLOW),
        ],
        "prlimit64": _no_cpu_limit(),
        "setpriority": _no_higher_priority(),
        "setsockopt": _no_larger_buffers(),
        "mmap": _no_memory_without_owner(),
        "ioctl": _one_of(_SECOND_ARGUMENT, _IOCTL_REQUESTS, _refuse(errno.ENOTTY)),
    }


def _search(leaves: list[tuple[int, _Code]]) -> _Code:
    """A binary search: each leaf holds from its number to the next leaf's."""
    if len(leaves) == 1:
        return leaves[0][1]
    middle = len(leaves) // 2
    left, right = _search(leaves[:middle]), _search(leaves[middle:])
    bound = leaves[middle][0]
    if len(left) < 256:
        return [_instruction(_JUMP_AT_LEAST, bound, len(left), 0), *left, *right]
    far = _instruction(_JUMP, len(left))
    return [_instruction(_JUMP_AT_LEAST, bound, 0, 1), far, *left, *right]


def _leaves(machine: str, watch: bytes) -> list[tuple[int, _Code]]:
    allow = _instruction(_RETURN, _ALLOW)
    rules = {number: [allow] for number in numbers(ALLOWED, machine).values()}
    rules |= {number: [watch] for number in numbers(WATCHED, machine).values()}
    checks = _checked(watch)
    rules |= {number: checks[name] for name, number in numbers(CHECKED, machine).items()}
    leaves: list[tuple[int, _Code]] = []
    for number in range(NEWEST + 1):
        rule = rules.get(number, [_refuse(errno.EPERM)])
        if not leaves or leaves[-1][1] != rule:
            leaves.append((number, rule))
    return [*leaves, (NEWEST + 1, [_refuse(errno.ENOSYS)])]


def assemble(machine: str, *, notify: bool) -> bytes:
    """The filter as BPF instructions.

    Args:
        machine: `"x86_64"` or `"aarch64"`.
        notify: Whether watched calls are told to a listener; if not, they just fail with EPERM.
    """
    watch = _instruction(_RETURN, _NOTIFY) if notify else _refuse(errno.EPERM)
    kill = _instruction(_RETURN, _KILL)
    head = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, _ARCHITECTURES[machine], 1, 0),
        kill,
        _instruction(_LOAD, _NUMBER),
        _instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1),
        kill,
    ]
    return b"".join([*head, *_search(_leaves(machine, watch))])
