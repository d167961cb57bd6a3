package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
)

// The functions below are run and killed, and this file is scanned: what was
// seen must be among what is predicted.

func killedInPlace(path string, b []byte) error { return os.WriteFile(path, b, 0o600) }

func killedCreate(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for len(b) > 0 {
		n := min(len(b), 4096)
		if _, err := f.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return f.Close()
}

func killedWindow(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	if err := os.Rename(path, path+".bak"); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func killedRemove(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func killedAtomic(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func killedUpdate(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Close()
}

var killed = map[string]func(string, []byte) error{
	"killedInPlace": killedInPlace, "killedCreate": killedCreate, "killedWindow": killedWindow,
	"killedRemove": killedRemove, "killedAtomic": killedAtomic, "killedUpdate": killedUpdate,
}

const half = 1 << 20

// TestMain is also the child that is killed: it writes two contents in turn,
// for ever.
func TestMain(m *testing.M) {
	if name := os.Getenv("AUDIT_KILLED"); name != "" {
		for i := byte(0); ; i++ {
			if err := killed[name](os.Getenv("AUDIT_PATH"), bytes.Repeat([]byte{'a' + i%2}, half)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

func TestWhatKillLeavesIsPredicted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("another kind of kill")
	}
	r, err := audit.Scan(context.Background(), []string{"kill_test.go"}, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := map[outcome.Word]int{}
	for name := range killed {
		i := slices.IndexFunc(r.Sites, func(s *audit.Site) bool { return s.Function == name })
		if i < 0 {
			t.Fatalf("%s has no site", name)
		}
		for k := range 12 {
			saw := killOnce(t, name, time.Duration(3+k*2)*time.Millisecond)
			sum[saw]++
			if !slices.ContainsFunc(r.Sites[i].States.Kill, func(s outcome.State) bool {
				return s.Word == saw || saw == outcome.New && s.Word == outcome.Old // both are whole
			}) {
				t.Errorf("%s (%s) left it %s, predicted %v", name, r.Sites[i].Verdict, saw, r.Sites[i].States.Kill)
			}
		}
	}
	t.Logf("seen: %v", sum)
	if sum[outcome.New] == 0 || sum[outcome.New] == len(killed)*12 {
		t.Errorf("nothing happened to any file: %v", sum)
	}
}

// killOnce lets the child write for a while, kills it, and says what is there.
func killOnce(t *testing.T, name string, d time.Duration) outcome.Word {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(path, bytes.Repeat([]byte{'b'}, half), 0o600); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), "AUDIT_KILLED="+name, "AUDIT_PATH="+path)
	return killWriter(t, c, path, d)
}

// killWriter starts a program that writes path again and again, kills it when it
// has been at work for a while, and says what is there.
func killWriter(t *testing.T, c *exec.Cmd, path string, d time.Duration) outcome.Word {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < 20*time.Second; time.Sleep(time.Millisecond) {
		if b, err := os.ReadFile(path); err != nil || len(b) != half || b[0] == 'a' {
			break // the child is at work
		}
	}
	time.Sleep(d)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed: that is its error
	b, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err):
		return outcome.Missing
	case err != nil:
		t.Fatal(err)
	case len(b) == 0:
		return outcome.Empty
	case len(b) < half || len(bytes.Trim(b, string(b[:1]))) > 0:
		return outcome.Torn
	}
	return outcome.New
}
