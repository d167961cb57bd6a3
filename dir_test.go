package wholly

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func links(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
}

func TestDirCannotBeLeft(t *testing.T) { // P10, anchors P6
	links(t)
	base := t.TempDir()
	inside, outside := filepath.Join(base, "in"), filepath.Join(base, "out")
	for _, d := range []string{inside, outside, filepath.Join(inside, "sub")} {
		os.Mkdir(d, 0o700)
	}
	put(t, filepath.Join(outside, "f"), "theirs")
	os.Symlink(outside, filepath.Join(inside, "dirlink"))
	os.Symlink("../out", filepath.Join(inside, "rellink"))
	os.Symlink(filepath.Join(outside, "f"), filepath.Join(inside, "abs"))
	os.Symlink("../out/f", filepath.Join(inside, "rel"))
	os.Symlink("../out/new", filepath.Join(inside, "dangling"))
	os.Symlink("sub/../../out/f", filepath.Join(inside, "winding"))
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	byRoot, err := Policy{MkdirMode: 0o700}.DirIn(root)
	if err != nil {
		t.Fatal(err)
	}
	root.Close()
	byPath, err := OpenDir(inside)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dir{byRoot, byPath} {
		for _, name := range []string{"../out/f", "../new", "sub/../../out/f", outside + "/f", "dirlink/f", "rellink/f", "rellink/new/f", "abs", "rel", "dangling", "winding"} {
			if err := d.WriteFile(name, []byte("ours"), 0o600); err == nil {
				t.Errorf("wrote %s", name)
			}
			if _, err := d.ReadFile(name); err == nil {
				t.Errorf("read %s", name)
			}
			if err := d.Update(ctx, name, 0o600, func([]byte) ([]byte, error) { return []byte("ours"), nil }); err == nil {
				t.Errorf("updated %s", name)
			}
			if _, err := d.Restore(ctx, name, 1); err == nil {
				t.Errorf("restored %s", name)
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, outside); got != "f" || content(t, filepath.Join(outside, "f")) != "theirs" {
		t.Errorf("outside: %s", got)
	}
	if got := names(t, inside); strings.Contains(got, "wholly") {
		t.Errorf("left behind: %s", got)
	}
}

func TestDirFollowsLinksWithin(t *testing.T) {
	links(t)
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "a/b"), 0o700)
	os.Symlink("../c/f", filepath.Join(dir, "a/link"))
	os.Symlink("link", filepath.Join(dir, "a/twice"))
	os.Mkdir(filepath.Join(dir, "c"), 0o700)
	d, err := Policy{Keep: 1}.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range []string{"a/twice", "a/b/../link", "c/f"} {
		if err := d.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := content(t, filepath.Join(dir, "c/f")); got != name {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := names(t, filepath.Join(dir, "c")); got != "f f.bak" {
		t.Errorf("versions stand where the file is: %s", got)
	}
	if got := names(t, filepath.Join(dir, "a")); got != "b link twice" {
		t.Errorf("the links: %s", got)
	}
}

func TestDirGoesOnUnderAnotherName(t *testing.T) { // P7, P8 of the matrix
	if runtime.GOOS == "windows" {
		t.Skip("an open directory cannot be renamed there")
	}
	base := t.TempDir()
	old, new := filepath.Join(base, "old"), filepath.Join(base, "new")
	d, err := Policy{MkdirMode: 0o700, Keep: 1}.OpenDir(filepath.Join(old, "deep"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, s := range []string{"1", "2"} {
		if err := d.WriteFile("f", []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Rename(old, new)
	}
	if got := content(t, filepath.Join(new, "deep", "f")); got != "2" {
		t.Error(got)
	}
	if err := d.With(Policy{}).WriteFile("sub/f", nil, 0o600); err == nil {
		t.Error("a missing parent was made without a MkdirMode")
	}
	if err := d.WriteFile("sub/f", []byte("3"), 0o600); err != nil || content(t, filepath.Join(new, "deep", "sub", "f")) != "3" {
		t.Error(err)
	}
}

func TestSymlinkPolicies(t *testing.T) { // T1, T2, T3
	links(t)
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, "real"), 0o700)
	target, link := filepath.Join(dir, "real", "f"), filepath.Join(dir, "link")
	os.Symlink("real/f", link)
	if err := WriteFile(link, []byte("1"), 0o600); err != nil { // dangling: creates the file
		t.Fatal(err)
	}
	if err := WriteFile(link, []byte("2"), 0o600); err != nil {
		t.Fatal(err)
	}
	if fi, _ := os.Lstat(link); fi.Mode()&fs.ModeSymlink == 0 || content(t, target) != "2" {
		t.Error("Follow did not leave the link alone")
	}
	failed(t, Policy{Links: Refuse}.WriteFile(link, nil, 0o600), Old, ErrSymlink)
	failed(t, Policy{Links: Replace, If: IfAbsent}.WriteFile(link, nil, 0o600), Old, ErrExists)
	if err := (Policy{Links: Replace, Keep: 1}).WriteFile(link, []byte("3"), 0o640); err != nil {
		t.Fatal(err)
	}
	if fi, _ := os.Lstat(link); fi.Mode() != 0o640 || content(t, link) != "3" || content(t, target) != "2" {
		t.Errorf("Replace: %v, %q, %q", fi.Mode(), content(t, link), content(t, target))
	}
	os.Symlink("loop", filepath.Join(dir, "loop"))
	failed(t, WriteFile(filepath.Join(dir, "loop"), nil, 0o600), Old, syscall.ELOOP)
	os.Symlink("real", filepath.Join(dir, "dirlink"))
	failed(t, WriteFile(filepath.Join(dir, "dirlink"), nil, 0o600), Old, syscall.EISDIR)
	os.Symlink("nowhere/", filepath.Join(dir, "slash"))
	if err := WriteFile(filepath.Join(dir, "slash"), nil, 0o600); err == nil {
		t.Error("a link to a directory that is not there was written to")
	}
}

func TestLinkPlantedAfterCreate(t *testing.T) { // T5
	links(t)
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "f")
	put(t, victim, "theirs")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("ours"))
	os.Symlink("victim", path)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if fi, _ := os.Lstat(path); !fi.Mode().IsRegular() || content(t, victim) != "theirs" || content(t, path) != "ours" {
		t.Error("written through a planted link")
	}
}

func TestHardLinks(t *testing.T) { // T11
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	if err := os.Link(path, filepath.Join(dir, "other")); err != nil {
		t.Skip(err)
	}
	failed(t, Policy{HardLinks: RefuseHardLinks}.WriteFile(path, nil, 0o600), Old, ErrHardLinks)
	res, err := Policy{}.WriteFrom(ctx, path, strings.NewReader("new"), 0o600)
	if err != nil || res.OtherLinks != 1 || content(t, filepath.Join(dir, "other")) != "old" {
		t.Errorf("%+v, %v", res, err)
	}
	// A backup that shares the content with the file, as a crash between two
	// steps leaves it, is not another name.
	os.Link(path, path+".bak")
	if err := (Policy{HardLinks: RefuseHardLinks, Keep: 1}).WriteFile(path, []byte("3"), 0o600); err != nil {
		t.Error(err)
	}
}

func TestSpecialFilesAreRefusedAtOnce(t *testing.T) { // T7, T8, T9
	if runtime.GOOS == "windows" {
		t.Skip("there are none to make there")
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	makeFIFO(t, fifo)
	for _, name := range []string{fifo, "/dev/null"} {
		failed(t, WriteFile(name, nil, 0o600), Old, ErrNotRegular)
		_, err := ReadFile(name)
		failed(t, err, Old, ErrNotRegular)
		failed(t, Update(ctx, name, 0o600, func([]byte) ([]byte, error) { return nil, nil }), Old, ErrNotRegular)
	}
}

func TestBackupThatIsNotAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	os.Mkdir(path+".bak", 0o700)
	put(t, filepath.Join(path+".bak", "x"), "x")
	failed(t, Policy{Keep: 1}.WriteFile(path, []byte("new"), 0o600), Old, syscall.EISDIR)
	if got := names(t, dir); got != "f f.bak" || content(t, path) != "old" {
		t.Errorf("%q in %s", content(t, path), got)
	}
	for v, err := range (Policy{}).Versions(path) {
		if v.Number > 0 && err == nil {
			t.Errorf("a directory is version %d", v.Number)
		}
	}
}

func ExampleDir() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	d, err := Policy{Keep: 2}.OpenDir(dir)
	if err != nil {
		panic(err)
	}
	defer d.Close()
	for _, s := range []string{"one", "two"} {
		if err := d.WriteFile("state", []byte(s), 0o600); err != nil {
			panic(err)
		}
	}
	for v, err := range d.Versions("state") {
		fmt.Println(v.Number, v.Name, v.Size, err)
	}
	fmt.Println(d.WriteFile("../elsewhere", nil, 0o600) != nil)
	// Output:
	// 0 state 3 <nil>
	// 1 state.bak 3 <nil>
	// true
}
