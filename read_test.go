package wholly

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// damaged makes a file with two versions and a torn current content.
func damaged(t *testing.T) (p Policy, dir, path string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "f")
	p = Policy{Keep: 3, Check: JSON}
	for _, s := range []string{"1", "2", "3"} {
		if err := p.WriteFile(path, []byte(s), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	put(t, path, "[torn")
	return p, dir, path
}

func TestReadRecovers(t *testing.T) { // P7
	p, dir, path := damaged(t)
	data, err := p.ReadFile(path)
	var rec *Recovered
	if !errors.As(err, &rec) || !errors.Is(err, ErrInvalid) || string(data) != "2" {
		t.Fatalf("%q, %v", data, err)
	}
	if rec.From != "f.bak" || rec.Version != VersionOf([]byte("2")) || rec.Repair != nil || rec.Path != path {
		t.Errorf("%+v", rec)
	}
	if got := content(t, filepath.Join(dir, rec.SetAside)); got != "[torn" {
		t.Errorf("set aside: %q", got)
	}
	if got := names(t, dir); got != "f "+rec.SetAside+" f.bak f.bak.2" {
		t.Errorf("in the directory: %s", got)
	}
	if fi, _ := os.Stat(path); fi.Mode() != 0o640 && runtime.GOOS != "windows" {
		t.Errorf("the mode became %v", fi.Mode())
	}
	if data, err := p.ReadFile(path); err != nil || string(data) != "2" {
		t.Errorf("the second read: %q, %v", data, err)
	}
}

func TestReadSkipsDamagedVersions(t *testing.T) {
	p, _, path := damaged(t)
	put(t, path+".bak", "")
	data, err := p.ReadFile(path)
	var rec *Recovered
	if !errors.As(err, &rec) || string(data) != "1" || rec.From != "f.bak.2" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestReadWithoutAnyGoodVersionTouchesNothing(t *testing.T) {
	p, dir, path := damaged(t)
	put(t, path+".bak", "[1")
	put(t, path+".bak.2", "")
	before := names(t, dir)
	data, err := p.ReadFile(path)
	failed(t, err, Old, ErrNoGoodVersion)
	if data != nil || !errors.Is(err, ErrInvalid) || names(t, dir) != before || content(t, path) != "[torn" {
		t.Errorf("%q, %v, %s", data, err, names(t, dir))
	}
}

func TestStrictReadDoesNotRecover(t *testing.T) {
	p, dir, path := damaged(t)
	p.Strict = true
	before := names(t, dir)
	_, err := p.ReadFile(path)
	failed(t, err, Old, ErrInvalid)
	if names(t, dir) != before {
		t.Error(names(t, dir))
	}
}

func TestReadServesWhatItCannotRepair(t *testing.T) {
	p, _, path := damaged(t)
	p.Wait = -1
	unlock := holdLock(t, path)
	data, err := p.ReadFile(path)
	unlock()
	var rec *Recovered
	if !errors.As(err, &rec) || string(data) != "2" || !errors.Is(rec.Repair, ErrBusy) || rec.SetAside != "" {
		t.Errorf("%q, %v", data, err)
	}
	if content(t, path) != "[torn" {
		t.Error("touched without the lock")
	}
}

func holdLock(t *testing.T, path string) (unlock func()) {
	t.Helper()
	tg, err := verbs{}.resolve(path)
	if err != nil {
		t.Fatal(err)
	}
	release, err := Policy{}.lock(ctx, &tg)
	if err != nil {
		t.Fatal(err)
	}
	return func() { release(); tg.close() }
}

func TestFewDamagedContentsAreKept(t *testing.T) {
	p, dir, path := damaged(t)
	for i := range 8 {
		put(t, path, "[torn "+strings.Repeat("x", i))
		if _, err := p.ReadFile(path); err == nil {
			t.Fatal("damage was not noticed")
		}
	}
	bad, _ := filepath.Glob(filepath.Join(dir, "f.bad-*"))
	if len(bad) != maxSetAside {
		t.Errorf("%d damaged contents: %v", len(bad), bad)
	}
	newest := false
	for _, name := range bad {
		newest = newest || content(t, name) == "[torn xxxxxxx"
	}
	if !newest {
		t.Error("the newest damaged content is gone")
	}
}

func TestUnreadableIsNotDamaged(t *testing.T) {
	p, dir, path := damaged(t)
	before := names(t, dir)
	broken := errors.New("disk says no")
	p.Check = func(r io.Reader) error { return nil }
	v := verbs{policy: p}
	err := checked(func(r io.Reader) error { _, err := io.ReadAll(r); return err }, readerFunc(func([]byte) (int, error) { return 0, broken }), 1)
	if !errors.Is(err, broken) || errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if _, err := v.readFile(path); err != nil || names(t, dir) != before {
		t.Error(err)
	}
}

func TestReadRefusesWhatIsNotAFile(t *testing.T) { // T6, T7
	dir := t.TempDir()
	for name, want := range map[string]error{dir: nil, os.DevNull: ErrNotRegular, filepath.Join(dir, "no"): fs.ErrNotExist} {
		_, err := ReadFile(name)
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadOfAGrowingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	big := strings.Repeat("0123456789abcdef", 1<<16)
	put(t, path, big)
	data, err := ReadFile(path)
	if err != nil || string(data) != big {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if cap(data) > len(data)+chunk {
		t.Errorf("%d bytes of memory for %d", cap(data), len(data))
	}
}

func TestUpdateStartsFromGoodContent(t *testing.T) {
	p, dir, path := damaged(t)
	err := p.Update(ctx, path, 0o600, func(old []byte) ([]byte, error) { return append(old, '0'), nil })
	var rec *Recovered
	if !errors.As(err, &rec) {
		t.Fatal(err)
	}
	if content(t, path) != "20" || content(t, filepath.Join(dir, rec.SetAside)) != "[torn" {
		t.Error(content(t, path))
	}
}

func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	p := Policy{Keep: 1}
	add := func(old []byte) ([]byte, error) { return append(old, 'x'), nil }
	if err := p.Update(ctx, path, 0o640, func(old []byte) ([]byte, error) {
		if old != nil {
			t.Errorf("no file, but %q", old)
		}
		return []byte{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.Update(ctx, path, 0o600, func(old []byte) ([]byte, error) {
		if old == nil {
			t.Error("an empty file is not a missing one")
		}
		return add(old)
	}); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	if err := p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, ErrUnchanged }); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("written although nothing changed")
	}
	no := errors.New("no")
	failed(t, p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, no }), Old, no)
	func() {
		defer func() { _ = recover() }()
		p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { panic("no") })
		t.Error("the panic was swallowed")
	}()
	if got := names(t, dir); got != "f f.bak" || content(t, path) != "x" {
		t.Errorf("%q in %s", content(t, path), got)
	}
}

