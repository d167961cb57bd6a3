package vault

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// limitVariable makes a child of this test binary save more than it may write.
const limitVariable = "WHOLLY_VAULT_LIMIT"

func TestNoSpaceChild(t *testing.T) {
	path := os.Getenv(limitVariable)
	if path == "" {
		t.Skip("runs only as a child")
	}
	k := keeps(t, path, Options{})
	limit := syscall.Rlimit{Cur: 20_000, Max: 20_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	_, err := k.save(t, "a=1", "x.example k="+strings.Repeat("v", 40_000))
	fails(t, err, syscall.EFBIG)
	// The keeper goes on with what there is room for.
	k.saves(t, "a=2")
}

func TestNoSpace(t *testing.T) {
	path := newPath(t)
	k := keeps(t, path, Options{Versions: -1})
	k.saves(t, "a=1")
	child := exec.Command(os.Args[0], "-test.run=^TestNoSpaceChild$")
	child.Env = append(os.Environ(), limitVariable+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := onDisk(t, path, Options{}); got != "a=2" || names(t, filepath.Dir(path)) != "state.json state.json.bak" {
		t.Error(got, names(t, filepath.Dir(path)))
	}
}
