package audit_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/rule"
)

var update = flag.Bool("update", false, "print the catalogue anew")

func TestCatalogueIsPrintedFromTheRules(t *testing.T) {
	var b bytes.Buffer
	if err := rule.Print(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("RULES.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("RULES.md")
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("RULES.md is not what the rules print; run go test -run Catalogue -update (%v)", err)
	}
}

func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rule.All() {
		if seen[r.Name] {
			t.Errorf("%s: twice", r.Name)
		}
		seen[r.Name] = true
		if r.Title == "" || r.Reason == "" || r.Advice == "" || r.Section == "" || len(r.Examples) == 0 {
			t.Errorf("%s: something is missing", r.Name)
		}
		for _, e := range r.Examples {
			if e.Bad == "" || e.Good == "" {
				t.Errorf("%s: a half of the %s example is missing", r.Name, e.Language)
			}
		}
		if rule.Named(r.Name) != r {
			t.Errorf("%s: not found by its name", r.Name)
		}
	}
}

// TestExamples scans the examples of the catalogue: the bad half must give the
// finding, the good half must not.
func TestExamples(t *testing.T) {
	run, bare := 0, 0
	for _, r := range rule.All() {
		for _, e := range r.Examples {
			key := r.Name + "/" + string(e.Language)
			if why := alone[key]; why != "" {
				bare++
				t.Logf("%s: not run: %s", key, why)
				continue
			}
			run++
			t.Run(key, func(t *testing.T) {
				for _, half := range []struct {
					code, half string
					want       bool
				}{{e.Bad, "/bad", true}, {e.Good, "/good", false}} {
					f := frame(e.Language, around(setup, key, half.half)+half.code+around(tail, key, half.half), around(beside, key, half.half))
					res := scan(t, []file{f})
					if len(res.Unread) > 0 {
						t.Skip("this build has no grammars")
					}
					var names []string
					start := strings.Count(f.text[:strings.Index(f.text, "example(")], "\n")
					for _, fd := range res.Findings {
						if fd.Line <= start && r.Name != "default-over-unreadable" && r.Name != "write-error-swallowed" {
							continue // of the helpers above, which those two are about
						}
						names = append(names, fd.Rule)
						if half.want && fd.Rule == r.Name && r.Kill != "" {
							if kill, power := words(fd.Site.States.Kill), words(fd.Site.States.Power); kill != r.Kill || power != r.Power {
								t.Errorf("a kill leaves %s, a power cut %s; the rule says %s and %s", kill, power, r.Kill, r.Power)
							}
						}
					}
					if slices.Contains(names, r.Name) != half.want {
						t.Errorf("want %v, found %v in\n%s", half.want, names, f.text)
						for _, s := range res.Sites {
							t.Logf("%s:%d %s %s", s.File, s.Line, s.Verdict, s.Target)
						}
					}
				}
			})
		}
	}
	t.Logf("%d examples run, %d not", run, bare)
}

func words(states []outcome.State) string {
	var all []string
	for _, s := range states {
		all = append(all, string(s.Word))
	}
	return strings.Join(all, ", ")
}

// frame puts a fragment into a function that has what it names.
func frame(l effect.Language, code, beside string) file {
	switch l {
	case effect.Go:
		return file{"a.go", goHead + "\t" + strings.ReplaceAll(code, "\n", "\n\t") + "return err\n}\n" + beside}
	case effect.Python:
		return file{"a.py", pyHead + "    " + strings.ReplaceAll(code, "\n", "\n    ") + "\n" + beside}
	}
	return file{"a.js", jsHead + "  " + strings.ReplaceAll(code, "\n", "\n  ") + "\n}\n" + beside}
}

// around returns what stands before, after or beside one half of an example:
// what is given for the half, or for both.
func around(m map[string]string, key, half string) string {
	if s, ok := m[key+half]; ok {
		return s
	}
	return m[key]
}

const goHead = `package p

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/wholly-go/wholly"
)

var policy wholly.Policy

func load(path string) (any, error) {
	b, err := os.ReadFile(path)
	return b, err
}

func save(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

func build(dir string) error { return os.MkdirAll(dir, 0o755) }

func example(ctx context.Context, path, tmp, backup, dest, out, fresh, current, idPath, certPath, keyPath string, b, id, cert, key, me, token []byte, body io.Reader) (err error) {
`

const pyHead = `import contextlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path
from urllib.request import urlretrieve

import anyio


def load(path):
    return json.loads(Path(path).read_text())


def save(path, cfg):
    Path(path).write_text(json.dumps(cfg))


def build(folder):
    Path(folder).mkdir(parents=True)


def sync_dir(folder):
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)


async def example(path: Path, tmp: Path, backup: Path, dest: Path, part: Path, out: Path, text: str, token: str, state, ID: Path, lock: Path):
`

const jsHead = `import { writeFile, readFile, rename, link, rm, chmod, copyFile, open } from 'node:fs/promises';
import fs, { writeFileSync, appendFileSync, existsSync, rmSync, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { randomUUID } from 'node:crypto';

function load(file) { return JSON.parse(fs.readFileSync(file, 'utf8')); }
function save(file, value) { fs.writeFileSync(file, JSON.stringify(value)); }
function build(folder) { fs.mkdirSync(folder, { recursive: true }); }

async function example(path, tmp, backup, dest, part, out, text, token, body, lock, me, header) {
`
