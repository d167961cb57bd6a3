package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// What the library relies on, asked of the driver on a real directory.

func open(t *testing.T, path string) Dir {
	t.Helper()
	d, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func write(t *testing.T, d Dir, name, content string) File {
	t.Helper()
	f, err := d.Create(name, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, d Dir, name string) string {
	t.Helper()
	f, err := d.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func lstat(t *testing.T, d Dir, name string) Info {
	t.Helper()
	info, err := d.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// identified skips where a file has no number.
func identified(t *testing.T, info Info) {
	t.Helper()
	if info.Ino == 0 {
		t.Skip("files have no number here")
	}
}

func TestFileIsReadAsWritten(t *testing.T) {
	d := open(t, t.TempDir())
	f := write(t, d, "a", "content")
	if err := f.Truncate(4); err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 2)
	if _, err := f.ReadAt(part, 1); err != nil || string(part) != "on" {
		t.Errorf("ReadAt: %q, %v", part, err)
	}
	if _, err := f.Write([]byte("!")); err != nil { // at the position, not at the end
		t.Fatal(err)
	}
	if at, err := f.Seek(-1, io.SeekEnd); err != nil || at != 7 {
		t.Errorf("Seek: %d, %v", at, err)
	}
	if _, err := f.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Flush()); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, d, "a"), "cont\x00\x00\x00?"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	mine, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if !mine.Mode.IsRegular() || mine.Size != 8 || mine.Modified.IsZero() {
		t.Errorf("%+v", mine)
	}
	identified(t, mine)
	if named := lstat(t, d, "a"); !named.Same(mine) || named.Links != 1 {
		t.Errorf("by name %+v, by handle %+v", named, mine)
	}
}

func TestEachOpenSaysWhatIsMissingOrThere(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	write(t, d, "a", "old")
	_, err := d.Create("a", 0o666)
	wants(t, "Create", err, fs.ErrExist)
	for what, open := range map[string]func(string) (File, error){"Open": d.Open, "OpenWrite": d.OpenWrite} {
		_, err := open("b")
		wants(t, what, err, fs.ErrNotExist)
	}
	_, err = d.Lstat("b")
	wants(t, "Lstat", err, fs.ErrNotExist)
	_, err = d.Stat("b")
	wants(t, "Stat", err, fs.ErrNotExist)
	_, err = d.OpenDir("b")
	wants(t, "OpenDir", err, fs.ErrNotExist)
	_, err = d.OpenDir("a")
	wants(t, "OpenDir of a file", err, syscall.ENOTDIR)
	_, err = OpenDir(filepath.Join(path, "a"))
	wants(t, "OpenDir of a file by path", err, syscall.ENOTDIR)
	wants(t, "Remove", d.Remove("b"), fs.ErrNotExist)
	wants(t, "Rename", d.Rename("b", "c"), fs.ErrNotExist)
	wants(t, "Mkdir", d.Mkdir("a", 0o777), fs.ErrExist)
	for _, name := range []string{"a", "b"} {
		f, err := d.OpenCreate(name, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if read(t, d, "a") != "old" || read(t, d, "b") != "" {
		t.Error("OpenCreate changed a content")
	}
}

func TestOpenFileTakesAnothersName(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "a", "old").Close()
	f := write(t, d, "temp", "new")
	if err := d.Rename("temp", "a"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "a"); got != "new" {
		t.Errorf("%q under the name", got)
	}
	if _, err := d.Lstat("temp"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old name: %v", err)
	}
	mine, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	identified(t, mine)
	if named := lstat(t, d, "a"); !named.Same(mine) {
		t.Errorf("the name leads to %+v, the handle to %+v", named, mine)
	}
}

func TestRenameNewReplacesNothing(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "a", "old")
	f := write(t, d, "temp", "new")
	err := d.RenameNew("temp", "b")
	if errors.Is(err, ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "RenameNew", d.RenameNew("b", "a"), fs.ErrExist)
	if read(t, d, "a") != "old" || read(t, d, "b") != "new" {
		t.Error("the content moved")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLinkIsASecondNameForTheFile(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "a", "content").Close()
	if err := d.Link("a", "b"); err != nil {
		t.Fatal(err)
	}
	wants(t, "Link", d.Link("a", "b"), fs.ErrExist)
	a := lstat(t, d, "a")
	identified(t, a)
	if b := lstat(t, d, "b"); !a.Same(b) || a.Links != 2 || b.Links != 2 {
		t.Errorf("%+v and %+v", a, b)
	}
	write(t, d, "temp", "new").Close()
	if err := d.Rename("temp", "a"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "b"); got != "content" {
		t.Errorf("the second name shows %q after the first was replaced", got)
	}
}

func TestNamesAreAllThere(t *testing.T) {
	d := open(t, t.TempDir())
	var want []string
	for i := range 2500 {
		name := fmt.Sprintf(".n%04d", i)
		f, err := d.Create(name, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		want = append(want, name)
	}
	for range 2 { // a second pass starts from the beginning
		var got []string
		for name, err := range d.Names() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%d names, want %d", len(got), len(want))
		}
	}
	for range d.Names() {
		break
	}
}

func locked(t *testing.T, f File, want bool) {
	t.Helper()
	held, err := f.TryLock()
	if errors.Is(err, ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil || held != want {
		t.Fatalf("TryLock: %v, %v; want %v", held, err, want)
	}
}

func TestLockIsOneHandlesAndStopsNoReader(t *testing.T) {
	d := open(t, t.TempDir())
	first := write(t, d, "a", "content")
	locked(t, first, true)
	second, err := d.OpenWrite("a")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	locked(t, second, false)
	if got := read(t, d, "a"); got != "content" {
		t.Errorf("read %q", got)
	}
	if _, err := second.Write([]byte("C")); err != nil {
		t.Errorf("write beside the lock: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	locked(t, second, true)
	third, err := d.Open("a") // a reader may lock too
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	locked(t, third, false)
}

func TestRemovedNameIsFreeWhileItsFileIsOpen(t *testing.T) {
	d := open(t, t.TempDir())
	f := write(t, d, "a", "old")
	if err := d.Remove("a"); err != nil {
		t.Fatal(err)
	}
	_, err := d.Lstat("a")
	wants(t, "Lstat", err, fs.ErrNotExist)
	_, err = d.Open("a")
	wants(t, "Open", err, fs.ErrNotExist)
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if info.Links != 0 {
		t.Errorf("%d links to a removed file", info.Links)
	}
	write(t, d, "a", "new")
	if got := read(t, d, "a"); got != "new" {
		t.Errorf("%q", got)
	}
}

func TestRemoveKeepsToItsKind(t *testing.T) {
	base := t.TempDir()
	d := open(t, base)
	write(t, d, "file", "").Close()
	if err := d.Mkdir("dir", 0o777); err != nil {
		t.Fatal(err)
	}
	sub := open(t, filepath.Join(base, "dir"))
	write(t, sub, "inner", "").Close()
	wants(t, "Remove of a directory", d.Remove("dir"), syscall.EISDIR)
	wants(t, "RemoveDir of a file", d.RemoveDir("file"), syscall.ENOTDIR)
	if err := d.RemoveDir("dir"); err == nil {
		t.Error("a directory went with its content")
	}
	if err := errors.Join(sub.Remove("inner"), sub.Close(), d.RemoveDir("dir"), d.Remove("file")); err != nil {
		t.Error(err)
	}
}

func TestDirectoryIsSyncedOrSaysNo(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "a", "content").Close()
	err := d.Sync()
	if err != nil && !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	t.Logf("sync of a directory: %v", err)
}

func TestReadOnlyFileIsNotWritable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("everything is writable for root")
	}
	d := open(t, t.TempDir())
	write(t, d, "free", "").Close()
	if err := d.Writable("free", lstat(t, d, "free")); err != nil {
		t.Error(err)
	}
	f := write(t, d, "fixed", "")
	if err := errors.Join(f.Chmod(0o444), f.Close()); err != nil {
		t.Fatal(err)
	}
	info := lstat(t, d, "fixed")
	if info.Mode&0o222 != 0 {
		t.Errorf("mode %v", info.Mode)
	}
	wants(t, "Writable", d.Writable("fixed", info), fs.ErrPermission)
	if err := d.Remove("fixed"); err != nil {
		t.Errorf("Remove: %v", err)
	}
}

// tree makes outside/, root/a/, root/b/ and returns the path above.
func tree(t *testing.T) string {
	top := t.TempDir()
	for _, dir := range []string{"outside", "root/a", "root/b"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, dir, "here"), []byte(dir), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

func leads(t *testing.T, d Dir, path, want string) {
	t.Helper()
	sub, err := d.OpenDir(path)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	defer sub.Close()
	if got := read(t, sub, "here"); got != want {
		t.Errorf("%s leads to %s, want %s", path, got, want)
	}
}

func TestDirectoryLeadsAnywhere(t *testing.T) {
	top := tree(t)
	a := open(t, filepath.Join(top, "root", "a"))
	leads(t, a, ".", "root/a")
	leads(t, a, "../b", "root/b")
	leads(t, a, "../../outside", "outside")
	leads(t, a, filepath.Join(top, "outside"), "outside")
	_, err := a.OpenDir("")
	wants(t, "empty path", err, fs.ErrNotExist)
	t.Chdir(top)
	leads(t, open(t, "root"), "a", "root/a")
}

func TestConfinedDirectoryIsNeverLeft(t *testing.T) {
	top := tree(t)
	root, err := os.OpenRoot(filepath.Join(top, "root"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := InRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := root.Close(); err != nil {
		t.Fatal(err)
	}
	leads(t, d, "a", "root/a")
	a, err := d.OpenDir("a")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	leads(t, a, "../b", "root/b")
	leads(t, a, ".", "root/a")
	for _, path := range []string{"../..", "../../outside", "../../root/b", filepath.Join(top, "outside"), filepath.Join(top, "root", "b")} {
		if sub, err := a.OpenDir(path); err == nil {
			sub.Close()
			t.Errorf("%s was opened", path)
		}
	}
	if info, err := a.Stat("here"); err != nil || info.Size != int64(len("root/a")) {
		t.Errorf("Stat: %+v, %v", info, err)
	}
	_, err = d.OpenDir("a/here")
	wants(t, "OpenDir of a file", err, syscall.ENOTDIR)
}

func TestLinkIsFollowedByStatAndOpenDirOnly(t *testing.T) {
	top := tree(t)
	for link, to := range map[string]string{"in": "here", "out": "../../outside/here", "dir": "../b", "away": "../../outside"} {
		if err := os.Symlink(filepath.FromSlash(to), filepath.Join(top, "root", "a", link)); err != nil {
			t.Skip(err)
		}
		if _, err := os.Lstat(filepath.Join(top, "root", "a", link)); err != nil {
			t.Skipf("made, it is said, but not there: %v", err)
		}
	}
	free := open(t, filepath.Join(top, "root", "a"))
	root, err := os.OpenRoot(filepath.Join(top, "root"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	base, err := InRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	confined, err := base.OpenDir("a")
	if err != nil {
		t.Fatal(err)
	}
	defer confined.Close()
	for _, d := range []Dir{free, confined} {
		if info := lstat(t, d, "in"); info.Mode&fs.ModeSymlink == 0 {
			t.Errorf("mode of a link: %v", info.Mode)
		}
		if text, err := d.Readlink("in"); err != nil || text != "here" {
			t.Errorf("Readlink: %q, %v", text, err)
		}
		for what, open := range map[string]func(string) (File, error){"Open": d.Open, "OpenWrite": d.OpenWrite,
			"OpenCreate": func(name string) (File, error) { return d.OpenCreate(name, 0o666) }} {
			_, err := open("in")
			wants(t, what, err, errLink)
		}
		if info, err := d.Stat("in"); err != nil || !info.Mode.IsRegular() || info.Ino != lstat(t, d, "here").Ino {
			t.Errorf("Stat: %+v, %v", info, err)
		}
		leads(t, d, "dir", "root/b")
	}
	if _, err := free.Stat("out"); err != nil {
		t.Errorf("Stat: %v", err)
	}
	leads(t, free, "away", "outside")
	if _, err := confined.Stat("out"); err == nil {
		t.Error("Stat left the root")
	}
	if _, err := confined.OpenDir("away"); err == nil {
		t.Error("OpenDir left the root")
	}
}
