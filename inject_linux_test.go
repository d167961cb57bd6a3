package wholly_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly"
)

// More storms, on files that have something to lose: an owner, an attribute,
// earlier versions, a mount. Each system call of each verb fails once with each
// error that it may give; what the verb then says must be what is on the disk.
// And a Sweep beside writers in other processes, which live, stand still or die.

// roleVariable names what a child is; it never gets to the tests.
const roleVariable = "WHOLLY_TEST_ROLE"

func init() {
	roles := map[string]func(args []string) error{"scene": playScene, "hold": playHold, "busy": playBusy}
	name := os.Getenv(roleVariable)
	if name == "" {
		return
	}
	// Bound in init, it is the main thread: strace counts calls by thread.
	runtime.LockOSThread()
	if err := roles[name](os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// role returns the command for a child, ready to be started.
func role(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	// The race detector would sleep for a second at the end of each child.
	cmd.Env = append(os.Environ(), roleVariable+"="+name, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// need ends a test for want of something outside of it; where WHOLLY_REQUIRE
// is 1 that is a failure.
func need(t *testing.T, err error, reason string) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("WHOLLY_REQUIRE") == "1" {
		t.Fatalf("%s is required: %v", reason, err)
	}
	t.Skipf("not run, for want of %s: %v", reason, err)
}

const (
	beginMark = "/wholly-inject-begin" // looked for by the child around its verb
	endMark   = "/wholly-inject-end"
	theMode   = 0o640
	theOwner  = 1000
	theUndo   = ".f.wholly-undo"
)

var (
	oldText = strings.Repeat("old content\n", 2000)
	newText = strings.Repeat("the new content, of another length\n", 5000)
)

// scene is one verb on a prepared directory.
type scene struct {
	name  string
	files map[string]string // before
	path  string            // of the file that the verb is about
	want  string            // its content when the verb is done
	kept  []string          // earlier contents that are kept then
	mount bool              // the file is mounted on its own
	run   func(path string) ([]byte, error)
}

var backups = map[string]string{"f": oldText, "f.bak": "older\n", "f.bak.2": "oldest\n"}

// wholeLines is a Check: the content ends where a line ends.
func wholeLines(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err == nil && !bytes.HasSuffix(data, []byte("\n")) {
		err = errors.New("ends in the middle of a line")
	}
	return err
}

func writes(p wholly.Policy) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) { return nil, p.WriteFile(path, []byte(newText), theMode) }
}

var scenes = []scene{
	{name: "replace", files: map[string]string{"f": oldText}, path: "f", want: newText, run: writes(wholly.Policy{})},
	{name: "new in a new directory", path: "a/b/f", want: newText, run: writes(wholly.Policy{MkdirMode: 0o755})},
	{name: "replace keeping 2", files: backups, path: "f", want: newText, kept: []string{oldText, "older\n"},
		run: writes(wholly.Policy{Keep: 2})},
	{name: "if absent", path: "f", want: newText, run: writes(wholly.Policy{If: wholly.IfAbsent})},
	{name: "if version", files: map[string]string{"f": oldText}, path: "f", want: newText,
		run: writes(wholly.Policy{If: wholly.IfVersion(wholly.VersionOf([]byte(oldText)))})},
	{name: "update", files: map[string]string{"f": oldText}, path: "f", want: oldText + "more\n",
		run: func(path string) ([]byte, error) {
			return nil, wholly.Update(context.Background(), path, theMode, func(old []byte) ([]byte, error) {
				return append(old, "more\n"...), nil
			})
		}},
	{name: "stream, checked", files: map[string]string{"f": oldText, "f.bak": "older\n"}, path: "f", want: newText, kept: []string{oldText},
		run: func(path string) ([]byte, error) {
			p := wholly.Policy{Keep: 1, Check: wholeLines}
			_, err := p.WriteFrom(context.Background(), path, strings.NewReader(newText), theMode)
			return nil, err
		}},
	{name: "restore", files: backups, path: "f", want: "oldest\n", kept: []string{oldText, "older\n"},
		run: func(path string) ([]byte, error) {
			_, err := wholly.Policy{Keep: 2}.Restore(context.Background(), path, 2)
			return nil, err
		}},
	{name: "read that recovers", files: map[string]string{"f": "torn", "f.bak": "torn too", "f.bak.2": "oldest\n"},
		path: "f", want: "oldest\n", kept: []string{"torn"},
		run: func(path string) ([]byte, error) {
			return wholly.Policy{Keep: 2, Check: wholeLines}.ReadFile(path)
		}},
	{name: "in place", files: map[string]string{"f": oldText}, path: "f", want: newText, mount: true,
		run: writes(wholly.Policy{Mounted: wholly.InPlace})},
}

// outcome is what the verb said.
type outcome struct {
	Failed    bool
	State     string // of the *Error; "none" if it was not one
	Recovered bool
	Mended    bool // and the file is good again
	Data      string
	Text      string
}

// playScene does one verb, with marks around it for who traces, and prints the
// outcome.
func playScene(args []string) error {
	i := slices.IndexFunc(scenes, func(s scene) bool { return s.name == args[0] })
	path := filepath.Join(args[1], scenes[i].path)
	syscall.Access(beginMark, 0)
	data, err := scenes[i].run(path)
	syscall.Access(endMark, 0)
	o := outcome{Failed: err != nil, Data: string(data)}
	var failed *wholly.Error
	var rec *wholly.Recovered
	switch {
	case errors.As(err, &rec):
		o.Recovered, o.Mended, o.Text = true, rec.Repair == nil, err.Error()
	case errors.As(err, &failed):
		o.State, o.Text = failed.State.String(), err.Error()
	case err != nil:
		o.State, o.Text = "none", err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

// prepare makes the scene's files; they have what there is to carry over.
func (s scene) prepare(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, data := range s.files {
		path := filepath.Join(dir, name)
		try(t, os.WriteFile(path, []byte(data), theMode))
		try(t, os.Chmod(path, theMode))
		if os.Geteuid() == 0 {
			try(t, os.Chown(path, theOwner, theOwner))
		}
		if err := syscall.Setxattr(path, "user.wholly", []byte("kept"), 0); err != nil && err != syscall.ENOTSUP {
			t.Fatal(err)
		}
	}
	if s.mount {
		bindOver(t, filepath.Join(dir, s.path))
	}
	return dir
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// event is one system call in a trace.
type event struct {
	thread, name, line string
}

// key tells an event apart from the others of its thread.
type key struct {
	name string
	nth  int
}

var callLine = regexp.MustCompile(`^(\d+) +(?:<\.\.\. )?([a-z0-9_]+)( resumed>|\()`)

// events reads a trace; a call that strace shows in two parts is one event.
func events(text string) (all []event) {
	for line := range strings.Lines(text) {
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[3] == "(" {
			all = append(all, event{m[1], m[2], line})
			continue
		}
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].thread == m[1] {
				all[i].line += line
				break
			}
		}
	}
	return all
}

// verb returns the events of the verb itself, and how often each call was made
// by its thread before.
func verb(all []event) (inside []event, before map[string]int) {
	begin := slices.IndexFunc(all, func(e event) bool { return strings.Contains(e.line, beginMark) })
	end := slices.IndexFunc(all, func(e event) bool { return strings.Contains(e.line, endMark) })
	if begin < 0 || end < begin {
		return nil, nil
	}
	before = map[string]int{}
	for _, e := range all[:begin] {
		if e.thread == all[begin].thread {
			before[e.name]++
		}
	}
	for _, e := range all[begin+1 : end] {
		if e.thread == all[begin].thread {
			inside = append(inside, e)
		}
	}
	return inside, before
}

// traced runs the scene under strace with the given fault, if any.
func (s scene) traced(t *testing.T, dir, fault string) ([]event, outcome) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	args := []string{"-f", "-y", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", file, "-e", "trace=%file,%desc"}
	if fault != "" {
		args = append(args, "-e", "inject="+fault)
	}
	child := role("scene", s.name, dir)
	cmd := exec.Command("strace", append(args, append([]string{os.Args[0]}, child.Args[1:]...)...)...)
	cmd.Env = append(child.Env, "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", fault, err, errs.String())
	}
	var o outcome
	if err := json.Unmarshal(said, &o); err != nil {
		t.Fatalf("%s: the child said %q: %v", fault, said, err)
	}
	text, err := os.ReadFile(file)
	try(t, err)
	return events(string(text)), o
}

// errorsOf returns what the call may fail with.
func errorsOf(call string) []string {
	switch call {
	case "mmap", "munmap", "faccessat", "faccessat2", "epoll_create1", "epoll_ctl", "eventfd2":
		return nil // the runtime's
	case "openat", "mkdirat":
		return []string{"EIO", "ENOSPC", "EACCES", "EINTR"}
	case "write", "pwrite64", "ftruncate", "fsetxattr":
		return []string{"EIO", "ENOSPC", "EDQUOT", "EINTR"}
	case "fsync":
		return []string{"EIO", "ENOSPC", "EINTR", "EINVAL"}
	case "renameat", "renameat2", "linkat":
		return []string{"EIO", "ENOSPC", "EACCES", "EBUSY", "EXDEV", "EINTR"}
	case "flock":
		return []string{"EIO", "ENOLCK", "EINTR"}
	case "read", "pread64", "getdents64":
		return []string{"EIO", "EINTR"}
	case "close", "fcntl":
		return []string{"EIO"}
	}
	return []string{"EIO", "EACCES", "EINTR"}
}

// notRepeated are the calls after which an interruption is a failure.
var notRepeated = []string{"fsync", "close", "fcntl"}

// straceWorks reports what is missing for tests that trace.
func straceWorks() error {
	out, err := exec.Command("strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=1", "true").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w %s", err, out)
	}
	return nil
}

