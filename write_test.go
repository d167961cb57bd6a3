package wholly

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

var ctx = context.Background()

// names lists dir, so that a test can insist that nothing else is there.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func put(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// failed checks that err is an *Error of the given state and cause.
func failed(t *testing.T, err error, state State, cause error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *Error about %v", err, err, cause)
	}
	if e.State != state || !errors.Is(err, cause) {
		t.Fatalf("got %q with state %v, want %v with state %v", err, e.State, cause, state)
	}
}

func TestNamesThatCannotBeFilesAreRefusedAsByOS(t *testing.T) { // N7, T6, M2
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "x")
	for _, tc := range []struct {
		name string
		want error
	}{
		{"", fs.ErrNotExist},
		{".", syscall.EISDIR},
		{"..", syscall.EISDIR},
		{dir, syscall.EISDIR},
		{dir + "/", syscall.EISDIR},
		{dir + "/new/", syscall.EISDIR},
		{dir + "/file/", syscall.ENOTDIR},
		{dir + "/file/child", syscall.ENOTDIR},
		{dir + "/no/file", fs.ErrNotExist},
		{dir + "/" + strings.Repeat("n", 256), syscall.ENAMETOOLONG},
		{dir + "/a\x00b", syscall.EINVAL},
	} {
		if runtime.GOOS == "windows" && strings.Contains(tc.name, "\x00") {
			continue
		}
		failed(t, WriteFile(tc.name, []byte("x"), 0o600), Old, tc.want)
		if os.WriteFile(tc.name, []byte("x"), 0o600) == nil {
			t.Errorf("os.WriteFile takes %q", tc.name)
		}
	}
	if got := names(t, dir); got != "file" {
		t.Errorf("left behind: %s", got)
	}
}

func TestOddNames(t *testing.T) { // M1, M3
	for _, name := range []string{strings.Repeat("n", 250), strings.Repeat("n", 255), "a*b", " ", "-rf", "a\nb", "\xff\xfe", ".hidden", "ü"} {
		if runtime.GOOS == "windows" && (strings.ContainsAny(name, "*\n ") || name[0] == 0xff) {
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		for _, data := range []string{"one", "two"} {
			if err := WriteFile(path, []byte(data), 0o600); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
		}
		if got := content(t, path); got != "two" {
			t.Errorf("%q holds %q", name, got)
		}
		if err := (Policy{}).Update(ctx, path, 0o600, func([]byte) ([]byte, error) { return []byte("three"), nil }); err != nil {
			t.Errorf("update %q: %v", name, err)
		}
		if got := names(t, dir); got != name {
			t.Errorf("in the directory: %q", got)
		}
	}
}

func TestLongNamesLeaveNoRoomForVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 252))
	failed(t, Policy{Keep: 1}.WriteFile(path, nil, 0o600), Old, syscall.ENAMETOOLONG)
}

