package wholly

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// history returns the contents of path's versions, the current one first.
func history(t *testing.T, p Policy, path string) string {
	t.Helper()
	var all []string
	for v, err := range p.Versions(path) {
		if err != nil {
			t.Fatal(err)
		}
		data := content(t, filepath.Join(filepath.Dir(path), v.Name))
		if v.Version != VersionOf([]byte(data)) || v.Size != int64(len(data)) {
			t.Errorf("version %d is described as %+v", v.Number, v)
		}
		all = append(all, fmt.Sprintf("%d:%s", v.Number, data))
	}
	return strings.Join(all, " ")
}

func TestVersionsAreKeptInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	p := Policy{Keep: 3}
	want := []string{"0:a", "0:b 1:a", "0:c 1:b 2:a", "0:d 1:c 2:b 3:a", "0:e 1:d 2:c 3:b"}
	for i, s := range []string{"a", "b", "c", "d", "e"} {
		res, err := p.WriteFrom(ctx, path, strings.NewReader(s), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if got := history(t, p, path); got != want[i] || res.Kept != min(i, 3) {
			t.Errorf("after %s: %s, want %s; result says %d kept", s, got, want[i], res.Kept)
		}
	}
	if err := (Policy{Keep: 1}).WriteFile(path, []byte("f"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := history(t, p, path); got != "0:f 1:e" {
		t.Errorf("after Keep 1: %s", got)
	}
	if err := WriteFile(path, []byte("g"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := history(t, p, path); got != "0:g 1:e" {
		t.Errorf("after Keep 0: %s", got)
	}
}

func TestAGapInTheNumbersIsFilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for name, data := range map[string]string{"": "d", ".bak": "c", ".bak.3": "a"} {
		put(t, path+name, data)
	}
	p := Policy{Keep: 3}
	if err := p.WriteFile(path, []byte("e"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := history(t, p, path); got != "0:e 1:d 2:c 3:a" {
		t.Error(got)
	}
}

func TestNeighboursShareNoVersions(t *testing.T) {
	dir := t.TempDir()
	p := Policy{Keep: 2}
	for _, name := range []string{"a.json", "a.yaml", "a", "a.json.bak.x", "a.json.bakery"} {
		for _, s := range []string{"1", "2"} {
			if err := p.WriteFile(filepath.Join(dir, name), []byte(name+s), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"a.json", "a.yaml", "a"} {
		if got, want := history(t, p, filepath.Join(dir, name)), "0:"+name+"2 1:"+name+"1"; got != want {
			t.Errorf("%s has %s", name, got)
		}
	}
}

func TestDamagedContentNeverBecomesAVersion(t *testing.T) { // P7
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	p := Policy{Keep: 2, Check: JSON}
	for _, s := range []string{"1", "2"} {
		if err := p.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(t, path, "[torn")
	if err := p.WriteFile(path, []byte("3"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := history(t, p, path); got != "0:3 1:1" {
		t.Error(got)
	}
	bad, _ := filepath.Glob(path + ".bad-*")
	if len(bad) != 1 || content(t, bad[0]) != "[torn" {
		t.Errorf("set aside: %v", bad)
	}
}

func TestRestore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	p := Policy{Keep: 3}
	for _, s := range []string{"a", "b", "c"} {
		if err := p.WriteFile(path, []byte(s), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	res, err := p.Restore(ctx, path, 2)
	if err != nil || res.Version != VersionOf([]byte("a")) || !res.Durable {
		t.Fatalf("%+v %v", res, err)
	}
	if got := history(t, p, path); got != "0:a 1:c 2:b 3:a" {
		t.Error(got)
	}
	if _, err := (Policy{}).Restore(ctx, path, 1); err != nil {
		t.Fatal(err)
	}
	if got := history(t, p, path); got != "0:c 1:a 2:c 3:b 4:a" {
		t.Errorf("without a Keep every version stays: %s", got)
	}
	for _, n := range []int{-1, 0, 9} {
		_, err := p.Restore(ctx, path, n)
		failed(t, err, Old, ErrNoVersion)
	}
	put(t, path+".bak.2", "[torn")
	_, err = Policy{Check: JSON}.Restore(ctx, path, 2)
	failed(t, err, Old, ErrInvalid)
}

func TestRestoreAMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put(t, path+".bak", "kept")
	os.Chmod(path+".bak", 0o644)
	if _, err := (Policy{}).Restore(ctx, path, 1); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil || fi.Mode() != 0o644 && runtime.GOOS != "windows" || content(t, path) != "kept" {
		t.Errorf("%v %v", fi, err)
	}
}

func TestOpenVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	p := Policy{Keep: 1}
	p.WriteFile(path, []byte("a"), 0o600)
	p.WriteFile(path, []byte("b"), 0o600)
	for n, want := range []string{"b", "a"} {
		r, err := p.Open(path, n)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(got) != want {
			t.Errorf("version %d: %q, %v", n, got, err)
		}
	}
	_, err := p.Open(path, 2)
	failed(t, err, Old, ErrNoVersion)
	_, err = p.Open(path+"x", 0)
	if errors.Is(err, ErrNoVersion) {
		t.Errorf("a missing file: %v", err)
	}
}

func FuzzBackupNumber(f *testing.F) {
	f.Add("a.json", "a.json.bak.2")
	f.Add("a", "a.bak")
	f.Add("a", "a.bak.1")
	f.Add("a", "a.bak.02")
	f.Add("a", "a.bak.+3")
	f.Fuzz(func(t *testing.T, name, backup string) {
		n := backupNumber(name, backup)
		if n < 0 || n > 0 && backupName(name, n) != backup {
			t.Errorf("%q is version %d of %q", backup, n, name)
		}
		for _, n := range []int{1, 2, 10} {
			if backupNumber(name, backupName(name, n)) != n {
				t.Errorf("%q has no version %d", name, n)
			}
		}
		if isLeftover(backupName(".wholly-0123456789abc", 1)) {
			t.Error("a version looks like a leftover")
		}
	})
}

func TestVersionsOfNothing(t *testing.T) {
	for range (Policy{}).Versions("") {
		break // stopping early is fine
	}
	var errs []error
	for _, err := range (Policy{}).Versions(filepath.Join(t.TempDir(), "f")) {
		errs = append(errs, err)
	}
	if len(errs) != 1 || !errors.Is(errs[0], os.ErrNotExist) {
		t.Error(errs)
	}
	if !slices.ContainsFunc(errs, func(err error) bool { return strings.HasPrefix(err.Error(), "versions ") }) {
		t.Error(errs)
	}
}
