package wholly

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestSweepRemovesOnlyWhatIsDead(t *testing.T) { // P4, C6
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	alive, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(alive, "new")
	unlock := holdLock(t, path)
	dead := []string{tempName(), tempName(), lockName("g"), lockName(strings.Repeat("n", 255))}
	for _, name := range dead {
		put(t, filepath.Join(dir, name), "xx")
	}
	others := []string{".wholly-x", ".wholly-0123456789abcX", "x.wholly-lock", ".wholly", "f.bak", ".f.wholly-undo"}
	for _, name := range others {
		put(t, filepath.Join(dir, name), "keep")
	}
	done, err := Sweep(dir)
	if err != nil || len(done.Removed) != len(dead) || len(done.Left) != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	for _, l := range done.Removed {
		if l.Size != 2 || l.Reason != "" {
			t.Errorf("%+v", l)
		}
	}
	for _, l := range done.Left {
		if l.Reason == "" {
			t.Errorf("%+v", l)
		}
	}
	for _, name := range others {
		content(t, filepath.Join(dir, name))
	}
	unlock()
	if err := alive.Commit(); err != nil || content(t, path) != "new" {
		t.Errorf("the living writer: %v", err)
	}
	if done, err = Sweep(dir); err != nil || len(done.Removed) != 0 {
		t.Errorf("a second sweep: %+v, %v", done, err)
	}
}

func TestSweepLeavesWhatIsNotAFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "precious"), "x")
	os.Symlink("precious", filepath.Join(dir, tempName()))
	os.Mkdir(filepath.Join(dir, tempName()), 0o700)
	done, err := Sweep(dir)
	if err != nil || len(done.Removed) != 0 || len(done.Left) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	content(t, filepath.Join(dir, "precious"))
}

func TestLockNames(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"a", strings.Repeat("n", 240), strings.Repeat("n", 254), strings.Repeat("n", 255), strings.Repeat("m", 255)} {
		l := lockName(name)
		if len(l) > maxName || seen[l] || !isLeftover(l) || isLeftover(undoName(name)) || len(undoName(name)) > maxName {
			t.Errorf("%d bytes: lock %q, undo %q", len(name), l, undoName(name))
		}
		seen[l] = true
	}
	if n := tempName(); !isLeftover(n) || len(n) > 32 || n == tempName() {
		t.Error(n)
	}
}
