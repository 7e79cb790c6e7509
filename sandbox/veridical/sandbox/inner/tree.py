"""The file system that a slot sees: read-only binds of what programs need, and nothing else."""

# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH114, PTH115, PTH120, PTH123, PTH211
# Paths are texts, since pathlib costs every cell memory.

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.zygote import PACKAGES

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("/etc/ld.so.cache", "/etc/alternatives")
DEVICES = ("null", "full", "urandom", "random")
_FOLDERS = ("proc", "tmp", "dev", "etc", PACKAGES[1:])
LINKS = {
    "dev/fd": "/proc/self/fd",
    "dev/stdin": "/proc/self/fd/0",
    "dev/stdout": "/proc/self/fd/1",
    "dev/stderr": "/proc/self/fd/2",
    "dev/shm": "/tmp/shm",  # noqa: S108 - the cell's own tmpfs
    # Reads the same; a map of the real one would be shared memory that nobody is charged for.
    "dev/zero": "full",
}
TEXTS = {
    "etc/passwd": "root:x:0:0::/:/bin/sh\nsolution:x:1000:1000::/tmp/work:/bin/sh\n",
    "etc/group": "root:x:0:\nsolution:x:1000:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\n",
}
# A place to build on that nothing is bound from.
_SITES = ("/sys", "/mnt", "/srv", "/media")
_BIND = kernel.MS_BIND | kernel.MS_REC
_KEPT = {2: kernel.MS_NOSUID, 4: kernel.MS_NODEV, 8: kernel.MS_NOEXEC, 1024: 1024, 2048: 2048}
_ST_RELATIME, _MS_RELATIME = 4096, 1 << 21


def build(packages: Iterable[str], search: Iterable[str]) -> str:
    """Builds the tree in the caller's own mount namespace; returns where it stands.

    Args:
        packages: Importable names to make visible.
        search: Folders to find them in; with none, those of the interpreter.

    Raises:
        OSError: Something cannot be mounted here.
    """
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    root = next(site for site in _SITES if os.path.isdir(site))
    sources = {path: path for path in (*SYSTEM, *ETC, sys.base_prefix) if os.path.exists(path)}
    sources |= _find(packages, tuple(search))
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID, "size=1m,mode=0755")
    for name in _FOLDERS:
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for target, source in sources.items():
        _show(source, root + target)
    for name in DEVICES:
        _show(f"/dev/{name}", f"{root}/dev/{name}", read_only=False)
    for name, target in LINKS.items():
        os.symlink(target, f"{root}/{name}")
    for name, text in TEXTS.items():
        with open(f"{root}/{name}", "w") as file:
            file.write(text)
    return root


def move_into(root: str) -> None:
    """Makes the tree the root, with its own `/proc`; what was the root is gone.

    Raises:
        OSError: The kernel does not let us.
    """
    # Mounts made before the user namespace are locked one to another; a new bind is not.
    kernel.mount(root, root, flags=_BIND)
    kernel.mount("proc", f"{root}/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)
    os.chdir(root)
    kernel.pivot_root(".", ".")
    kernel.umount(".", kernel.MNT_DETACH)
    os.chdir("/")
    _remount("/")


def _find(packages: Iterable[str], search: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in packages:
        for folder in search or default_search():
            there = [
                one
                for one in (name, f"{name}.libs", f"{name}.py")
                if os.path.exists(f"{folder}/{one}")
            ]
            if there:
                found |= {f"{PACKAGES}/{one}": f"{folder}/{one}" for one in there}
                break
    return found


def default_search() -> tuple[str, ...]:
    """Folders in which this interpreter finds packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"{sys.base_prefix}/lib/{version}/site-packages",
        f"/usr/local/lib/{version}/dist-packages",
        "/usr/lib/python3/dist-packages",
    )


def _show(source: str, target: str, *, read_only: bool = True) -> None:
    """Makes a file, folder or link of the old root visible at the target."""
    if os.path.exists(target):  # shown with a folder above it
        return
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    if os.path.islink(source) and not folder.endswith(PACKAGES):
        os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source):
        os.mkdir(target)
    else:
        os.mknod(target)
    kernel.mount(source, target, flags=_BIND)
    if read_only:
        for point in _mounts_from(target):
            _remount(point)


def _mounts_from(target: str) -> list[str]:
    """The target and every mount below it."""
    with open("/proc/self/mountinfo") as file:
        points = [line.split()[4].replace("\\040", " ") for line in file]
    return [point for point in points if point == target or point.startswith(f"{target}/")]


def _remount(point: str) -> None:
    """Makes a mount read-only and keeps what the kernel has locked."""
    present = os.statvfs(point).f_flag
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY
    flags |= kernel.MS_NOSUID | kernel.MS_NODEV
    for seen, kept in _KEPT.items():
        flags |= kept if present & seen else 0
    flags |= _MS_RELATIME if present & _ST_RELATIME else 0
    with contextlib.suppress(FileNotFoundError):  # covered by another mount
        kernel.mount("none", point, flags=flags)