func TestEachErrorOfEachSystemCall(t *testing.T) { // P1, P3, P4, P6; anchors F3 to F7
	need(t, straceWorks(), "strace that may trace and inject errors")
	var faults, calls, failures atomic.Int64
	t.Run("scenes", func(t *testing.T) {
		for _, s := range scenes {
			t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
				if !s.mount {
					t.Parallel()
				}
				s.failEach(t, &calls, &faults, &failures)
			})
		}
	})
	t.Logf("%d calls of %d verbs: %d faults injected, %d of them made the verb fail",
		calls.Load(), len(scenes), faults.Load(), failures.Load())
}

// failEach has every call of the scene fail once with every error; -short
// takes every sixth of them.
func (s scene) failEach(t *testing.T, calls, faults, failures *atomic.Int64) {
	dir := s.prepare(t)
	all, said := s.traced(t, dir, "")
	if said.Failed && !said.Recovered {
		t.Fatalf("without any fault: %s", said.Text)
	}
	s.judge(t, dir, fault{}, said)
	inside, before := verb(all)
	seen, drawn := map[string]int{}, 0
	for _, e := range inside {
		seen[e.name]++
		errnos := errorsOf(e.name)
		if len(errnos) > 0 {
			calls.Add(1)
		}
		for _, errno := range errnos {
			if drawn++; testing.Short() && drawn%6 != 0 {
				continue
			}
			f := fault{key: key{e.name, seen[e.name]}, errno: errno, when: before[e.name] + seen[e.name]}
			faults.Add(1)
			if s.fail(t, f).Failed {
				failures.Add(1)
			}
		}
	}
	t.Logf("%d calls: %s", len(inside), nameList(inside))
}

