package python_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/audit/fix/internal/trial"
)

// in returns a command that runs Python in dir and finds the writer.
func in(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(trial.Need(t, "python3"), args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "PYTHONPATH="+here, "PYTHONDONTWRITEBYTECODE=1")
	return c
}

// passable returns a new folder that other users can reach too.
func passable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWriterKeepsItsPromises(t *testing.T) {
	script, err := filepath.Abs("testdata/try_writer.py")
	if err != nil {
		t.Fatal(err)
	}
	out, err := in(t, passable(t), "-X", "dev", script).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "ok ") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// rewrite is a program that replaces state.json over and over.
const rewrite = `
import json, sys
from wholly_atomic import atomic_open, atomic_write
for n in range(10**9):
    state = {"letter": "ab"[n % 2] * 240000}
    if n % 3:
        with atomic_open("state.json", "w", encoding="utf-8") as f:
            json.dump(state, f)
    else:
        atomic_write("state.json", json.dumps(state))
    if n == 0:
        print("at work", flush=True)
`

var leftover = regexp.MustCompile(`^\.wholly-[0-9a-v]{13}$`)

func TestKillLeavesOldOrNew(t *testing.T) {
	dir := t.TempDir()
	kills := 60
	if testing.Short() {
		kills = 10
	}
	temps := 0
	for range kills {
		c := in(t, dir, "-c", rewrite)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 16)); err != nil {
			t.Fatal("it did not begin: ", err)
		}
		time.Sleep(time.Duration(rand.IntN(20000)) * time.Microsecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed: that is its error
		whole(t, filepath.Join(dir, "state.json"))
		temps += sweep(t, dir)
	}
	t.Logf("%d kills, %d temps left", kills, temps)
}

func whole(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, letter := range []string{"a", "b"} {
		if string(b) == fmt.Sprintf(`{"letter": "%s"}`, strings.Repeat(letter, 240000)) {
			return
		}
	}
	t.Fatalf("%d bytes that are neither old nor new: %.40q", len(b), b)
}

// sweep removes what a killed writer left, which must have the library's name
// for it.
func sweep(t *testing.T, dir string) (n int) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		switch {
		case f.Name() == "state.json":
		case leftover.MatchString(f.Name()):
			n++
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("it left %s", f.Name())
		}
	}
	return n
}

// The order is what the promise rests on: the file is synced, then it gets the
// name, then the folder is synced.
func TestWriterSyncsRenamesAndSyncs(t *testing.T) {
	strace := trial.Need(t, "strace")
	dir := t.TempDir()
	c := in(t, dir, "-c", "from wholly_atomic import atomic_write\natomic_write('state', 'text')")
	log := filepath.Join(dir, "log")
	c.Args = append([]string{strace, "-f", "-y", "-o", log, "-e", "trace=fsync,rename,renameat,renameat2,write,flock"}, c.Args...)
	c.Path = strace
	if out, err := c.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("ptrace")) && os.Getenv("WHOLLY_REQUIRE") != "1" {
			t.Skipf("not run: nothing may be traced here: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	temp := regexp.QuoteMeta(real) + `/\.wholly-[0-9a-v]{13}`
	order := regexp.MustCompile(`(?s)flock\(\d+<` + temp + `>.*write\(\d+<` + temp + `>, "text", 4\).*fsync\(\d+<` + temp + `>\) *= 0\n` +
		`.*rename[a-z0-9]*\([^\n]*"` + temp + `", [^\n]*"` + regexp.QuoteMeta(real) + `/state"[^\n]* = 0\n.*fsync\(\d+<` + regexp.QuoteMeta(real) + `>\) *= 0\n`)
	if !order.Match(b) {
		t.Errorf("not in this order: lock, write, fsync, rename, fsync of the folder:\n%s", b)
	}
}
