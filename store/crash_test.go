package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/store"
)

const file = "doc.json"

// private is the default policy of a Doc, in a directory that is there.
var private = wholly.Policy{Keep: 1, Private: true}

func text(name string) []byte {
	return fmt.Appendf(nil, "{\n  \"name\": %q,\n  \"visits\": 0\n}\n", name)
}

func docOn(d *crash.Disk) *store.Doc[settings] {
	return store.OpenIn(wholly.Policy{}.DirOn(d.Root()), private, file, store.JSON[settings]())
}

// scene is one way of using a Doc: after step k the document is names[k]. A
// first name that is empty means that there is no file.
type scene struct {
	name    string
	names   []string
	damaged bool // the file is, at the start; names[0] is its backup
	wide    bool // the file is open to others at the start
	steps   []step
}

type step func(doc *store.Doc[settings], name string) (settings, error)

func update(doc *store.Doc[settings], name string) (settings, error) {
	return doc.Update(ctx, named(name))
}

func save(doc *store.Doc[settings], name string) (settings, error) {
	v, err := doc.Load()
	if err != nil {
		return v, err
	}
	v.Name = name
	return v, doc.Save(ctx, v)
}

func restore(doc *store.Doc[settings], _ string) (settings, error) { return doc.Restore(ctx, 1) }

func load(doc *store.Doc[settings], _ string) (settings, error) { return doc.Load() }

func nothing(doc *store.Doc[settings], _ string) (settings, error) {
	return doc.Update(ctx, func(*settings) error { return nil })
}

var scenes = []scene{
	{name: "update", names: []string{"a", "bb", "ccc"}, steps: []step{update, update}},
	{name: "update of nothing", names: []string{"", "bb", "ccc"}, steps: []step{update, update}},
	{name: "update of an open file", names: []string{"a", "bb", "ccc"}, wide: true, steps: []step{update, update}},
	{name: "save", names: []string{"a", "bb", "ccc"}, steps: []step{save, save}},
	{name: "save of nothing", names: []string{"", "bb", "ccc"}, steps: []step{save, save}},
	{name: "update after damage", names: []string{"a", "bb", "ccc"}, damaged: true, steps: []step{update, update}},
	{name: "load after damage", names: []string{"a", "a", "bb"}, damaged: true, steps: []step{load, save}},
	{name: "restore", names: []string{"a", "bb", "a", "bb"}, steps: []step{update, restore, restore}},
	{name: "unchanged", names: []string{"a", "a", "bb", "bb"}, steps: []step{nothing, update, nothing}},
}

// play runs the scene with the faults that prepare sets.
func (s scene) play(prepare func(*crash.Disk)) (d *crash.Disk, wrong string) {
	d = crash.New()
	mode := map[bool]fs.FileMode{true: 0o644, false: 0o600}[s.wide]
	switch {
	case s.damaged:
		d.Put(file, []byte(`{"name": torn`), 0o600)
		d.Put(file+".bak", text(s.names[0]), 0o600)
	case s.names[0] != "":
		d.Put(file, text(s.names[0]), mode)
	}
	d.Reset()
	prepare(d)
	defer func() { d.Fault = nil }()
	doc := docOn(d)
	for i, do := range s.steps {
		k := i + 1
		d.Begin(k)
		v, err := do(doc, s.names[k])
		if err == nil || overcome(err) {
			if v.Name != s.names[k] {
				return d, fmt.Sprintf("step %d returned %q and %v, want %q", k, v.Name, err, s.names[k])
			}
			d.Ack(k)
			continue
		}
		state := stateOf(err)
		if state == wholly.Old {
			d.Void(k)
		}
		d.Fault = nil
		return d, s.judgeError(doc, k, v, state)
	}
	return d, ""
}

// judgeError compares the value that came with an error, and what is there now,
// with what the error says.
func (s scene) judgeError(doc *store.Doc[settings], k int, v settings, state wholly.State) string {
	allowed := map[wholly.State][]string{wholly.Old: s.names[k-1 : k], wholly.New: s.names[k : k+1]}[state]
	if allowed == nil {
		allowed = s.names[k-1 : k+1]
	}
	asked := s.names[k] // what a failed Save had, and its caller keeps
	if v.Name != "" && v.Name != asked && !slices.Contains(allowed, v.Name) {
		return fmt.Sprintf("step %d fails, says %v and returns %q", k, state, v.Name)
	}
	if now, err := doc.Load(); err != nil && !overcome(err) || !slices.Contains(allowed, now.Name) {
		return fmt.Sprintf("step %d fails and says %v, but there is %q, %v", k, state, now.Name, err)
	}
	return ""
}

// overcome reports whether err tells of a damage that is mended.
func overcome(err error) bool {
	var r *wholly.Recovered
	return errors.As(err, &r) && r.Repair == nil
}

func stateOf(err error) wholly.State {
	var e *wholly.Error
	if errors.As(err, &e) {
		return e.State
	}
	return wholly.Unknown
}

// judged are the disks of one scene that were judged, by what they look like.
// Those of two plays are mostly the same, up to what is drawn at random.
type judged map[string]bool

