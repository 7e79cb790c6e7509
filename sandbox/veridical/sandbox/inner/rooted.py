"""A root of a cell's own where mounts cannot be private, as in gVisor: a folder, and `chroot`.

The cell, still root there, makes a tree that no other cell has a way into: its own `/proc` and `/tmp` upon
what is the same for all, which none may write to. What dead cells left is taken down by the next one, since
the mounts outlive them. A system call is dear there: hence few.
"""

# ruff: noqa: PTH102, PTH106, PTH110, PTH112, PTH113, PTH114, PTH115, PTH123, PTH208, PTH211, S108
# Paths are texts, since pathlib costs every cell memory; /tmp is the cell's own.

from __future__ import annotations

import os

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.plan import Plan
from veridical.sandbox.inner.tree import DEVICES, ETC, LINKS, SYSTEM, TEXTS

_BASE = "/run"
_CELLS = f"{_BASE}/cells"
_COMMON = f"{_BASE}/common"
_STACK_KEPT_BYTES = 1 << 18
_HIDDEN = kernel.MS_NOSUID | kernel.MS_NODEV
_FOLDERS = ("dev", "etc", "proc", "tmp")
_SHOWN = tuple(
    path
    for path in (*SYSTEM, *(f"/dev/{name}" for name in DEVICES))
    if os.path.exists(path) and not os.path.islink(path)
)
"""Looked for where the module is loaded, which is not in a cell."""


def enter(plan: Plan) -> None:
    """Makes the tree, and makes it the root.

    Raises:
        OSError: Something cannot be mounted here.
    """
    number = os.readlink("/proc/self")  # outside of the cell's own process namespace
    if not os.path.isdir(_CELLS):
        _furnish()
    _sweep()
    root = f"{_CELLS}/{number}"
    os.mkdir(root)
    kernel.mount(_COMMON, root, flags=kernel.MS_BIND)
    for path in _SHOWN:
        kernel.mount(path, root + path, flags=kernel.MS_BIND)
    kernel.mount("proc", f"{root}/proc", "proc", _HIDDEN | kernel.MS_NOEXEC)
    kernel.mount("tmpfs", f"{root}/tmp", "tmpfs", _HIDDEN, f"size={plan.disk_mib}m,mode=0755")
    os.chroot(root)
    os.chdir("/")


def forget_stack() -> None:
    """Gives back what a zygote's stack does not hold: each fork would copy it.

    gVisor fills, and copies after a fork, the 2 MiB around a page that is written to.
    """
    with open("/proc/self/maps") as file:
        line = next((line for line in file if line.endswith("[stack]\n")), "0-0 ")
    begin, end = (int(one, 16) for one in line.split()[0].split("-"))
    if end - begin > _STACK_KEPT_BYTES:
        kernel.forget(begin, end - begin - _STACK_KEPT_BYTES)


def _furnish() -> None:
    """Makes what is the same for all cells: folders, links, texts, and places to show others at."""
    kernel.mount("tmpfs", _BASE, "tmpfs", _HIDDEN, "size=64m,mode=0711")
    os.mkdir(_COMMON, 0o755)
    for name in _FOLDERS:
        os.mkdir(f"{_COMMON}/{name}")
    for path in _SHOWN:
        if os.path.isdir(path):
            os.mkdir(_COMMON + path)
        else:
            _write(_COMMON + path, b"")
    for path in (*SYSTEM, *ETC):
        _copy(path)
    for name, target in LINKS.items():
        os.symlink(target, f"{_COMMON}/{name}")
    for name, text in TEXTS.items():
        _write(f"{_COMMON}/{name}", text.encode())
    os.mkdir(_CELLS, 0o711)


def _copy(path: str) -> None:
    """Copies a link, the links in a folder, or a file; what is shown is there already."""
    target = _COMMON + path
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
    elif os.path.isdir(path) and path not in _SHOWN:
        os.mkdir(target)
        for name in os.listdir(path):
            if os.path.islink(f"{path}/{name}"):
                os.symlink(os.readlink(f"{path}/{name}"), f"{target}/{name}")
    elif os.path.isfile(path):
        with open(path, "rb") as file:
            _write(target, file.read())


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(descriptor, content)
    os.close(descriptor)


def _sweep() -> None:
    """Takes down the trees of cells that are gone."""
    for number in os.listdir(_CELLS):
        if not os.path.exists(f"/proc/{number}"):
            try:
                kernel.umount(f"{_CELLS}/{number}", kernel.MNT_DETACH)
                os.rmdir(f"{_CELLS}/{number}")
            except OSError:  # another cell is at it
                continue
