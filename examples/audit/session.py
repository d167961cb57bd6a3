"""Keeps the session of a small tool: an example of what the audit finds."""

import json
import os

PATH = os.path.expanduser("~/.tool/session.json")


def load():
    if not os.path.exists(PATH):
        return {}
    with open(PATH, encoding="utf-8") as f:
        return json.load(f)


def save(session):
    tmp = PATH + ".tmp"
    with open(tmp, "w", encoding="utf-8") as f:
        json.dump(session, f)
    if os.path.exists(PATH):
        os.replace(PATH, PATH + ".bak")
    os.replace(tmp, PATH)
