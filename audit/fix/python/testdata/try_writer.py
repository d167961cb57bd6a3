"""What wholly_atomic.py promises, tried on a real disk. Run it in an empty folder."""

import errno
import io
import json
import os
import stat
import sys
import threading
from pathlib import Path

from wholly_atomic import atomic_open, atomic_write, keep_backup

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def bits(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def raises(kind, call):
    try:
        call()
    except BaseException as e:
        assert type(e) is kind, "%s instead of %s: %s" % (type(e).__name__, kind.__name__, e)
        return e
    raise AssertionError("%s was not raised" % kind.__name__)


def as_nobody(test):
    """Run a test as a user for whom permissions count."""
    child = os.fork()
    if child == 0:
        try:
            if ROOT:
                os.setuid(65534)
            test()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def opened(path, mode, body, **named):
    with atomic_open(path, mode, **named) as f:
        body(f)


def test_new_file_gets_what_the_umask_leaves():
    os.umask(0o027)
    assert atomic_write("new", "text") == 4
    assert Path("new").read_text() == "text" and bits("new") == 0o640
    os.umask(0o022)
    assert atomic_write(Path("bytes"), b"\x00\r\n") == 3
    assert Path("bytes").read_bytes() == b"\x00\r\n" and bits("bytes") == 0o644
    assert atomic_write(b"name-in-bytes", bytearray(b"x")) == 1
    atomic_write("locked", "secret", mode=0o600)
    assert bits("locked") == 0o600


def test_old_mode_is_kept():
    for mode in (0o600, 0o666, 0o640, 0o755):
        Path("old").write_text("old")
        os.chmod("old", mode)
        atomic_write("old", "new")
        assert Path("old").read_text() == "new" and bits("old") == mode, oct(bits("old"))
    atomic_write("old", "new", mode=0o600)
    assert bits("old") == 0o600


def test_owner_is_kept_where_that_is_allowed():
    if ROOT:
        Path("theirs").write_text("old")
        os.chown("theirs", 4711, 4712)
        os.chmod("theirs", 0o640)
        atomic_write("theirs", "new")
        st = os.stat("theirs")
        assert (st.st_uid, st.st_gid, bits("theirs")) == (4711, 4712, 0o640)


def test_symlinks_are_followed():
    os.makedirs("far", exist_ok=True)
    Path("far/file").write_text("old")
    os.symlink("far/file", "link")
    os.symlink("link", "link-to-link")
    atomic_write("link-to-link", "new")
    assert os.path.islink("link-to-link") and os.path.islink("link")
    assert Path("far/file").read_text() == "new"
    os.symlink("far/none-yet", "dangling")
    atomic_write("dangling", "made")
    assert os.path.islink("dangling") and Path("far/none-yet").read_text() == "made"
    os.symlink("loop", "loop")
    assert raises(OSError, lambda: atomic_write("loop", "x")).errno == errno.ELOOP


def test_long_names_fit():
    name = "n" * 250
    atomic_write(name, "a")
    atomic_write(name, "b")
    assert Path(name).read_text() == "b"


def test_errors_are_those_of_open():
    os.mkdir("folder")
    raises(IsADirectoryError, lambda: atomic_write("folder", "x"))
    raises(FileNotFoundError, lambda: atomic_write("no/such/folder", "x"))
    raises(TypeError, lambda: atomic_write("typed", None))
    raises(LookupError, lambda: atomic_write("typed", "x", encoding="no-such-encoding"))
    raises(UnicodeEncodeError, lambda: atomic_write("typed", "\u20ac", encoding="ascii"))
    raises(TypeError, lambda: opened("typed", "w", lambda f: f.write(b"bytes")))
    raises(ValueError, lambda: opened("typed", "a", print))
    raises(ValueError, lambda: opened("typed", "w+", print))
    assert not os.path.exists("typed")
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
        assert raises(OSError, lambda: atomic_write("pipe", "x")).errno == errno.EINVAL
    if hasattr(os, "fork"):
        Path("read-only").write_text("old")
        os.chmod("read-only", 0o444)
        os.chmod(".", 0o777)
        as_nobody(lambda: atomic_write("free", "x"))
        as_nobody(lambda: raises(PermissionError, lambda: atomic_write("read-only", "x")))
        assert Path("read-only").read_text() == "old"


def test_text_is_that_of_open():
    for named in ({}, {"encoding": "utf-16"}, {"encoding": "latin-1", "newline": "\r\n"}, {"newline": ""},
                  {"encoding": "ascii", "errors": "replace"}):
        text = "a\nb\r\n\u00e9" if named else "a\nb\r\n"
        with open("by-open", "w", **named) as f:
            f.write(text)
        with atomic_open("by-us", "w", **named) as f:
            f.write(text)
            assert isinstance(f, io.TextIOWrapper)
        assert Path("by-us").read_bytes() == Path("by-open").read_bytes()
        atomic_write("by-us", text, **named)
        assert Path("by-us").read_bytes() == Path("by-open").read_bytes()
    with atomic_open("by-us", "wb", buffering=0) as f:
        f.write(b"raw")
    assert Path("by-us").read_bytes() == b"raw"


def test_failure_leaves_the_old_file():
    class Stop(BaseException):
        pass

    def stop(f):
        f.write("half")
        f.flush()
        raise Stop()

    Path("kept").write_text("old")
    raises(Stop, lambda: opened("kept", "w", stop))
    raises(Stop, lambda: opened("never", "w", stop))
    raises(TypeError, lambda: opened("kept", "w", lambda f: json.dump({"a": object()}, f)))
    raises(ValueError, lambda: opened("kept", "w", lambda f: f.close()))
    assert Path("kept").read_text() == "old" and not os.path.exists("never")


def test_a_return_in_the_block_counts_as_its_end():
    def save():
        with atomic_open("returned", "w") as f:
            f.write("new")
            return "done"

    assert save() == "done" and Path("returned").read_text() == "new"


def test_backup():
    raises(FileNotFoundError, lambda: keep_backup("state", "state.bak"))
    for n in range(3):
        atomic_write("state", str(n))
        keep_backup("state", "state.bak")
        keep_backup("state", "state.bak")  # again: both are one file
        assert os.path.samefile("state", "state.bak")
    atomic_write("state", "last")
    assert Path("state").read_text() == "last" and Path("state.bak").read_text() == "2"
    link, os.link = os.link, lambda *a: (_ for _ in ()).throw(OSError(errno.EPERM, "no links here"))
    try:
        os.chmod("state", 0o600)
        keep_backup(Path("state"), Path("state.bak"))
    finally:
        os.link = link
    assert Path("state.bak").read_text() == "last" and bits("state.bak") == 0o600
    assert not os.path.samefile("state", "state.bak")


def test_many_writers_never_mix():
    texts = [str(n) * 50000 for n in range(4)]

    def write(text):
        for _ in range(20):
            atomic_write("shared", text)

    threads = [threading.Thread(target=write, args=(t,)) for t in texts]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        if os.path.exists("shared"):
            assert Path("shared").read_text() in texts
    for t in threads:
        t.join()


def leftovers():
    return [n for _, _, names in os.walk(".") for n in names if n.startswith(".wholly-")]


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            assert not leftovers(), "%s left %s" % (name, leftovers())
    print("ok", sys.version.split()[0])
