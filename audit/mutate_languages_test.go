package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit/protocol"
)

// The same good writer in each language, and what is taken out of it.
var goodWriters = map[string]struct {
	file, text string
	// parts by name: what is replaced, and by what.
	parts map[string][2]string
}{
	"python": {"a.py", `import os
import secrets
import shutil


def load():
    with open("state.json", encoding="utf-8") as f:
        return f.read()


def save(text):
    path = "state.json"
    tmp = f"{path}.{os.getpid()}-{secrets.token_hex(6)}.tmp"
    try:
        with open(tmp, "x", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.replace(tmp, path)
    except BaseException:
        os.unlink(tmp)
        raise
    d = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(d)
    finally:
        os.close(d)
`, map[string][2]string{
		"fsync":     {"            os.fsync(f.fileno())\n", ""},
		"flush":     {"            f.flush()\n", ""},
		"late":      {"            os.fsync(f.fileno())\n        os.replace(tmp, path)\n", "        os.replace(tmp, path)\n        g = os.open(path, os.O_RDONLY)\n        os.fsync(g)\n"},
		"directory": {"        os.fsync(d)\n", "        pass\n"},
		"rename":    {"        os.replace(tmp, path)\n", "        shutil.copyfile(tmp, path)\n"},
		"name":      {`f"{path}.{os.getpid()}-{secrets.token_hex(6)}.tmp"`, `path + ".tmp"`},
		"clean-up":  {"        os.unlink(tmp)\n", ""},
		"moved":     {"        os.replace(tmp, path)\n", "        os.replace(path, path + \".bak\")\n        os.replace(tmp, path)\n"},
		"in place":  {"        with open(tmp, \"x\"", "        with open(path, \"w\""},
		"swallowed": {"        raise\n", "        pass\n"},
	}},
	"javascript": {"a.js", script(""), scriptParts},
	"typescript": {"a.ts", script(": string"), scriptParts},
}

// script is the writer in JavaScript; the type of a parameter makes it TypeScript.
func script(text string) string {
	return `import { randomUUID } from 'node:crypto';
import { copyFile, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const path = '/var/lib/app/state.json';

export async function load() {
  return await readFile(path, 'utf8');
}

export async function save(text` + text + `) {
  const tmp = path + '.' + process.pid + '.' + randomUUID() + '.tmp';
  const f = await open(tmp, 'wx');
  try {
    try {
      await f.writeFile(text);
      await f.sync();
    } finally {
      await f.close();
    }
    await rename(tmp, path);
  } catch (e) {
    await unlink(tmp).catch(() => {});
    throw e;
  }
  const d = await open(dirname(path));
  try {
    await d.sync();
  } finally {
    await d.close();
  }
}
`
}

var scriptParts = map[string][2]string{
	"fsync":     {"      await f.sync();\n", ""},
	"late":      {"    await rename(tmp, path);\n", "    await rename(tmp, path);\n    await f.sync();\n"},
	"directory": {"    await d.sync();\n", ""},
	"rename":    {"    await rename(tmp, path);\n", "    await copyFile(tmp, path);\n"},
	"name":      {`path + '.' + process.pid + '.' + randomUUID() + '.tmp'`, `path + '.tmp'`},
	"clean-up":  {"    await unlink(tmp).catch(() => {});\n", ""},
	"moved":     {"    await rename(tmp, path);\n", "    await rename(path, path + '.bak');\n    await rename(tmp, path);\n"},
	"in place":  {"open(tmp, 'wx')", "open(path, 'w')"},
	"swallowed": {"    throw e;\n", ""},
}

// TestMutationsOfEachLanguage takes one thing at a time out of the writer: the
// verdict or a rule changes, the same in every language.
func TestMutationsOfEachLanguage(t *testing.T) {
	want := map[string]struct {
		verdict protocol.Verdict
		rule    string
	}{
		"fsync":     {protocol.Atomic, "rename-without-sync"},
		"flush":     {protocol.Atomic, "sync-misplaced"},
		"late":      {protocol.Atomic, "sync-misplaced"},
		"directory": {protocol.AtomicSynced, "dir-not-synced"},
		"rename":    {protocol.CopyOver, "copy-over-target"},
		"name":      {protocol.Durable, "fixed-temp-name"},
		"clean-up":  {protocol.Durable, "temp-left-on-error"},
		"moved":     {protocol.Window, "missing-file-window"},
		"in place":  {protocol.InPlace, "truncate-in-place"},
		"swallowed": {protocol.Durable, "write-error-swallowed"},
	}
	for lang, w := range goodWriters {
		if got := judge(t, w.file, w.text); got.site.Verdict != protocol.Durable || len(got.rules) > 0 {
			t.Errorf("%s: the good writer: %s, %v", lang, got.site.Verdict, got.rules)
		}
		for part, change := range w.parts {
			t.Run(lang+"/"+part, func(t *testing.T) {
				text := strings.Replace(w.text, change[0], change[1], 1)
				if part == "late" && lang != "python" {
					text = strings.Replace(text, scriptParts["fsync"][0], "", 1)
				}
				if text == w.text {
					t.Fatal("nothing was changed")
				}
				got, exp := judge(t, w.file, text), want[part]
				if got.site.Verdict != exp.verdict || !slices.Contains(got.rules, exp.rule) {
					t.Errorf("%s, %v; want %s with %s\n%s", got.site.Verdict, got.rules, exp.verdict, exp.rule, text)
				}
			})
		}
	}
}

// judge scans one file and returns the site that is worst, with its rules.
func judge(t *testing.T, name, text string) judged {
	t.Helper()
	r := scan(t, []file{{name, text}})
	if len(r.Unread) > 0 {
		t.Skip("this build has no grammars")
	}
	return worstOf(t, r)
}
