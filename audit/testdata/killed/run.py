"""Saves two texts in turn, until it is killed: run.py FUNCTION PATH SIZE"""

import sys

import cases

save, path, size = getattr(cases, sys.argv[1]), sys.argv[2], int(sys.argv[3])
while True:
    for letter in "ab":
        save(path, letter * size)
