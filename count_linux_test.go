package wholly

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// need skips a test for want of err's cause; with WHOLLY_REQUIRE=1, as in CI,
// that is a failure, so that a green run never means "not run".
func need(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("WHOLLY_REQUIRE") == "1" {
		t.Fatalf("%s is required: %v", what, err)
	}
	t.Skipf("not run, for want of %s: %v", what, err)
}

// marks separate the steps of the traced child: names that no step touches.
const mark = "/wholly-count-mark-"

// TestCountChild is the process that is traced by the tests below.
func TestCountChild(t *testing.T) {
	dir := os.Getenv("WHOLLY_COUNT_DIR")
	if dir == "" {
		t.Skip("runs only as a child")
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 4<<10)
	steps := []func() error{
		func() error { return d.WriteFile("f", data, 0o600) },
		func() error { return WriteFile(filepath.Join(dir, "f"), data, 0o600) },
		func() error { return d.With(Policy{Keep: 1}).WriteFile("f", data, 0o600) },
		func() error {
			for _, err := range d.Versions("f") {
				if err != nil {
					return err
				}
			}
			return nil
		},
		func() error { _, err := d.Sweep(); return err },
	}
	for i, step := range steps {
		os.Stat(mark + strconv.Itoa(i))
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	os.Stat(mark + "end")
}

// trace runs the child under strace and returns the file system calls of each
// step.
func trace(t *testing.T, dir string) [][]string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	need(t, "strace", err)
	out := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-qq", "-o", out, "-e", "trace=file,desc", os.Args[0], "-test.run=^TestCountChild$")
	cmd.Env = append(os.Environ(), "WHOLLY_COUNT_DIR="+dir, "GOMAXPROCS=1")
	if msg, err := cmd.CombinedOutput(); err != nil {
		if bytes.Contains(msg, []byte("ptrace")) {
			need(t, "permission to trace", fmt.Errorf("%s", msg))
		}
		t.Fatalf("%v\n%s", err, msg)
	}
	return stepsOf(t, out)
}

var call = regexp.MustCompile(`^\d+ +([a-z0-9_]+)\(`)

func stepsOf(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var steps [][]string
	for line := range strings.Lines(string(text)) {
		m := call.FindStringSubmatch(line)
		switch {
		case strings.Contains(line, mark+"end"):
			return steps
		case strings.Contains(line, mark):
			steps = append(steps, nil)
		case m == nil || len(steps) == 0 || strings.HasPrefix(m[1], "epoll") || strings.HasSuffix(m[1], "map") || strings.Contains(line, "eventfd"):
		default:
			last := &steps[len(steps)-1]
			*last = append(*last, m[1])
		}
	}
	t.Fatalf("the child did not reach its end:\n%s", text)
	return nil
}

func TestSystemCallsOfAReplace(t *testing.T) { // O3
	dir := t.TempDir()
	put(t, filepath.Join(dir, "f"), "old")
	if err := os.Chmod(filepath.Join(dir, "f"), 0o644); err != nil {
		t.Fatal(err)
	}
	steps := trace(t, dir)
	count := func(step int, name string) (n int) {
		for _, c := range steps[step] {
			if c == name {
				n++
			}
		}
		return n
	}
	byDir, byName := len(steps[0]), len(steps[1])
	t.Logf("a durable replace by Dir: %d calls %v", byDir, steps[0])
	t.Logf("by name: %d calls; with Keep 1: %d", byName, len(steps[2]))
	if byDir > 12 {
		t.Errorf("%d file system calls by Dir, at most 12 wanted: %v", byDir, steps[0])
	}
	if byName > byDir+3 {
		t.Errorf("%d file system calls by name, at most 3 more than %d wanted: %v", byName, byDir, steps[1])
	}
	for step, what := range []string{"by Dir", "by name", "with Keep 1"} {
		if n := count(step, "fsync"); n != 2 {
			t.Errorf("%d syncs %s, want the file's and the directory's", n, what)
		}
	}
	if n := count(0, "unlinkat"); n != 0 {
		t.Errorf("a success removed something by name") // O5
	}
}

func TestOnePassOverACrowdedDirectory(t *testing.T) {
	size := 100_000
	if testing.Short() {
		size = 5_000
	}
	dir := t.TempDir()
	crowd(t, dir, size)
	steps := trace(t, dir)
	for step, what := range map[int]string{3: "Versions", 4: "Sweep"} {
		reads, stats := 0, 0
		for _, c := range steps[step] {
			switch c {
			case "getdents64":
				reads++
			case "statx", "newfstatat":
				stats++
			}
		}
		t.Logf("%s over %d files: %d directory reads, %d stats", what, size, reads, stats)
		// The kernel hands out at least 200 names a read; a second pass would
		// double that, a stat per file would show at once.
		if reads == 0 || reads > size/100+2 || stats > 3*(size/1000+5) {
			t.Errorf("%s takes more than one pass", what)
		}
	}
}

// TestDeviceFlushes counts what reaches the device of a file system of its
// own, in /proc/diskstats.
func TestDeviceFlushes(t *testing.T) {
	dir, device := loopExt4(t)
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data := make([]byte, 4<<10)
	// The median over single replaces: now and then the journal makes room
	// for itself and flushes once more, whoever writes.
	measure := func(p Policy) int {
		var each []int
		for range 51 {
			before := flushes(t, device)
			if err := d.With(p).WriteFile("f", data, 0o600); err != nil {
				t.Fatal(err)
			}
			each = append(each, flushes(t, device)-before)
		}
		slices.Sort(each)
		return each[len(each)/2]
	}
	plain, keep := measure(Policy{}), measure(Policy{Keep: 1})
	t.Logf("device flushes of a durable 4 KiB replace on ext4: %d, with Keep 1: %d", plain, keep)
	if plain > 4 || plain == 0 {
		t.Errorf("%d flushes, at most 4 wanted", plain)
	}
	if keep > plain {
		t.Errorf("Keep 1 adds %d flushes", keep-plain)
	}
}

// loopExt4 mounts a new ext4 on a loop device and returns both.
func loopExt4(t *testing.T) (dir, device string) {
	t.Helper()
	if os.Geteuid() != 0 {
		need(t, "root, to mount a file system", os.ErrPermission)
	}
	run := func(name string, args ...string) string {
		path, err := exec.LookPath(name)
		need(t, name, err)
		out, err := exec.Command(path, args...).CombinedOutput()
		if err != nil {
			need(t, name+" to work", fmt.Errorf("%w: %s", err, out))
		}
		return strings.TrimSpace(string(out))
	}
	base := t.TempDir()
	image := filepath.Join(base, "image")
	dir = filepath.Join(base, "mnt")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	run("truncate", "-s", "64M", image)
	run("mkfs.ext4", "-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
	run("mount", "-o", "loop", image, dir)
	t.Cleanup(func() {
		if exec.Command("umount", dir).Run() != nil {
			exec.Command("umount", "-l", dir).Run()
		}
	})
	return dir, filepath.Base(run("findmnt", "-n", "-o", "SOURCE", dir))
}

// flushes returns how many flush requests the device has completed.
func flushes(t *testing.T, device string) int {
	t.Helper()
	stats, err := os.ReadFile("/proc/diskstats")
	need(t, "/proc/diskstats", err)
	for line := range strings.Lines(string(stats)) {
		f := strings.Fields(line)
		if len(f) > 18 && f[2] == device {
			n, err := strconv.Atoi(f[18])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	need(t, "flush counts of "+device, os.ErrNotExist)
	return 0
}