func TestCommitEndsAFile(t *testing.T) { // F9
	path := filepath.Join(t.TempDir(), "f")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "new")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("visible before Commit: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	failed(t, f.Commit(), New, ErrClosed)
	if _, err := f.Write([]byte("more")); !errors.Is(err, ErrClosed) {
		t.Errorf("write after Commit: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got := content(t, path); got != "new" {
		t.Errorf("holds %q", got)
	}
}

func TestCloseAbandons(t *testing.T) { // F9
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "new")
	f.Close()
	failed(t, f.Commit(), Old, fs.ErrClosed)
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

func TestForgottenFileIsAbandoned(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(filepath.Join(dir, "f"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if runtime.GC(); names(t, dir) == "" {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("still there: %s", names(t, dir))
}

func TestReaderThatFailsOrPanicsAbandons(t *testing.T) { // F8
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	broken := errors.New("broken pipe")
	_, err := Policy{}.WriteFrom(ctx, path, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 0o600)
	failed(t, err, Old, broken)
	func() {
		defer func() { _ = recover() }()
		Policy{}.WriteFrom(ctx, path, io.MultiReader(strings.NewReader("half"), panicReader{}), 0o600)
		t.Error("the panic was swallowed")
	}()
	if content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("reader") }

func TestCancelKeepsTheOldFile(t *testing.T) { // F10
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "old")
	ctx, cancel := context.WithCancel(ctx)
	n := 0
	r := readerFunc(func(p []byte) (int, error) {
		if n++; n == 3 {
			cancel()
		}
		return len(p), nil
	})
	_, err := Policy{}.WriteFrom(ctx, path, r, 0o600)
	failed(t, err, Old, context.Canceled)
	if n != 3 || content(t, path) != "old" || names(t, dir) != "f" {
		t.Errorf("after %d reads: %q in %s", n, content(t, path), names(t, dir))
	}
}

type readerFunc func([]byte) (int, error)

func (r readerFunc) Read(p []byte) (int, error) { return r(p) }

func TestParentsAreMadeAndTakenAway(t *testing.T) { // N6
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "f")
	p := Policy{MkdirMode: 0o750}
	_, err := p.WriteFrom(ctx, path, iotest.ErrReader(io.ErrNoProgress), 0o600)
	failed(t, err, Old, io.ErrNoProgress)
	if got := names(t, dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
	res, err := p.WriteFrom(ctx, path, strings.NewReader("x"), 0o600)
	if err != nil || !res.Created || !res.Durable {
		t.Fatalf("%+v, %v", res, err)
	}
	fi, err := os.Stat(filepath.Dir(path))
	if err != nil || fi.Mode().Perm() != 0o750 && runtime.GOOS != "windows" {
		t.Errorf("%v %v", fi.Mode(), err)
	}
}

func TestConditions(t *testing.T) { // C3, C4
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	absent := Policy{If: IfAbsent}
	if err := absent.WriteFile(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := absent.WriteFile(path, []byte("two"), 0o600)
	failed(t, err, Old, ErrExists)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v is not fs.ErrExist", err)
	}
	if err := (Policy{If: IfVersion(VersionOf([]byte("one")))}).WriteFile(path, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	failed(t, Policy{If: IfVersion(VersionOf([]byte("one")))}.WriteFile(path, []byte("three"), 0o600), Old, ErrChanged)
	os.Remove(path)
	failed(t, Policy{If: IfVersion(VersionOf([]byte("two")))}.WriteFile(path, []byte("three"), 0o600), Old, ErrChanged)
	if got := names(t, dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestConditionIsDecidedAtCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f, err := Policy{If: IfAbsent}.Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, "other")
	failed(t, f.Commit(), Old, ErrExists)
	g, err := Policy{If: IfVersion(VersionOf([]byte("other")))}.Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, "changed")
	failed(t, g.Commit(), Old, ErrChanged)
	if got := content(t, path); got != "changed" {
		t.Errorf("holds %q", got)
	}
}

func TestInvalidContentIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	p := Policy{Check: JSON, Keep: 2}
	if err := p.WriteFile(path, []byte(`{"a":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	failed(t, p.WriteFile(path, []byte(`{"a":`), 0o600), Old, ErrInvalid)
	if content(t, path) != `{"a":1}` || names(t, dir) != "f" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

func TestWorkingDirectoryMayChange(t *testing.T) { // P8
	a, b := t.TempDir(), t.TempDir()
	t.Chdir(a)
	f, err := Create("f", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "x")
	t.Chdir(b)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if content(t, filepath.Join(a, "f")) != "x" || names(t, b) != "" {
		t.Error("landed in the wrong directory")
	}
}

func TestParentMayBeRenamed(t *testing.T) { // P7
	if runtime.GOOS == "windows" {
		t.Skip("an open directory cannot be renamed there")
	}
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, "a"), 0o700)
	f, err := Create(filepath.Join(dir, "a", "f"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	content(t, filepath.Join(dir, "b", "f"))
}

func TestLoggerHearsNoContent(t *testing.T) { // P10
	var log bytes.Buffer
	p := Policy{Keep: 1, Check: JSON, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	path := filepath.Join(t.TempDir(), "f")
	for _, s := range []string{`"hunter2"`, `"hunter3"`} {
		if err := p.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(t, path, `"hunter4`)
	if _, err := p.ReadFile(path); err == nil {
		t.Fatal("damage was not noticed")
	}
	p.WriteFile(path, []byte(`"hunter5`), 0o600)
	if s := log.String(); strings.Contains(s, "hunter") || !strings.Contains(s, "replaced") || !strings.Contains(s, "recovered") {
		t.Errorf("the log says:\n%s", s)
	}
}

func TestManyGoroutinesOneName(t *testing.T) { // C1
	dir := t.TempDir()
	d, err := Policy{Keep: 2}.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	errs := make(chan error)
	for g := range 8 {
		go func() {
			var err error
			for i := 0; i < 10 && err == nil; i++ {
				err = d.WriteFile("f", bytes.Repeat([]byte{byte('a' + g)}, 1000*(g+1)), 0o600)
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"f", "f.bak", "f.bak.2"} {
		data := content(t, filepath.Join(dir, name))
		if len(data) != 1000*int(data[0]-'a'+1) || strings.Trim(data, data[:1]) != "" {
			t.Errorf("%s is a mix", name)
		}
	}
	if got := names(t, dir); got != "f f.bak f.bak.2" {
		t.Errorf("in the directory: %s", got)
	}
}

func ExampleError() {
	err := WriteFile("no/such/dir/state.json", []byte("{}"), 0o600)
	var e *Error
	if errors.As(err, &e) {
		fmt.Println(e.State, errors.Is(err, fs.ErrNotExist))
	}
	// Output: old true
}
