"""Replaces files so that a reader finds the old content or the new, whole.

Written by `wholly audit --fix`; the file needs nothing but Python 3.8 or later
and may be moved, renamed and edited like any other of the project.

The new content goes into a temp file beside the target, reaches the disk, and
takes the target's name in one step. After an exception, a kill or a power cut
the target is as it was before; an OSError that is raised once the new content
has its name (the sync of the folder failed) says that it may not last yet.

The permissions of the file that is replaced are kept, its owner where that is
allowed, and a symlink is followed. Not kept: ACLs, extended attributes, and
other hard links, which go on naming the old content. Temp files that a kill
leaves behind are named ".wholly-" and 13 letters; `wholly sweep` removes them.
"""

import contextlib
import errno
import os
import secrets
import stat
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def atomic_write(path, data, mode=None, encoding=None, errors=None, newline=None):
    """Replace path with data, text or bytes; return what write() returned.

    mode is the permission bits of the result. None keeps those of the old
    file, and leaves those of a new one to the umask. encoding, errors and
    newline are those of open() and count for text only.
    """
    text = isinstance(data, str)
    with atomic_open(path, "w" if text else "wb", -1, encoding, errors, newline, perm=mode) as f:
        return f.write(data if text else memoryview(data))


@contextlib.contextmanager
def atomic_open(path, mode="w", buffering=-1, encoding=None, errors=None, newline=None, *, perm=None):
    """Open a file that takes the name path when the with-block ends well.

    When the block ends with an exception, path is left as it was. mode is one
    of "w", "wt" and "wb"; the other parameters are those of open(), and perm
    is atomic_write's mode.
    """
    if mode not in ("w", "wt", "wb"):
        raise ValueError("atomic_open: mode must be 'w', 'wt' or 'wb', not %r" % (mode,))
    path = os.path.realpath(os.fsdecode(path))  # write through a symlink
    old = _look(path)
    bits = stat.S_IMODE(old.st_mode) if perm is None and old is not None else perm
    if "b" in mode:
        encoding = errors = newline = None
    folder = os.path.dirname(path)
    tmp = _temp_name(folder)
    fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if bits is None else bits & 0o777)
    try:
        with open(fd, mode, buffering, encoding, errors, newline) as f:
            _claim(fd)
            _dress(fd, old, bits)
            yield f
            f.flush()
            _sync(fd)
        _replace(tmp, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(tmp)
        raise
    _sync_folder(folder)


def keep_backup(path, backup):
    """Give the file path the name backup as well, in place of an older backup.

    path keeps its own name all the while, and backup is whole at any time.
    """
    path, backup = os.fsdecode(path), os.fsdecode(backup)
    tmp = _temp_name(os.path.dirname(os.path.abspath(backup)))
    if not _link(path, tmp):
        with open(path, "rb") as old:
            with atomic_open(backup, "wb", perm=stat.S_IMODE(os.stat(path).st_mode)) as new:
                new.write(old.read())
        return
    try:
        _replace(tmp, backup)
    finally:
        with contextlib.suppress(OSError):  # rename() leaves tmp if both are one file already
            os.unlink(tmp)


def _link(path, name):
    """Make a hard link; False where there are none, or not from here to there."""
    try:
        os.link(os.path.realpath(path), name)
    except FileNotFoundError:
        raise
    except (OSError, NotImplementedError):
        return False
    return True


def _temp_name(folder):
    return os.path.join(folder, ".wholly-" + secrets.token_hex(7)[:13])


def _look(path):
    """Return what stat() says of the file to be replaced, None if there is none."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):  # a rename would not ask
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return old


def _claim(fd):
    """Lock the temp file: `wholly sweep` leaves alone what is locked."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _dress(fd, old, bits):
    """Give the temp file owner and permissions, before it has content."""
    if old is not None and hasattr(os, "fchown"):
        new = os.fstat(fd)
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            with contextlib.suppress(OSError):
                os.fchown(fd, old.st_uid, old.st_gid)
    if bits is not None and hasattr(os, "fchmod"):
        os.fchmod(fd, bits)


def _sync(fd):
    os.fsync(fd)
    if hasattr(fcntl, "F_FULLFSYNC"):  # on macOS fsync() stops at the disk's cache
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)


def _replace(tmp, path):
    """Rename tmp over path; on Windows wait up to two seconds for readers."""
    pause = 0.001
    while True:
        try:
            os.replace(tmp, path)
            return
        except PermissionError:
            if os.name != "nt" or pause > 1:
                raise
        except OSError as e:
            if e.errno != errno.EBUSY:
                raise
            reason = "is mounted by itself and cannot be replaced: mount the directory it is in"
            raise OSError(errno.EBUSY, reason, path) from e
        time.sleep(pause)
        pause *= 2


def _sync_folder(folder):
    """Make the new name last; Windows does that by itself."""
    if os.name != "posix":
        return
    try:
        fd = os.open(folder, os.O_RDONLY)
    except PermissionError:  # it may be changed, but not read
        return
    try:
        os.fsync(fd)
    except OSError as e:
        if e.errno not in (errno.EINVAL, errno.ENOTSUP):  # not every file system can
            raise
    finally:
        os.close(fd)
