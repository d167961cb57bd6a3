package script_test

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

// in returns a command that runs Node in dir.
func in(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(trial.Need(t, "node"), args...)
	c.Dir = dir
	return c
}

func abs(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
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
	for _, form := range []string{"wholly-atomic.mjs", "wholly-atomic.cjs"} {
		out, err := in(t, passable(t), abs(t, "testdata/try_writer.mjs"), abs(t, form)).CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "ok ") {
			t.Fatalf("%s: %v\n%s", form, err, out)
		}
	}
}

// rewrite is a program that replaces state.json over and over.
const rewrite = `
const { writeAtomic, writeAtomicSync } = require(process.argv[1]);
(async () => {
  for (let n = 0; ; n++) {
    const text = JSON.stringify({ letter: 'ab'[n % 2].repeat(240000) });
    if (n % 2) await writeAtomic('state.json', text); else writeAtomicSync('state.json', text);
    if (n === 0) process.stdout.write('at work');
  }
})();
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
		c := in(t, dir, "-e", rewrite, abs(t, "wholly-atomic.cjs"))
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
		if string(b) == fmt.Sprintf(`{"letter":"%s"}`, strings.Repeat(letter, 240000)) {
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
	for name, call := range map[string]string{
		"sync":    "require(process.argv[1]).writeAtomicSync('state', 'text')",
		"promise": "require(process.argv[1]).writeAtomic('state', 'text')",
	} {
		t.Run(name, func(t *testing.T) { traced(t, call) })
	}
}

func traced(t *testing.T, call string) {
	strace := trial.Need(t, "strace")
	dir := t.TempDir()
	c := in(t, dir, "-e", call, abs(t, "wholly-atomic.cjs"))
	log := filepath.Join(dir, "log")
	c.Args = append([]string{strace, "-f", "-y", "-o", log, "-e", "trace=fsync,rename,renameat,renameat2,write,pwrite64"}, c.Args...)
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
	order := regexp.MustCompile(`(?s)write[0-9]*\(\d+<` + temp + `>, "text", 4.*fsync\(\d+<` + temp + `>\) *= 0\n` +
		`.*rename[a-z0-9]*\([^\n]*"` + temp + `", [^\n]*"` + regexp.QuoteMeta(real) + `/state"[^\n]* = 0\n.*fsync\(\d+<` + regexp.QuoteMeta(real) + `>\) *= 0\n`)
	if !order.Match(b) {
		t.Errorf("not in this order: write, fsync, rename, fsync of the folder:\n%s", b)
	}
}