func nameList(inside []event) string {
	var names []string
	for _, e := range inside {
		names = append(names, e.name)
	}
	return strings.Join(names, " ")
}

// fault is one error of one call.
type fault struct {
	key
	errno string
	when  int    // among the calls of that name in the whole process
	line  string // as it was traced
}

func (f fault) String() string { return fmt.Sprintf("%s %d fails with %s", f.name, f.nth, f.errno) }

// fail runs the scene with one fault and judges it.
func (s scene) fail(t *testing.T, f fault) outcome {
	t.Helper()
	dir := s.prepare(t)
	all, said := s.traced(t, dir, fmt.Sprintf("%s:error=%s:when=%d", f.name, f.errno, f.when))
	inside, _ := verb(all)
	var hit []key
	seen := map[string]int{}
	at := 0
	for i, e := range inside {
		seen[e.name]++
		if strings.Contains(e.line, "(INJECTED)") {
			hit = append(hit, key{e.name, seen[e.name]})
			f.line, at = e.line, i
		}
	}
	if len(hit) != 1 || hit[0] != f.key {
		t.Errorf("%v: strace hit %v instead", f, hit)
		return said
	}
	s.judge(t, dir, f, said)
	if f.errno == "EINTR" && said.Failed && !said.Recovered && !slices.Contains(notRepeated, f.name) {
		t.Errorf("%v: the call was not made again: %s", f, said.Text)
	}
	if f.name == "fsync" && f.errno != "EINVAL" {
		if !said.Failed || said.Mended {
			t.Errorf("%v, and that is called a success", f)
		}
		for _, e := range inside[at+1:] {
			if e.name == "fsync" && argument.FindString(e.line) == argument.FindString(f.line) {
				t.Errorf("%v: then the same file was synced again: %s", f, e.line)
			}
		}
	}
	return said
}

