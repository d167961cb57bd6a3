"""Ways to save a text, run and killed by the tests, and audited by them."""

import os
import shutil
import tempfile
from pathlib import Path


def in_place(path, text):
    with open(path, "w") as f:
        for i in range(0, len(text), 4096):
            f.write(text[i : i + 4096])


def at_once(path, text):
    Path(path).write_text(text)


def removed_first(path, text):
    tmp = path + ".tmp"
    os.remove(path)
    with open(tmp, "w") as f:
        f.write(text)
    os.replace(tmp, path)


def put_aside(path, text):
    tmp = path + ".tmp"
    os.rename(path, path + ".bak")
    with open(tmp, "w") as f:
        f.write(text)
    os.rename(tmp, path)


def copied_over(path, text):
    tmp = path + ".tmp"
    with open(tmp, "w") as f:
        f.write(text)
    shutil.copyfile(tmp, path)


def updated(path, text):
    with open(path, "r+") as f:
        for i in range(0, len(text), 4096):
            f.write(text[i : i + 4096])


def renamed(path, text):
    tmp = path + ".tmp"
    with open(tmp, "w") as f:
        f.write(text)
    os.replace(tmp, path)


def durable(path, text):
    folder = os.path.dirname(path)
    fd, tmp = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(fd, "w") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.replace(tmp, path)
    except BaseException:
        os.unlink(tmp)
        raise
    d = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(d)
    finally:
        os.close(d)
