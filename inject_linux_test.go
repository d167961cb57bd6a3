package wholly

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Every system call of a verb fails once, with every error it may return, in a
// real process on a real file system.

var injectVerbs = map[string]func(dir string) error{
	"replace": func(dir string) error { return WriteFile(filepath.Join(dir, "f"), []byte("new"), 0o600) },
	"create": func(dir string) error {
		return Policy{MkdirMode: 0o755}.WriteFile(filepath.Join(dir, "sub", "f"), []byte("new"), 0o600)
	},
	"keep": func(dir string) error {
		return Policy{Keep: 2, Check: JSON}.WriteFile(filepath.Join(dir, "f"), []byte(`"new"`), 0o600)
	},
	"absent": func(dir string) error {
		return Policy{If: IfAbsent}.WriteFile(filepath.Join(dir, "g"), []byte("new"), 0o600)
	},
	"update": func(dir string) error {
		return Update(ctx, filepath.Join(dir, "f"), 0o600, func([]byte) ([]byte, error) { return []byte("new"), nil })
	},
	"restore": func(dir string) error { _, err := Policy{}.Restore(ctx, filepath.Join(dir, "f"), 1); return err },
	"read": func(dir string) error {
		_, err := Policy{Check: JSON}.ReadFile(filepath.Join(dir, "bad"))
		return err
	},
}

// TestInjectChild runs one verb between two marks and tells how it ended.
func TestInjectChild(t *testing.T) {
	verb, dir := os.Getenv("WHOLLY_INJECT"), os.Getenv("WHOLLY_INJECT_DIR")
	if verb == "" {
		t.Skip("runs only as a child")
	}
	runtime.LockOSThread() // calls are counted by thread
	os.Stat(mark + "0")
	err := injectVerbs[verb](dir)
	os.Stat(mark + "end")
	state := "ok"
	var e *Error
	var rec *Recovered
	switch {
	case errors.As(err, &rec):
		state = fmt.Sprintf("recovered mended=%v", rec.Repair == nil)
	case errors.As(err, &e):
		state = e.State.String()
	case err != nil:
		state = fmt.Sprintf("not an *Error: %T", err)
	}
	fmt.Printf("OUTCOME %s\nERROR %v\n", state, err)
}

// injectDir prepares a directory that every verb can work in.
func injectDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{"f": `"old"`, "f.bak": `"older"`, "bad": "[torn", "bad.bak": `"good"`} {
		put(t, filepath.Join(dir, name), data)
	}
	if err := os.Chmod(filepath.Join(dir, "f"), 0o640); err != nil {
		t.Fatal(err)
	}
	return dir
}

// underStrace runs the child; it returns what it said and the trace.
func underStrace(t *testing.T, strace, verb, dir string, args ...string) (said, traced string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "trace")
	args = append([]string{"-f", "-qq", "-o", out}, args...)
	cmd := exec.Command(strace, append(args, os.Args[0], "-test.run=^TestInjectChild$")...)
	cmd.Env = append(os.Environ(), "WHOLLY_INJECT="+verb, "WHOLLY_INJECT_DIR="+dir, "GOMAXPROCS=1")
	msg, err := cmd.CombinedOutput()
	if err != nil && bytes.Contains(msg, []byte("ptrace")) {
		need(t, "permission to trace", fmt.Errorf("%s", msg))
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(msg), string(data)
}

// target is one call of the verb: the n-th of its name in its thread.
type tracedCall struct {
	name string
	n    int
	line string
}

var threadCall = regexp.MustCompile(`^(\d+) +([a-z0-9_]+)\(`)

// callsOf lists the file system calls between the marks.
func callsOf(t *testing.T, traced string) []tracedCall {
	t.Helper()
	count := map[string]int{}
	var calls []tracedCall
	inside := ""
	for line := range strings.Lines(traced) {
		m := threadCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		count[m[1]+m[2]]++
		switch {
		case strings.Contains(line, mark+"end"):
			return calls
		case strings.Contains(line, mark):
			inside = m[1]
		case m[1] == inside && fallible(m[2]) != nil:
			calls = append(calls, tracedCall{m[2], count[m[1]+m[2]], strings.TrimSpace(line)})
		}
	}
	t.Fatalf("the child did not reach its end:\n%s", traced)
	return nil
}

// fallible are the errors that a call is made to return.
func fallible(name string) []string {
	switch name {
	case "write":
		return []string{"EIO", "ENOSPC", "EDQUOT"}
	case "fsync":
		return []string{"EIO", "ENOSPC", "EINTR"}
	case "renameat2", "linkat":
		return []string{"EIO", "EXDEV", "EBUSY", "EACCES", "EPERM"}
	case "openat", "mkdirat":
		return []string{"EIO", "ENOSPC", "EACCES", "EMFILE"}
	case "fchmod", "unlinkat", "flock", "statx", "llistxattr", "flistxattr", "getdents64", "read", "pread64", "lgetxattr":
		return []string{"EIO"}
	case "close":
		return []string{"EIO"}
	}
	return nil
}

