package wholly

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/internal/disk"
)

// modes describes every file in dir, so that a test can insist on all of them.
func modes(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		name := e.Name()
		if i := strings.Index(name, badSuffix); i >= 0 {
			name = name[:i+len(badSuffix)] + "TIME"
		}
		all = append(all, name+" "+info.Mode().String())
	}
	return strings.Join(all, ", ")
}

func TestPrivate(t *testing.T) { // P10
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about others there")
	}
	const none fs.FileMode = 0
	check := JSON
	for _, tc := range []struct {
		name   string
		policy Policy
		mode   fs.FileMode // of the file before; 0 is no file
		bak    fs.FileMode
		data   string // in the file before
		want   string
	}{
		{"new", Policy{}, none, none, "", "f -rw-------"},
		{"wide", Policy{}, 0o644, none, "1", "f -rw-------"},
		{"stricter stays", Policy{}, 0o400, none, "1", "f -r--------"},
		{"other bits stay", Policy{}, 0o755, none, "1", "f -rwx------"},
		{"an old version is left alone without Keep", Policy{}, 0o644, 0o644, "1", "f -rw-------, f.bak -rw-r--r--"},
		{"keep", Policy{Keep: 1}, 0o644, none, "1", "f -rw-------, f.bak -rw-------"},
		{"keep a stricter one", Policy{Keep: 1}, 0o400, none, "1", "f -r--------, f.bak -r--------"},
		{"rotate", Policy{Keep: 2}, 0o664, 0o644, "1", "f -rw-------, f.bak -rw-------, f.bak.2 -rw-------"},
		{"set aside", Policy{Keep: 1, Check: check}, 0o644, 0o644, "[torn", "f -rw-------, f.bad-TIME -rw-------, f.bak -rw-r--r--"},
	} {
		if tc.mode == 0o400 && os.Getuid() != 0 {
			continue // only root may replace a file it may not write
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		for name, mode := range map[string]fs.FileMode{path: tc.mode, path + ".bak": tc.bak} {
			if mode != none {
				put(t, name, tc.data)
				os.Chmod(name, mode)
			}
		}
		tc.policy.Private = true
		if err := tc.policy.WriteFile(path, []byte("2"), 0o666); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if got := modes(t, dir); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestPrivateVerbs(t *testing.T) { // P10
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about others there")
	}
	p := Policy{Private: true, Keep: 1, Check: JSON, MkdirMode: 0o755}
	for name, do := range map[string]func(path string) error{
		"update": func(path string) error {
			return p.Update(ctx, path, 0o666, func([]byte) ([]byte, error) { return []byte("3"), nil })
		},
		"restore": func(path string) error { _, err := p.Restore(ctx, path, 1); return err },
		"recover": func(path string) error {
			put(t, path, "[torn")
			_, err := p.ReadFile(path)
			if rec := (*Recovered)(nil); errors.As(err, &rec) {
				return rec.Repair
			}
			return err
		},
	} {
		top := t.TempDir()
		path := filepath.Join(top, "d", "f")
		for _, data := range []string{"1", "2"} {
			if err := p.WriteFile(path, []byte(data), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		os.Chmod(path, 0o644)
		if err := do(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := modes(t, top) + " " + modes(t, filepath.Dir(path)); strings.Contains(strings.ReplaceAll(got, "---", ""), "r-") {
			t.Errorf("%s: %s", name, got)
		}
	}
	d, err := p.OpenDir(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.WriteFile("c/f", []byte("1"), 0o666); err != nil {
		t.Fatal(err)
	}
	if info, err := d.verbs.base.Lstat("c"); err != nil || info.Mode.Perm() != 0o700 {
		t.Errorf("a directory made inside is %v, %v", info.Mode, err)
	}
	if info, err := d.verbs.base.Stat("."); err != nil || info.Mode.Perm() != 0o700 {
		t.Errorf("the opened directory is %v, %v", info.Mode, err)
	}
}

// TestPrivateAfterAWriterDied finds the newest version to be a second name of
// the file, as a write that was cut off there leaves it.
func TestPrivateAfterAWriterDied(t *testing.T) { // P10
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about others there")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "1")
	if err := errors.Join(os.Chmod(path, 0o644), os.Link(path, path+".bak")); err != nil {
		t.Skip(err)
	}
	if err := (Policy{Private: true, Keep: 1}).WriteFile(path, []byte("2"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := modes(t, dir) + " " + content(t, path+".bak"); got != "f -rw-------, f.bak -rw------- 1" {
		t.Error(got)
	}
}

// acl is a POSIX access list that lets one more user read.
func acl() []byte {
	list := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range [][3]uint32{{1, 6, 1<<32 - 1}, {2, 4, 1234}, {4, 0, 1<<32 - 1}, {0x10, 4, 1<<32 - 1}, {0x20, 0, 1<<32 - 1}} {
		list = binary.LittleEndian.AppendUint16(list, uint16(e[0]))
		list = binary.LittleEndian.AppendUint16(list, uint16(e[1]))
		list = binary.LittleEndian.AppendUint32(list, e[2])
	}
	return list
}

func TestPrivateDropsTheAccessList(t *testing.T) { // P10
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "1")
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f, err := d.verbs.base.OpenWrite("f")
	if err == nil {
		err = f.SetAttr(disk.ACL, acl())
		f.Close()
	}
	if err != nil {
		t.Skipf("no access lists here: %v", err)
	}
	lists := func(name string) bool {
		attrs, err := d.verbs.base.Attrs(name)
		if err != nil {
			t.Fatal(err)
		}
		return hasACL(attrs)
	}
	if err := d.WriteFile("f", []byte("2"), 0o600); err != nil || !lists("f") {
		t.Fatalf("without Private the list is carried over: %v, %v", lists("f"), err)
	}
	if err := d.With(Policy{Private: true, Keep: 1}).WriteFile("f", []byte("3"), 0o600); err != nil {
		t.Fatal(err)
	}
	if lists("f") {
		t.Error("the private file has an access list")
	}
	if got := modes(t, dir); got != "f -rw-------, f.bak -rw-------" { // with an empty mask the version's list grants nothing
		t.Error(got)
	}
}
