package peer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Some claims are about a process of its own. It is this test program again,
// told by the environment what to do.
const taskVariable = "PEER_TEST_TASK" // "peer|umask|path", and "|hold" to stay

func TestMain(m *testing.M) {
	if task := os.Getenv(taskVariable); task != "" {
		if err := perform(strings.Split(task, "|")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func perform(task []string) error {
	p, err := Find(All(), task[0])
	if err != nil {
		return err
	}
	umask := 0
	fmt.Sscanf(task[1], "%o", &umask)
	syscall.Umask(umask)
	w, err := p.Open(context.Background())
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.WriteFile(task[2], []byte("new"), 0o666); err != nil {
		return err
	}
	if len(task) > 3 {
		fmt.Println(w.child.cmd.Process.Pid)
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return err
}

func process(t *testing.T, task string, before ...string) *exec.Cmd {
	args := append(before, os.Args[0])
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), taskVariable+"="+task)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestAChildHasOurUmaskAndDirectory(t *testing.T) {
	eachChild(t, func(t *testing.T, p Peer) {
		cmd := process(t, p.Name+"|027|f")
		cmd.Dir = t.TempDir()
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		want := fs.FileMode(0o640)
		if p.Name == "write-file-atomic" {
			want = 0o666 // it sets the mode it was given, whatever the umask
		}
		if info, err := os.Stat(filepath.Join(cmd.Dir, "f")); err != nil || info.Mode() != want {
			t.Errorf("mode %v, want %v (%v)", info.Mode(), want, err)
		}
	})
}

func TestAChildDiesWithUs(t *testing.T) {
	eachChild(t, func(t *testing.T, p Peer) {
		cmd := process(t, p.Name+"|022|"+filepath.Join(t.TempDir(), "f")+"|hold")
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		var pid int
		if _, err := fmt.Fscan(bufio.NewReader(out), &pid); err != nil || pid == 0 {
			t.Fatalf("pid %d: %v", pid, err)
		}
		// It cannot even see the end of its input, as in the middle of a long write.
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer syscall.Kill(pid, syscall.SIGKILL)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); running(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d outlives its parent", pid)
			}
		}
	})
}

// running reports whether the process is there, and not only its remains.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestCallsAreAsStraceShowsThem(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		need(t, fmt.Errorf("no strace on this machine (Debian: strace)"))
	}
	each(t, func(t *testing.T, p Peer) {
		// renameio asks whether $TMPDIR is on the same file system; here it is not.
		if got := callsOf(t, strace, p, "/proc"); got != p.Calls {
			t.Errorf("strace shows %q, it is said to be %q", got, p.Calls)
		}
	})
	t.Run("renameio with a near $TMPDIR", func(t *testing.T) {
		p, err := Find(All(), "renameio")
		if err != nil {
			t.Fatal(err)
		}
		if got := callsOf(t, strace, p, t.TempDir()); got != "R F R" {
			t.Errorf("strace shows %q", got)
		}
	})
}

// callsOf returns the steps of one replace, as the field Calls has them.
func callsOf(t *testing.T, strace string, p Peer, temps string) string {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "f"), filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := process(t, p.Name+"|022|"+path, strace, "-f", "-y", "-qq", "-o", out, "-e", "signal=none",
		"-e", "trace=fsync,fdatasync,sync,syncfs,rename,renameat,renameat2,link,linkat")
	cmd.Env = append(cmd.Env, "TMPDIR="+temps)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); string(got) != "new" {
		t.Fatalf("%q, %v", got, err)
	}
	trace, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if steps := stepsIn(t, string(trace), dir); len(steps) > 0 {
		return strings.Join(steps, " ")
	}
	return "in place"
}

var callAndResult = regexp.MustCompile(`^\d+ +([a-z0-9]+)\((.*)\) += 0`)

func stepsIn(t *testing.T, trace, dir string) (steps []string) {
	for line := range strings.Lines(trace) {
		m := callAndResult.FindStringSubmatch(line)
		switch {
		case strings.Contains(line, "unfinished"):
			t.Fatalf("the trace is not in order:\n%s", trace)
		case m == nil:
		case strings.HasPrefix(m[1], "rename"):
			steps = append(steps, "R")
		case strings.HasSuffix(m[2], "<"+dir+">"):
			steps = append(steps, "D")
		case m[1] == "fsync" || m[1] == "fdatasync":
			steps = append(steps, "F")
		default:
			t.Errorf("an unknown step: %s", line)
		}
	}
	return steps
}