// argument finds the file that a descriptor stands for in a traced call.
var argument = regexp.MustCompile(`<[^>]*>`)

// judge compares what the verb said with what is on the disk.
func (s scene) judge(t *testing.T, dir string, f fault, said outcome) {
	t.Helper()
	wrong := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%v: %s\nthe verb said %+.300v\n%s", f, fmt.Sprintf(format, args...), said, f.line)
	}
	before, existed := s.files[s.path]
	now, there := look(t, filepath.Join(dir, s.path))
	done := there && now == s.want
	undone := there == existed && now == before
	switch {
	case said.Recovered && said.Data != s.want:
		wrong("the content served is not the good one: %.60q", said.Data)
	case said.Recovered && !said.Mended:
		if !done && !undone {
			wrong("neither mended nor as it was: %.60q", now)
		}
	case said.Recovered, !said.Failed && said.Data == "" && s.name != "read that recovers", said.State == "new":
		if !done {
			wrong("the content is not the new one: %.60q", now)
		}
	case said.State == "old":
		if !undone {
			wrong("the content is not the old one: %.60q, there: %v", now, there)
		}
	case said.State == "unknown" && s.mount:
	default:
		wrong("that is no answer")
	}
	s.judgeOthers(t, dir, f, said, done, wrong)
	s.judgeMetadata(t, dir, f, wrong)
}

func look(t *testing.T, path string) (data string, there bool) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b), err == nil
}

