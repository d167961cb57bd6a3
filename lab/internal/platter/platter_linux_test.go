package platter_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wholly-go/wholly/lab/internal/platter"
	"github.com/wholly-go/wholly/lab/internal/tape"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		if err := platter.Serve(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// need skips where the machine has no FUSE for us, and fails where it must.
func need(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err == nil {
		f.Close()
	}
	if os.Geteuid() != 0 && err == nil {
		err = errors.New("not root")
	}
	switch {
	case err == nil:
	case os.Getenv("WHOLLY_REQUIRE") == "1" || os.Getenv("LAB") == "require":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

func serve() []string { return []string{os.Args[0], "serve"} }

func newDrive(t *testing.T, blocks int) *platter.Drive {
	t.Helper()
	need(t)
	image := filepath.Join(t.TempDir(), "image")
	content := make([]byte, blocks*tape.Block)
	copy(content[tape.Block:], "was here")
	if err := os.WriteFile(image, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := platter.Start(serve(), t.TempDir(), image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestRecordsInOrder: writes, flushes and marks are one list, and what was read
// from the disk meanwhile is what had been written.
func TestRecordsInOrder(t *testing.T) {
	d := newDrive(t, 8)
	f, err := os.OpenFile(d.DiskPath(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	marks, err := os.OpenFile(d.MarksPath(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer marks.Close()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(marks.WriteString("begin\n"))
	must(f.WriteAt([]byte("one"), 100))
	must(nil, f.Sync())
	must(f.WriteAt([]byte("two"), tape.Block-1))
	must(marks.WriteString("ack\nend\n"))
	if _, err := f.WriteAt([]byte("over"), 8*tape.Block-2); err == nil {
		t.Error("a write beyond the end was taken")
	}

	got := make([]byte, 12)
	must(f.ReadAt(got, tape.Block-2))
	if want := []byte("\x00twos here\x00\x00"); !bytes.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}

	tp := saved(t, d)
	var story []string
	for _, e := range tp.Events {
		story = append(story, e.String())
	}
	want := "-- begin; write 100+3; flush; write 4095+3; -- ack; -- end"
	if got := strings.Join(story, "; "); got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if len(tp.Base) != 1 || tp.Size != 8*tape.Block {
		t.Errorf("the base has %d blocks of a disk of %d bytes", len(tp.Base), tp.Size)
	}
}

func saved(t *testing.T, d *platter.Drive) *tape.Tape {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tape")
	if err := d.Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tp, err := tape.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

// TestFails: chosen writes fail, all others go on, and a healed disk takes them.
func TestFails(t *testing.T) {
	d := newDrive(t, 4)
	if err := d.Fail([]byte("poison")); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(d.DiskPath(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("some poison here"), 0); !errors.Is(err, syscall.EIO) {
		t.Errorf("the poisoned write returned %v, want EIO", err)
	}
	if _, err := f.WriteAt([]byte("water"), 0); err != nil {
		t.Error(err)
	}
	if n, err := d.Failed(); n != 1 || err != nil {
		t.Errorf("%d writes failed (%v), want 1", n, err)
	}
	if err := d.Fail(nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("poison"), 0); err != nil {
		t.Errorf("the healed disk refuses: %v", err)
	}
}

// TestPlays: each cut of a recording is a disk of its own, and what was written
// to the one before is gone.
func TestPlays(t *testing.T) {
	need(t)
	tp := &tape.Tape{Size: 2 * tape.Block, Base: tape.Blocks{}, Events: []tape.Event{
		{Kind: tape.Write, Data: []byte("aa")}, {Kind: tape.Flush},
		{Kind: tape.Write, Data: []byte("b")}, {Kind: tape.Write, Off: 1, Data: []byte("c")},
	}}
	path := filepath.Join(t.TempDir(), "tape")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tp.Encode(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	d, err := platter.Play(serve(), t.TempDir(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, tc := range []struct {
		cut  tape.Cut
		want string
	}{
		{tape.Cut{At: 0, Torn: -1}, "\x00\x00"},
		{tape.Cut{At: 4, Torn: -1}, "aa"},
		{tape.Cut{At: 4, Keep: []int{3}, Torn: -1}, "ac"},
		{tape.Cut{At: 4, Keep: []int{2, 3}, Torn: -1}, "bc"},
		{tape.Cut{At: 2, Torn: -1}, "aa"},
		{tape.Cut{At: 1, Torn: -1}, "\x00\x00"},
	} {
		if err := d.Cut(tc.cut); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(d.DiskPath(), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 2)
		if _, err := f.ReadAt(got, 0); err != nil || string(got) != tc.want {
			t.Errorf("cut %v holds %q (%v), want %q", tc.cut, got, err, tc.want)
		}
		if _, err := f.WriteAt([]byte("zz"), 0); err != nil {
			t.Error(err)
		}
		f.Close()
	}
	if err := d.Cut(tape.Cut{At: 2, Keep: []int{0}, Torn: -1}); err == nil {
		t.Error("a write that was flushed cannot be chosen")
	}
}

// TestSaysWhatIsWrong: a disk that cannot be put in is a clear error, and
// nothing stays mounted.
func TestSaysWhatIsWrong(t *testing.T) {
	need(t)
	dir := t.TempDir()
	if _, err := platter.Start(serve(), dir, filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) && (err == nil || !strings.Contains(err.Error(), "no such file")) {
		t.Errorf("a missing image: %v", err)
	}
	if table, _ := os.ReadFile("/proc/self/mounts"); strings.Contains(string(table), dir) {
		t.Error("something is still mounted")
	}
}
