"""System calls that Python does not offer, each raising `OSError` where the kernel refuses."""

from __future__ import annotations

import ctypes
import os
import signal

NEWNS = 0x00020000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000
CLONE_PARENT = 0x00008000
_CHILD_CLEARTID = 0x00200000
_CHILD_SETTID = 0x01000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
_PR_GET_TID_ADDRESS = 40

_CLONE = {"x86_64": 56, "aarch64": 220}
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_SIGACTION = {"x86_64": 13, "aarch64": 134}
_CLOSE_RANGE = 436
_CAPABILITY_VERSION_3 = 0x20080522
_SET_MODE_FILTER = 1
_DONTNEED = 4
_FLAG_NEW_LISTENER = 8

MACHINE = os.uname().machine
_SIGCHLD = int(signal.SIGCHLD)
# The interpreter lock stays held: what follows a clone runs as if nothing had happened.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
# What every cell needs is made once: each object that a cell makes or lets go of is a page copied for it.
_CAPABILITIES_HEADER = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
_EMPTY_CAPABILITIES = (ctypes.c_uint32 * 6)()


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def system_call(what: str, number: int, *arguments: object) -> int:
    """Any system call by its number, with integers of 32 bits and buffers; `what` names it in errors."""
    return _checked(_libc.syscall(number, *arguments), what)


def act_on_signal(number: int, handler: int) -> None:
    """Sets what a signal does, also one that the C library keeps for itself; 0 is the default, 1 none."""
    action = handler.to_bytes(8, "little") + bytes(24)
    system_call("rt_sigaction", _SIGACTION[MACHINE], number, action, 0, 8)


def unshare(flags: int) -> None:
    """Moves the caller into new namespaces."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mounts; the empty `kind` is for binds and remounts."""
    texts = (source.encode(), target.encode(), kind.encode() or None)
    if _libc.mount(*texts, flags, data.encode() or None) < 0:
        _checked(-1, f"mount {kind or source} on {target}")


def umount(target: str, flags: int = 0) -> None:
    """Unmounts."""
    _checked(_libc.umount2(target.encode(), flags), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Makes `new` the root and puts the former one at `old`."""
    system_call("pivot_root", _PIVOT_ROOT[MACHINE], new.encode(), old.encode())


def prctl(option: int, value: int) -> None:
    """Sets a property of the calling process."""
    if _libc.prctl(option, value, 0, 0, 0) < 0:
        _checked(-1, f"prctl {option}")


def sethostname(name: str) -> None:
    """Names the host, in the caller's uts namespace."""
    _checked(_libc.sethostname(name.encode(), len(name)), "sethostname")


def drop_capabilities() -> None:
    """Empties every capability set of the caller but the bounding set.

    With no_new_privs the bounding set gives nothing: no exec can gain a capability.
    """
    system_call("capset", _CAPSET[MACHINE], _CAPABILITIES_HEADER, _EMPTY_CAPABILITIES)


def close_from(first: int) -> None:
    """Closes every descriptor from `first` on."""
    try:
        system_call("close_range", _CLOSE_RANGE, first, 0x7FFFFFFF, 0)
    except OSError:  # before Linux 5.9
        os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def forget(address: int, size: int) -> None:
    """Gives memory back to the kernel; it is zeros from then on."""
    if _libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), _DONTNEED) < 0:
        _checked(-1, "madvise")


def _thread_id_address() -> ctypes.c_ulong | None:
    """Where the C library keeps the calling thread's id; None where the kernel does not say."""
    address = ctypes.c_ulong(0)
    refused = _libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0)
    return None if refused or not address.value else address


# That of the only thread: the same in every process that is forked from this one.
_THREAD_ID_ADDRESS = _thread_id_address()


def clone(flags: int) -> int:
    """Forks, into new namespaces where `flags` ask for them; returns 0 in the child, its id in the parent.

    The caller must have one thread, which holds no lock: so the interpreter needs nothing of what it
    repairs after a fork, and the hooks that modules leave for that are not run. They would touch, and
    so copy, 200 pages in each cell. As `fork` of the C library does, the child's thread id is written
    where the library keeps it: else a later thread could be taken for the main one.
    """
    address = _THREAD_ID_ADDRESS
    if address is not None:
        flags |= _CHILD_SETTID | _CHILD_CLEARTID
    # The order of the last two differs between machines; the thread area is not used.
    if MACHINE == "aarch64":
        pid: int = _libc.syscall(_CLONE[MACHINE], flags | _SIGCHLD, 0, 0, 0, address)
    else:
        pid = _libc.syscall(_CLONE[MACHINE], flags | _SIGCHLD, 0, 0, address, 0)
    return pid if pid >= 0 else _checked(pid, "clone")


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A filter of system calls, ready to be put in force.

    Args:
        instructions: The BPF program, eight bytes an instruction.
    """

    def __init__(self, instructions: bytes) -> None:
        self._instructions = ctypes.create_string_buffer(instructions, len(instructions))
        address = ctypes.addressof(self._instructions)
        self._program = _FilterProgram(len(instructions) // 8, address)

    def enforce(self, *, listen: bool) -> int | None:
        """Puts it in force for the caller and its children, for good.

        Args:
            listen: Whether calls that the filter watches are told to a descriptor.

        Returns:
            That descriptor, if asked for.
        """
        flags = _FLAG_NEW_LISTENER if listen else 0
        program = ctypes.byref(self._program)
        result = system_call("seccomp", _SECCOMP[MACHINE], _SET_MODE_FILTER, flags, program)
        return result if listen else None