func TestEachSystemCallFailing(t *testing.T) { // F1, F3, F4, F5, F7, P4, P6
	strace, err := exec.LookPath("strace")
	need(t, "strace", err)
	type job struct {
		verb string
		call tracedCall
		err  string
	}
	var jobs []job
	for verb := range injectVerbs {
		_, traced := underStrace(t, strace, verb, injectDir(t), "-e", "trace=file,desc")
		for _, c := range callsOf(t, traced) {
			for _, e := range fallible(c.name) {
				jobs = append(jobs, job{verb, c, e})
			}
		}
	}
	if testing.Short() {
		for i := range len(jobs) / 6 {
			jobs[i] = jobs[6*i]
		}
		jobs = jobs[:len(jobs)/6]
	}
	t.Logf("%d failures to inject", len(jobs))
	if len(jobs) < 30 {
		t.Fatal("too few calls were seen")
	}
	next := make(chan job)
	var group sync.WaitGroup
	for range 2 * runtime.NumCPU() {
		group.Go(func() {
			for j := range next {
				dir := injectDir(t)
				said, traced := underStrace(t, strace, j.verb, dir, "-e", "trace="+j.call.name+",fsync,unlinkat",
					"-e", fmt.Sprintf("inject=%s:error=%s:when=%d", j.call.name, j.err, j.call.n))
				if wrong := judgeInjected(dir, j.verb, said, traced); wrong != "" {
					t.Errorf("%s with %s from %s: %s\n%s", j.verb, j.err, j.call.line, wrong, said)
				}
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	group.Wait()
}

// judgeInjected compares what the child said with what is on the disk.
func judgeInjected(dir, verb, said, traced string) string {
	_, outcome, ok := strings.Cut(said, "OUTCOME ")
	if !ok {
		return "no outcome"
	}
	outcome, _, _ = strings.Cut(outcome, "\n")
	name, old, new := "f", `"old"`, "new"
	switch verb {
	case "create":
		name, old = "sub/f", ""
	case "keep":
		new = `"new"`
	case "absent":
		name, old = "g", ""
	case "restore":
		new = `"older"`
	case "read":
		name, old, new = "bad", "[torn", `"good"`
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && old != "" {
		return err.Error()
	}
	want := map[string][]string{
		"ok": {new}, "old": {old}, "new": {new}, "unknown": {old, new},
		"recovered mended=true": {new}, "recovered mended=false": {old, new},
	}[outcome]
	found := false
	for _, w := range want {
		found = found || w == string(data)
	}
	if !found {
		return fmt.Sprintf("outcome %q, but the file holds %q", outcome, data)
	}
	if !strings.Contains(traced, "INJECTED") {
		return "nothing was injected"
	}
	if mustTell.MatchString(injected.FindString(traced)) && (outcome == "ok" || outcome == "recovered mended=true") {
		return "the failure was swallowed"
	}
	return litterOf(dir, traced)
}

// mustTell are the calls without which a verb has not done its work.
var mustTell = regexp.MustCompile(`^\d+ +(fsync|write|renameat2|mkdirat)\(`)

var injected = regexp.MustCompile(`(?m)^.*\(INJECTED\).*$`)

// litterOf reports leftovers and damaged versions. Only what the failing call
// itself should have removed may stay.
func litterOf(dir, traced string) string {
	line := injected.FindString(traced)
	var wrong string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		base := filepath.Base(path)
		excused := strings.Contains(line, "unlinkat") && strings.Contains(line, base)
		if err == nil && !d.IsDir() && isLeftover(base) && !excused {
			wrong = "left behind: " + base
		}
		if err == nil && strings.Contains(base, ".bak") {
			data, err := os.ReadFile(path)
			if err != nil || !bytes.Contains([]byte(`"old" "older" "good"`), data) || len(data) == 0 {
				wrong = fmt.Sprintf("backup %s holds %q, %v", base, data, err)
			}
		}
		return nil
	})
	if strings.Contains(line, "fsync(") && wrong == "" {
		wrong = syncedAgain(traced, line)
	}
	return wrong
}

var syncLine = regexp.MustCompile(`(?m)^\d+ +fsync\((\d+)\)`)

// syncedAgain reports a second sync of the descriptor whose sync failed.
func syncedAgain(traced, line string) string {
	m := syncLine.FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	after := traced[strings.Index(traced, line)+len(line):]
	if strings.Contains(after, "fsync("+m[1]+")") {
		return "synced again after a failed sync:\n" + traced
	}
	return ""
}

func TestDiskFull(t *testing.T) { // F1
	if os.Geteuid() != 0 {
		need(t, "root, to mount a file system", os.ErrPermission)
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		need(t, "a small tmpfs", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	path := filepath.Join(dir, "f")
	p := Policy{Keep: 1}
	put(t, path, "old")
	big := make([]byte, 2<<20)
	failed(t, p.WriteFile(path, big, 0o600), Old, syscall.ENOSPC)
	_, err := p.WriteFrom(ctx, path, &endless{2 << 20}, 0o600)
	failed(t, err, Old, syscall.ENOSPC)
	failed(t, p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return big, nil }), Old, syscall.ENOSPC)
	f, err := p.Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(big); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	failed(t, f.Commit(), Old, syscall.ENOSPC) // a Commit after a failed Write
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	failed(t, p.WriteFile(path, []byte("new"), 0o600), Old, syscall.EROFS)
}

// TestSizeLimitChild writes more than its limit allows.
func TestSizeLimitChild(t *testing.T) {
	path := os.Getenv("WHOLLY_LIMIT")
	if path == "" {
		t.Skip("runs only as a child")
	}
	limit := syscall.Rlimit{Cur: 100_000, Max: 100_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	failed(t, WriteFile(path, make([]byte, 200_000), 0o600), Old, syscall.EFBIG)
}

func TestSizeLimit(t *testing.T) { // F2
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	cmd := exec.Command(os.Args[0], "-test.run=^TestSizeLimitChild$")
	cmd.Env = append(os.Environ(), "WHOLLY_LIMIT="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

// bound mounts a file over another in a directory of its own.
func bound(t *testing.T) (dir, path string) {
	t.Helper()
	if os.Geteuid() != 0 {
		need(t, "root, to mount a file", os.ErrPermission)
	}
	dir = t.TempDir()
	path = filepath.Join(dir, "f")
	source := filepath.Join(t.TempDir(), "source")
	put(t, source, `"old"`)
	put(t, path, "")
	if err := syscall.Mount(source, path, "", syscall.MS_BIND, ""); err != nil {
		need(t, "a bind mount", err)
	}
	t.Cleanup(func() { syscall.Unmount(path, syscall.MNT_DETACH) })
	return dir, path
}

func TestMountedFile(t *testing.T) { // P1, P2 of the matrix
	dir, path := bound(t)
	for _, p := range []Policy{{}, {Keep: 2}, {If: IfVersion(VersionOf([]byte(`"old"`)))}} {
		err := p.WriteFile(path, []byte(`"new"`), 0o600)
		failed(t, err, Old, ErrMounted)
		failed(t, err, Old, syscall.EBUSY)
	}
	if content(t, path) != `"old"` || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
	p := Policy{Keep: 2, Mounted: InPlace, Check: JSON}
	for _, s := range []string{`"a"`, `"longer than before"`, `"b"`} {
		res, err := p.WriteFrom(ctx, path, strings.NewReader(s), 0o600)
		if err != nil || !res.InPlace || !res.Durable {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	if got := history(t, p, path); got != `0:"b" 1:"longer than before" 2:"a"` || names(t, dir) != "f f.bak f.bak.2" {
		t.Errorf("%s in %s", got, names(t, dir))
	}
	put(t, path, "[torn")
	if data, err := p.ReadFile(path); err == nil || string(data) != `"longer than before"` || content(t, path) != string(data) {
		t.Errorf("%q, %v", data, err)
	}
}

// TestInPlaceChild writes in place until it is killed.
func TestInPlaceChild(t *testing.T) {
	path := os.Getenv("WHOLLY_INPLACE")
	if path == "" {
		t.Skip("runs only as a child")
	}
	for n := 0; ; n++ {
		data := append(page("w", n), bytes.Repeat([]byte("x"), 0)...)
		if err := (Policy{Mounted: InPlace}).WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKilledWhileWritingInPlace(t *testing.T) { // P2 of the matrix
	dir, path := bound(t)
	p := Policy{Mounted: InPlace}
	if err := p.WriteFile(path, page("w", 0), 0o600); err != nil {
		t.Fatal(err)
	}
	rounds, undone := 60, 0
	if testing.Short() {
		rounds = 15
	}
	for i := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestInPlaceChild$")
		cmd.Env = append(os.Environ(), "WHOLLY_INPLACE="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pause(i)
		cmd.Process.Kill()
		cmd.Wait()
		if strings.Contains(names(t, dir), undoSuffix) {
			undone++
		}
		data, err := p.ReadFile(path)
		if err == nil {
			_, err = number(data)
		}
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		if strings.Contains(names(t, dir), undoSuffix) {
			t.Fatalf("after reading: %s", names(t, dir))
		}
	}
	t.Logf("%d kills, %d of them while the file was being written", rounds, undone)
	if undone == 0 {
		t.Error("no kill hit the writing")
	}
	if _, err := Sweep(dir); err != nil || names(t, dir) != "f" {
		t.Errorf("left: %s, %v", names(t, dir), err)
	}
}
