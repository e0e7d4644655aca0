"""Where the tests' servers keep their files: in memory if it has room, for a database is some six hundred files."""

import os
import shutil

MEMORY, DISK = "/dev/shm", "/tmp"
ROOM = 4 * 2**30  # bytes, for the servers of all processes


def roomiest() -> str:
    """The directory to keep them in: making one database a test took longer on a disk than most tests do."""
    try:
        return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM else DISK
    except OSError:
        return DISK
