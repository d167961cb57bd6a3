//go:build windows

package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

func TestReaderOfThisPackageStopsNoWriter(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "a", "old").Close()
	reader, err := d.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	write(t, d, "temp", "new").Close()
	if err := d.Rename("temp", "a"); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(reader); err != nil || string(data) != "old" {
		t.Errorf("the reader sees %q, %v", data, err)
	}
	if got := read(t, d, "a"); got != "new" {
		t.Errorf("the name shows %q", got)
	}
}

func TestForeignReaderIsWaitedFor(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	for what, change := range map[string]func() error{
		"Rename": func() error { return d.Rename("temp", "a") },
		"Remove": func() error { return d.Remove("a") },
	} {
		write(t, d, "a", "old").Close()
		write(t, d, "temp", "new").Close()
		foreign, err := os.Open(filepath.Join(path, "a")) // does not share deletion
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan time.Time, 1)
		time.AfterFunc(300*time.Millisecond, func() {
			closed <- time.Now()
			foreign.Close()
		})
		if err := change(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if done := time.Now(); done.Before(<-closed) {
			t.Errorf("%s did not wait", what)
		}
		d.Remove("a")
		d.Remove("temp")
	}
}

func TestForeignReaderIsNotWaitedForLong(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	write(t, d, "a", "old").Close()
	write(t, d, "temp", "new").Close()
	foreign, err := os.Open(filepath.Join(path, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if err := d.Writable("a", lstat(t, d, "a")); err != nil {
		t.Errorf("Writable: %v", err)
	}
	start := time.Now()
	if err := d.Rename("temp", "a"); err == nil {
		t.Fatal("replaced under a reader that does not share deletion")
	}
	if took := time.Since(start); took < patience || took > 2*patience {
		t.Errorf("took %v", took)
	}
	if read(t, d, "a") != "old" || read(t, d, "temp") != "new" {
		t.Error("a failed rename changed something")
	}
}

func TestRefusalIsBelievedAtOnce(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "temp", "new").Close()
	f := write(t, d, "fixed", "old")
	if err := errors.Join(f.Chmod(0o444), f.Close(), d.Mkdir("dir", 0o777)); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	wants(t, "over a read-only file", d.Rename("temp", "fixed"), fs.ErrPermission)
	if err := d.Rename("temp", "dir"); err == nil {
		t.Error("a file replaced a directory")
	}
	_, err := d.OpenWrite("fixed")
	wants(t, "OpenWrite", err, fs.ErrPermission)
	if took := time.Since(start); took > patience/2 {
		t.Errorf("took %v", took)
	}
	if got := read(t, d, "fixed"); got != "old" {
		t.Errorf("%q", got)
	}
}

func TestNamesThatWindowsWouldChangeAreRefused(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	for _, name := range []string{"", ".", "..", "a.", "a ", "a:stream", "NUL", "CONIN$", "com1.txt", `a\b`, "a/b", "a*b", "a?"} {
		_, err := d.Create(name, 0o666)
		if err == nil {
			t.Errorf("created %q", name)
		}
		write(t, d, "from", "").Close()
		if err := d.Rename("from", name); err == nil {
			t.Errorf("renamed to %q", name)
		}
		if err := d.Remove("from"); err != nil {
			t.Fatalf("from, after %q: %v", name, err)
		}
	}
	if info, err := d.Lstat("nul"); err != nil || info.Mode.IsRegular() {
		t.Errorf("a device is %v, %v", info.Mode, err)
	}
	_, err := d.Create(strings.Repeat("n", 256), 0o666)
	wants(t, "256 letters", err, syscall.ENAMETOOLONG)
	if err := valid(strings.Repeat("ä", 255)); err != nil {
		t.Errorf("255 letters of two bytes: %v", err)
	}
	write(t, d, strings.Repeat("n", 255), "").Close()
	if entries, err := os.ReadDir(path); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestOpenDirectoryMayBeRenamed(t *testing.T) {
	top := t.TempDir()
	from, to := filepath.Join(top, "from"), filepath.Join(top, "to")
	if err := os.Mkdir(from, 0o777); err != nil {
		t.Fatal(err)
	}
	d := open(t, from)
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	write(t, d, "a", "content").Close()
	if data, err := os.ReadFile(filepath.Join(to, "a")); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestLockLeavesTheContentFree(t *testing.T) {
	d := open(t, t.TempDir())
	locked(t, write(t, d, "a", "content"), true)
	other, err := d.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	// Windows keeps others from reading what a lock covers. This one covers
	// nothing if 2^62 bytes from the start can be locked beside it.
	err = windows.LockFileEx(windows.Handle(other.(*rootFile).f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 0, 1<<30, &windows.Overlapped{})
	if err != nil {
		t.Error(err)
	}
}

func TestAccessListIsCarriedOver(t *testing.T) {
	d := open(t, t.TempDir())
	write(t, d, "old", "").Close()
	f, err := d.(*rootDir).at("old", windows.READ_CONTROL|windows.WRITE_DAC, windows.FILE_OPEN, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	// Another list than the directory gives: full access for everyone.
	me, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	sd, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + me.User.Sid.String() + ")(A;;FA;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	err = windows.SetSecurityInfo(f, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err := errors.Join(err, windows.CloseHandle(f)); err != nil {
		t.Fatal(err)
	}
	want, err := d.Attrs("old")
	if err != nil || len(want) != 1 || want[0].Name != dacl {
		t.Fatalf("%v, %v", want, err)
	}
	temp := write(t, d, "temp", "")
	before, err := temp.Attrs()
	if err != nil || len(before) != 1 || string(before[0].Value) == string(want[0].Value) {
		t.Fatalf("a new file has %s, %v", before, err)
	}
	if err := temp.SetAttr(dacl, want[0].Value); err != nil {
		t.Fatal(err)
	}
	got, err := temp.Attrs()
	if err != nil || len(got) != 1 || string(got[0].Value) != string(want[0].Value) {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