// TestUpdateTellsItsOwnState: fn may fail over another file, whose errors say
// nothing about this one.
func TestUpdateTellsItsOwnState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put(t, path, "old")
	other := &Error{Op: "write", Path: "other", State: New, Err: ErrNotDurable}
	for _, cause := range []error{other, &Recovered{Path: "other", Damage: ErrInvalid}} {
		err := Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, cause })
		failed(t, err, Old, cause)
		var e *Error
		if errors.As(err, &e); e.Path != path || content(t, path) != "old" {
			t.Errorf("%v; the file holds %q", err, content(t, path))
		}
	}
}

func TestUpdateOfADamagedFileThatChangesNothingMendsIt(t *testing.T) { // P7
	no := errors.New("no")
	for _, cause := range []error{ErrUnchanged, no} {
		p, dir, path := damaged(t)
		err := p.Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return nil, cause })
		var rec *Recovered
		if cause == no {
			failed(t, err, Old, no)
		} else if !errors.As(err, &rec) || rec.Repair != nil {
			t.Errorf("%v", err)
		}
		if bad, _ := filepath.Glob(filepath.Join(dir, "f.bad-*")); content(t, path) != "2" || len(bad) != 1 {
			t.Errorf("%q, %v", content(t, path), bad)
		}
	}
}

func TestUpdateSeesWhatAWriterWithoutTheLockWrote(t *testing.T) { // P8
	path := filepath.Join(t.TempDir(), "f")
	put(t, path, "a")
	tries := 0
	err := Update(ctx, path, 0o600, func(old []byte) ([]byte, error) {
		if tries++; tries == 1 {
			if err := WriteFile(path, []byte("b"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return append(old, '+'), nil
	})
	if err != nil || tries != 2 || content(t, path) != "b+" {
		t.Errorf("%v after %d tries: %q", err, tries, content(t, path))
	}
}

func TestLockHasATimeLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put(t, path, "old")
	defer holdLock(t, path)()
	start := time.Now()
	failed(t, Policy{Wait: 30 * time.Millisecond}.Update(ctx, path, 0o600, nil), Old, ErrBusy)
	failed(t, Policy{Wait: -1, Keep: 1}.WriteFile(path, []byte("new"), 0o600), Old, ErrBusy)
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("waited %v", d)
	}
	if err := WriteFile(path, []byte("new"), 0o600); err != nil {
		t.Errorf("a plain write waits for nobody: %v", err)
	}
}
