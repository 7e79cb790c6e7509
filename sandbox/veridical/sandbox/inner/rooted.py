"""A root of a cell's own where mounts cannot be private, as in gVisor: a folder, and `chroot`.

The cell, still root there, builds a tree that no other cell has a way into. What dead cells left is
taken down by the next one, since the mounts outlive them.
"""

# ruff: noqa: PTH102, PTH106, PTH110, PTH112, PTH114, PTH115, PTH208, PTH211, S108
# Paths are texts, since pathlib costs every cell memory; /tmp is the cell's own.

from __future__ import annotations

import contextlib
import os

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.plan import Plan
from veridical.sandbox.inner.tree import DEVICES, ETC, LINKS, SYSTEM, TEXTS

_BASE = "/run"
_CELLS = f"{_BASE}/cells"
_HIDDEN = kernel.MS_NOSUID | kernel.MS_NODEV
_SHOWN = (*SYSTEM, *ETC, *(f"/dev/{name}" for name in DEVICES))
_FOLDERS = ("dev", "etc", "proc", "tmp")


def enter(plan: Plan) -> None:
    """Builds the tree and makes it the root.

    Raises:
        OSError: Something cannot be mounted here.
    """
    number = os.readlink("/proc/self")  # outside of the cell's own process namespace
    if not os.path.isdir(_CELLS):
        kernel.mount("tmpfs", _BASE, "tmpfs", _HIDDEN, "size=64m,mode=0711")
        os.mkdir(_CELLS, 0o711)
    _sweep()
    root = f"{_CELLS}/{number}"
    os.mkdir(root)
    kernel.mount("tmpfs", root, "tmpfs", _HIDDEN, "size=1m,mode=0755")
    _furnish(root, plan)
    os.chroot(root)
    os.chdir("/")


def _furnish(root: str, plan: Plan) -> None:
    for name in _FOLDERS:
        os.mkdir(f"{root}/{name}")
    for path in _SHOWN:
        _show(path, root + path)
    for name, target in LINKS.items():
        os.symlink(target, f"{root}/{name}")
    for name, text in TEXTS.items():
        descriptor = os.open(f"{root}/{name}", os.O_CREAT | os.O_WRONLY, 0o644)
        os.write(descriptor, text.encode())
        os.close(descriptor)
    kernel.mount("proc", f"{root}/proc", "proc", _HIDDEN | kernel.MS_NOEXEC)
    kernel.mount("tmpfs", f"{root}/tmp", "tmpfs", _HIDDEN, f"size={plan.disk_mib}m,mode=0755")


def _show(source: str, target: str) -> None:
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source):
        os.mkdir(target)
    elif os.path.exists(source):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    else:
        return
    kernel.mount(source, target, flags=kernel.MS_BIND)


def _sweep() -> None:
    """Takes down the trees of cells that are gone."""
    for number in os.listdir(_CELLS):
        if os.path.exists(f"/proc/{number}"):
            continue
        root = f"{_CELLS}/{number}"
        for path in ("/tmp", "/proc", *_SHOWN, ""):
            with contextlib.suppress(OSError):
                kernel.umount(root + path, kernel.MNT_DETACH)
        with contextlib.suppress(OSError):
            os.rmdir(root)
