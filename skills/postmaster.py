"""One PostgreSQL cluster: made, furnished with settings, started, stopped, and buried when it was killed."""

import logging
import os
import pwd
import shlex
import shutil
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from skills.wheel import MAJOR, ServerFailed, programs, run

log = logging.getLogger("fenshen.postmaster")

# The builtin provider is the same on every system; C.UTF-8 of the C library is missing on macOS.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # One file for each weekday, written over a week later.
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # No statement, parameter or row of anybody's ever reaches the server's log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


class ClosedDirectory(Exception):
    """The directory lies under one that the database's system user may not enter; take another one."""


class WrongVersion(Exception):
    """The data directory was made by another major version of PostgreSQL."""


class Cluster:
    """One PostgreSQL cluster in `home`: made, started and stopped by the wheel's programs. Blocking.

    `home` holds what we write (settings, who may connect); `home/data` belongs to the server alone.
    """

    def __init__(self, home: Path, sockets: Path, user: pwd.struct_passwd) -> None:
        self.home, self.sockets, self.user = home, sockets, user
        self.data = home / "data"
        self._bin = programs(user)

    def make(self) -> None:
        """Create the cluster unless it is there; an interrupted attempt leaves nothing that counts."""
        for directory in (self.home / "log", self.sockets):
            self._own(directory)
        if self.data.exists():
            found = (self.data / "PG_VERSION").read_text().strip()
            if found != MAJOR:
                raise WrongVersion(f"{self.data} is of PostgreSQL {found}, this is {MAJOR}")
            return
        draft = self.home / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft)
        run(self.user, self._bin / "initdb", "-D", str(draft), "-U", "postgres", "-A", "peer", "-E", "UTF8", *_LOCALE)
        draft.rename(self.data)

    def start(self) -> None:
        """Start the server and wait until it serves, a minute at most; first clear away what a killed one left."""
        self._bury()
        start_log = self.home / "log" / "start.log"
        start_log.unlink(missing_ok=True)
        options = shlex.join(["-c", f"config_file={self.home / 'server.conf'}"])
        run(
            self.user,
            self._bin / "pg_ctl",
            "start",
            "-w",
            "-t",
            "60",
            "-s",
            "-D",
            str(self.data),
            "-l",
            str(start_log),
            "-o",
            options,
        )

    def stop(self) -> None:
        """Stop the server, rolling back what is under way; nothing committed is lost."""
        try:
            run(self.user, self._bin / "pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-s", "-D", str(self.data))
        except ServerFailed:
            if self.pid() is not None:
                raise
        if self.sockets.parent != self.home:
            with suppress(OSError):
                self.sockets.rmdir()

    def answers(self) -> bool:
        """Whether something listens on the socket. Never a stale answer: the kernel knows, a pid file may lie."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(2)
            try:
                sock.connect(str(self.sockets / ".s.PGSQL.5432"))
            except (ConnectionRefusedError, FileNotFoundError):
                return False
            except (BlockingIOError, TimeoutError):
                return True  # too busy to accept is not dead
            return True

    def pid(self) -> int | None:
        """The postmaster's process id; None when it does not run, whatever its pid file says."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        _reap(pid)
        return pid if pid in self._processes() else None

    def settle(self, settings: Mapping[str, str]) -> None:
        """Write the server's settings, and who may connect: the one system user that we are, by the kernel's word."""
        place = {
            "hba_file": str(self.home / "hba.conf"),
            "ident_file": str(self.home / "ident.conf"),
            "log_directory": str(self.home / "log"),
            "unix_socket_directories": str(self.sockets),
        }
        lines = [f"{name} = {_quoted(value)}" for name, value in {**_SETTINGS, **place, **settings}.items()]
        client = pwd.getpwuid(os.geteuid()).pw_name
        _write(self.home / "hba.conf", "local all all peer map=fenshen\n")
        _write(
            self.home / "ident.conf",
            "".join(f'fenshen "{client}" {role}\n' for role in ("postgres", "fenshen_owner", "fenshen_serve")),
        )
        _write(self.home / "server.conf", "\n".join(lines) + "\n")

    def _bury(self) -> None:
        """End the orphans of a dead postmaster, which would block its successor, and drop its pid file.

        Only called while nothing answers on the socket and the start lock is held.
        """
        for pid, process in self._processes().items():
            log.warning("ended process %d that a killed server left behind", pid)
            process.kill()
        psutil.wait_procs(list(self._processes().values()), timeout=10)
        # Both name a process id, which somebody else may have by now: the server would take that for its predecessor.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _processes(self) -> dict[int, psutil.Process]:
        """The cluster's living processes: PostgreSQL's all stand in the data directory, a reused pid does not."""
        found = {}
        for process in psutil.process_iter(["uids", "status"]):
            uids = process.info["uids"]
            if uids is None or uids.effective != self.user.pw_uid or process.info["status"] == psutil.STATUS_ZOMBIE:
                continue
            try:
                if process.name() == "postgres" and Path(process.cwd()) == self.data:
                    found[process.pid] = process
            except psutil.Error:
                continue
        return found

    def _own(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.is_symlink() or directory.stat().st_uid not in (os.geteuid(), self.user.pw_uid):
            raise ClosedDirectory(f"{directory} belongs to somebody else")
        if not os.geteuid():
            os.chown(directory, self.user.pw_uid, self.user.pw_gid)
        directory.chmod(0o700)


def _reap(pid: int) -> None:
    """Collect a dead postmaster if it is our child, as it is where we are process 1 of a container."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, text: str) -> None:
    """Whole or not at all; readable by the server, which may be somebody else."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.chmod(0o644)
    draft.replace(path)
