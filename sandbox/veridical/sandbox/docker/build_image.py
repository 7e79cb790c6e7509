"""`veridical build-image`: the containers' image from Debian packages, without a registry.

It holds what `sandbox/image/Dockerfile` puts into one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import requests
from docker import APIClient
from docker.errors import DockerException

from veridical.sandbox.docker.settings import DEFAULT_DAEMON, DEFAULT_IMAGE

_EMPTIED = ("var/lib/apt/lists", "var/cache/apt", "tmp", "proc", "sys", "dev")
_CONFIGURATION = ["USER 65534:65534", 'CMD ["python3"]']
_DAEMON_SECONDS = 600


class BuildFailed(Exception):
    """The image was not made."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What to build.

    Attributes:
        image: Name and tag of the image.
        suite: Debian's release.
        mirror: Where its packages come from.
        daemon: URL of the Docker daemon.
    """

    image: str = DEFAULT_IMAGE
    suite: str = "bookworm"
    mirror: str = "http://deb.debian.org/debian"
    daemon: str = DEFAULT_DAEMON


def build_image(settings: BuildSettings) -> str:
    """Makes the image; takes a minute and 1 GB in the folder for temporary files.

    Returns:
        The image's id.

    Raises:
        BuildFailed: A program or the right to run it is missing, or one of the steps failed.
    """
    _require(settings)
    with tempfile.TemporaryDirectory(prefix="veridical-image-", ignore_cleanup_errors=True) as name:
        root = Path(name) / "root"
        _debootstrap(settings, root)
        _slim(root)
        return _load(settings, root)


def packages() -> list[str]:
    """Names of the Debian packages in the image."""
    return resources.files("veridical.sandbox.docker").joinpath("packages.txt").read_text().split()


def _require(settings: BuildSettings) -> None:
    if os.geteuid() != 0:
        raise BuildFailed("debootstrap wants root")
    for program in ("debootstrap", "unshare", "tar"):
        if not shutil.which(program):
            raise BuildFailed(f"{program} is missing: apt-get install debootstrap")
    with _daemon(settings) as daemon:
        daemon.ping()


def _debootstrap(settings: BuildSettings, root: Path) -> None:
    # In a mount namespace of its own: what it mounts is gone when it is, however it ends.
    command = ["unshare", "--mount", "debootstrap", "--variant=minbase"]
    command += [f"--include={','.join(packages())}", settings.suite, str(root), settings.mirror]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode:
        raise BuildFailed(f"debootstrap ended with {done.returncode}")


def _slim(root: Path) -> None:
    for name in _EMPTIED:
        for path in (root / name).iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    for folder, _, files in os.walk(root):
        for path in (Path(folder, name) for name in files):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                path.chmod(stat.S_IMODE(mode) & 0o1777)


def _load(settings: BuildSettings, root: Path) -> str:
    repository, _, tag = settings.image.partition(":")
    tar = ["tar", "--directory", str(root), "--numeric-owner", "--create", "."]
    with subprocess.Popen(tar, stdout=subprocess.PIPE) as archive, _daemon(settings) as daemon:
        daemon.import_image_from_stream(
            archive.stdout, repository=repository, tag=tag or "latest", changes=_CONFIGURATION
        )
        if archive.wait():
            raise BuildFailed(f"tar ended with {archive.returncode}")
        images: list[dict[str, str]] = daemon.images(settings.image)
        return images[0]["Id"]


@contextlib.contextmanager
def _daemon(settings: BuildSettings) -> Iterator[APIClient]:
    try:
        with contextlib.closing(
            APIClient(base_url=settings.daemon, version="auto", timeout=_DAEMON_SECONDS)
        ) as daemon:
            yield daemon
    except (DockerException, requests.RequestException) as error:
        raise BuildFailed(f"the Docker daemon at {settings.daemon}: {error}") from error


def parse(arguments: Sequence[str] | None = None) -> BuildSettings:
    """Reads the command line; exits with 2 and a message if it is wrong."""
    defaults = BuildSettings()
    parser = argparse.ArgumentParser(
        prog="veridical build-image",
        description="Build the image of the code cells' containers from Debian packages (as root).",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--image", default=defaults.image, help="name and tag of the image")
    parser.add_argument("--suite", default=defaults.suite, help="Debian's release")
    parser.add_argument("--mirror", default=defaults.mirror, help="where its packages come from")
    parser.add_argument("--daemon", default=defaults.daemon, help="URL of the Docker daemon")
    return BuildSettings(**vars(parser.parse_args(arguments)))


def main() -> None:
    """Builds the image and prints its id."""
    settings = parse()
    try:
        image = build_image(settings)
    except BuildFailed as error:
        sys.exit(f"veridical build-image: {error}")
    sys.stdout.write(f"{settings.image} {image}\n")


if __name__ == "__main__":
    main()