// judgeOthers looks at everything else in the directory: earlier versions must
// be whole and must all be there. Nothing may be left over but the file whose
// removal failed, and the old content beside a file in place whose sync failed.
func (s scene) judgeOthers(t *testing.T, dir string, f fault, said outcome, done bool, wrong func(string, ...any)) {
	t.Helper()
	must := s.kept
	if !done {
		must = slices.Collect(maps.Values(s.files))
	}
	have := map[string]bool{}
	leftover := ""
	try(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch {
		case d.IsDir() && !done:
			wrong("the directory %s is left", name)
		case d.IsDir():
		case name == s.path, strings.HasPrefix(name, "f.bak"), strings.HasPrefix(name, "f.bad-"):
			data, _ := look(t, path)
			if data != s.want && !slices.Contains(slices.Collect(maps.Values(s.files)), data) && !s.mount {
				wrong("%s is not whole: %.60q", name, data)
			}
			have[data] = true
		case f.name == "unlinkat" && strings.Contains(f.line, `"`+d.Name()+`"`):
			leftover = name
		case s.mount && f.name == "unlinkat" && strings.Contains(f.line, theUndo) && strings.HasPrefix(name, ".wholly-"):
			leftover = name // the copy that could not be removed, under a name that voids it
		case name == theUndo && said.State == "unknown" && f.name == "fsync":
			t.Logf("%v: %s stays for the next verb", f, name)
		default:
			wrong("%s is left", name)
		}
		return nil
	}))
	for _, content := range must {
		if !have[content] && !s.mount {
			wrong("the content %.20q is lost", content)
		}
	}
	if leftover != "" {
		t.Logf("%v: %s stays, as it must", f, leftover)
	}
	s.heal(t, dir, leftover, !said.Failed || said.State == "new", wrong)
}

// heal does what comes after a failure: a Sweep, and for a file that is written
// in place the next reading.
func (s scene) heal(t *testing.T, dir, leftover string, isNew bool, wrong func(string, ...any)) {
	t.Helper()
	if s.mount {
		data, err := wholly.Policy{Mounted: wholly.InPlace}.ReadFile(filepath.Join(dir, s.path))
		if err != nil || string(data) != s.want && (isNew || string(data) != s.files[s.path]) {
			wrong("the next reading: %.60q, %v", data, err)
		}
		if _, there := look(t, filepath.Join(dir, theUndo)); there {
			wrong("%s is there after the next reading", theUndo)
		}
	}
	if leftover == "" {
		return
	}
	if _, err := wholly.Sweep(filepath.Dir(filepath.Join(dir, s.path))); err != nil {
		wrong("sweep: %v", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, leftover)); !errors.Is(err, fs.ErrNotExist) {
		wrong("%s is not swept: %v", leftover, err)
	}
}

// judgeMetadata: what the system refused to carry over is narrower, never
// wider; everything else is as it was.
func (s scene) judgeMetadata(t *testing.T, dir string, f fault, wrong func(string, ...any)) {
	t.Helper()
	path := filepath.Join(dir, s.path)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	try(t, err)
	refused := f.errno == "EACCES"
	if info.Mode() != theMode && !(refused && f.name == "fchmod" && info.Mode() == 0o600) {
		wrong("the mode is %v", info.Mode())
	}
	if _, existed := s.files[s.path]; !existed || os.Geteuid() != 0 {
		return
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid != theOwner && !(refused && f.name == "fchown") {
		wrong("the owner is %d", uid)
	}
	value := make([]byte, 16)
	n, err := syscall.Getxattr(path, "user.wholly", value)
	if err != syscall.ENOTSUP && string(value[:max(n, 0)]) != "kept" && !strings.Contains(f.name, "xattr") {
		wrong("the attribute is %q, %v", value[:max(n, 0)], err)
	}
}

// bindOver mounts a file like path over it: from then on path cannot be
// replaced.
func bindOver(t *testing.T, path string) {
	t.Helper()
	info, err := os.Lstat(path)
	try(t, err)
	data, err := os.ReadFile(path)
	try(t, err)
	source := filepath.Join(t.TempDir(), "source")
	try(t, os.WriteFile(source, data, info.Mode()))
	try(t, os.Chmod(source, info.Mode()))
	owner := info.Sys().(*syscall.Stat_t)
	try(t, os.Chown(source, int(owner.Uid), int(owner.Gid)))
	if err := syscall.Setxattr(source, "user.wholly", []byte("kept"), 0); err != nil && err != syscall.ENOTSUP {
		t.Fatal(err)
	}
	need(t, syscall.Mount(source, path, "", syscall.MS_BIND, ""), "root, to mount a file over another")
	t.Cleanup(func() { try(t, syscall.Unmount(path, syscall.MNT_DETACH)) })
}