// judge reads every disk that a crash could have left.
func (s scene) judge(d *crash.Disk, all judged) string {
	for _, model := range []crash.Model{crash.Subset, crash.Prefix} {
		seen := map[[3]uint64]bool{}
		for c := range d.Crashes(model) {
			key := [3]uint64{c.Key(), uint64(c.Acked), uint64(c.Begun)}
			if seen[key] {
				continue
			}
			seen[key] = true
			disk := c.Disk()
			picture := picturedAs(c, disk)
			if all[picture] {
				continue
			}
			all[picture] = true
			if wrong := s.judgeOne(c, disk); wrong != "" {
				return wrong + "\n" + c.Story()
			}
		}
	}
	return ""
}

// drawn is the part of a name that no two plays have in common.
var drawn = regexp.MustCompile(`(\.wholly-|\.bad-).*`)

// picturedAs is all of a disk that a verb could tell apart: names, modes, contents,
// and which names are of one file, as the number of them; and what is expected.
func picturedAs(c *crash.Crash, d *crash.Disk) string {
	var lines []string
	for name, data := range d.Files() {
		info, err := d.Root().Lstat(name)
		lines = append(lines, fmt.Sprintln(drawn.ReplaceAllString(name, "$1"), info.Mode, info.Links, err, string(data)))
	}
	slices.Sort(lines)
	return fmt.Sprintln(c.Acked, c.Begun, lines)
}

func (s scene) judgeOne(c *crash.Crash, disk *crash.Disk) string {
	allowed := s.names[c.Acked : max(c.Acked, c.Begun)+1]
	doc := docOn(disk)
	for range 2 { // as it was left, and after it was read and perhaps mended
		v, err := doc.Load()
		if err != nil && !(s.damaged && overcome(err)) {
			return fmt.Sprintf("load: %v", err)
		}
		if !slices.Contains(allowed, v.Name) {
			return fmt.Sprintf("the document is %q, allowed are %q", v.Name, allowed)
		}
	}
	for name := range disk.Files() {
		open := c.Mode(name)&0o077 != 0 && !strings.HasSuffix(name, "-lock")
		if open && !(s.wide && c.Acked == 0 && name == file) {
			return fmt.Sprintf("%s is open to others: %v", name, c.Mode(name))
		}
	}
	if _, err := doc.Update(ctx, named("after")); err != nil {
		return fmt.Sprintf("update afterwards: %v", err)
	}
	return ""
}

func TestCrash(t *testing.T) { // P1, P2, P3, P7, P10
	disks := 0
	for _, s := range scenes {
		all := judged{}
		d, wrong := s.play(func(*crash.Disk) {})
		if got := string(d.Files()[file]); wrong == "" && got != string(text(s.names[len(s.names)-1])) {
			wrong = "it ends with " + got
		}
		if wrong == "" {
			wrong = s.judge(d, all)
		}
		if wrong != "" {
			t.Errorf("%s: %s", s.name, wrong)
		}
		disks += len(all)
	}
	t.Logf("crash: %d disks", disks)
}

// errorsOf are the errors that an operation is made to return.
func errorsOf(kind string) []syscall.Errno {
	switch kind {
	case "write", "sync", "create":
		return []syscall.Errno{syscall.EIO, syscall.ENOSPC}
	case "rename", "link", "chmod", "open":
		return []syscall.Errno{syscall.EIO, syscall.EPERM}
	}
	return []syscall.Errno{syscall.EIO}
}

// TestCrashAfterErrors makes each operation of each scene fail once, with each
// of its errors: what is there agrees with what was said, at once and after a
// crash, and nothing is left behind.
func TestCrashAfterErrors(t *testing.T) { // P4, P6
	disks, faults := 0, 0
	for _, s := range scenes {
		all := judged{}
		var ops []crash.Op
		s.play(func(d *crash.Disk) { d.Fault = func(op crash.Op) error { ops = append(ops, op); return nil } })
		for n, op := range ops {
			for _, errno := range errorsOf(op.Kind) {
				if testing.Short() && n%4 != 0 {
					continue
				}
				faults++
				if wrong := s.fail(n, errno, all); wrong != "" {
					t.Errorf("%s, operation %d, %v, fails with %v: %s", s.name, n, op, errno, wrong)
				}
			}
		}
		disks += len(all)
	}
	t.Logf("crash: %d different disks after %d injected errors", disks, faults)
}

// fail plays the scene with errno in its n-th operation.
func (s scene) fail(n int, errno syscall.Errno, all judged) string {
	i, hit := -1, crash.Op{}
	d, wrong := s.play(func(d *crash.Disk) {
		d.Fault = func(op crash.Op) error {
			if i++; i != n {
				return nil
			}
			hit = op
			return errno
		}
	})
	if wrong == "" {
		wrong = s.judge(d, all)
	}
	for name := range d.Files() {
		if wrong == "" && strings.Contains(name, ".wholly-") && hit.Kind != "unlink" {
			wrong = "left behind: " + name
		}
	}
	return wrong
}
