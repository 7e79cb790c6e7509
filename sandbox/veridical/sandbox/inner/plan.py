"""What a slot can set up for its cells, as found by trying."""

from __future__ import annotations

from typing import NamedTuple

from veridical.sandbox.inner import kernel

ALL_NAMESPACES = kernel.NEWUSER | kernel.NEWPID | kernel.NEWNS | kernel.NEWIPC | kernel.NEWUTS


class Plan(NamedTuple):
    """How cells are made; no dataclass, since what that needs costs every cell memory.

    Attributes:
        namespaces: The `kernel.NEW*` flags that a cell is cloned with.
        mounts: Whether a cell mounts its own temporary folder.
        proc: Whether a cell mounts its own `/proc`; else it is covered, or left as it is where
            nothing can be mounted.
        rooted: Whether a cell builds its own root and enters it by `chroot`, where mounts are not
            private.
        user: The id that a cell changes to where it gets no user namespace and root makes it.
        listen: Whether the kernel tells of watched system calls.
        landlock: Whether Landlock does what it can instead of namespaces.
        parented: Whether cells can be made the warden's own children.
        disk_mib: Size of the temporary folder.
        inodes: Files in the temporary folder.
    """

    namespaces: int = ALL_NAMESPACES
    mounts: bool = True
    proc: bool = True
    rooted: bool = False
    user: int = 0
    listen: bool = True
    landlock: bool = False
    parented: bool = True
    disk_mib: int = 64
    inodes: int = 4096


_WITHOUT_USER = ALL_NAMESPACES & ~kernel.NEWUSER
_AS_ROOT = 65533

LADDER = (
    Plan(),
    Plan(listen=False),
    Plan(proc=False),
    Plan(proc=False, listen=False),
    Plan(namespaces=_WITHOUT_USER, user=_AS_ROOT),
    Plan(namespaces=_WITHOUT_USER, user=_AS_ROOT, listen=False),
    Plan(namespaces=_WITHOUT_USER, user=_AS_ROOT, listen=False, parented=False),
    Plan(
        namespaces=_WITHOUT_USER & ~kernel.NEWNS,
        rooted=True,
        user=_AS_ROOT,
        listen=False,
        parented=False,
    ),
    Plan(mounts=False, proc=False, listen=False),
    Plan(mounts=False, proc=False, listen=False, parented=False),
    Plan(namespaces=0, mounts=False, proc=False, landlock=True),
    Plan(namespaces=0, mounts=False, proc=False, landlock=True, listen=False),
)
"""Plans from the strongest to the weakest; the first that works is taken."""
