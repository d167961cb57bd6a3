package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/keeper"
	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/grammar"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wholly": main, "wholly-as-nobody": asNobody})
}

// The scripts are the claims; each says in its first lines which.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exitsWith,
			"damage":    damage,
			"hold":      hold,
			"interrupt": interrupt,
			"mount":     mount,
			"seal":      seal,
			"version-of": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv(args[0], string(wholly.VersionOf([]byte(ts.ReadFile(args[1])))))
			},
		},
	})
}

// setup gives every script the shipped examples, the zone of its clocks, and
// directories that another user may enter.
func setup(env *testscript.Env) error {
	data, err := os.ReadFile("../../examples/storage_state.json")
	if err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(env.WorkDir, "examples"), os.DirFS("../../examples")); err != nil {
		return err
	}
	env.Setenv("TZ", "UTC")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // or each of the many programs sleeps a second
	return errors.Join(
		os.WriteFile(filepath.Join(env.WorkDir, "storage_state.json"), data, 0o644),
		os.Chmod(env.WorkDir, 0o755),
		os.Chmod(filepath.Dir(env.WorkDir), 0o755))
}

// exits CODE COMMAND...: the command ends with that code. stdin, stdout and
// stderr work as with exec.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	err = ts.Exec(args[1], args[2:]...)
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// damage FILE [TEXT|@OFFSET]: the disk has spoilt TEXT in FILE, or the byte there.
// Without it the last bytes are missing.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data := []byte(ts.ReadFile(args[0]))
	if len(args) == 1 {
		ts.Check(os.Truncate(path, int64(len(data)-7)))
		return
	}
	at := bytes.Index(data, []byte(args[1]))
	if offset, ok := strings.CutPrefix(args[1], "@"); ok {
		n, err := strconv.Atoi(offset)
		ts.Check(err)
		at = n
	}
	if at < 0 {
		ts.Fatalf("damage %s: there is no %q", args[0], args[1])
	}
	data[at] ^= 0xff
	ts.Check(os.WriteFile(path, data, 0o600))
}

// hold FILE: another writer has the lock of FILE until the script ends.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- wholly.Update(context.Background(), ts.MkAbs(args[0]), 0o666, func([]byte) ([]byte, error) {
			close(begun)
			<-end
			return nil, wholly.ErrUnchanged
		})
	}()
	select {
	case <-begun:
	case err := <-ended:
		ts.Fatalf("hold %s: %v", args[0], err)
	}
	ts.Defer(func() { close(end); ts.Check(<-ended) })
}

// interrupt SIGNAL FILE [FLAG...]: `wholly write FILE FLAG...` gets a part of
// its input, makes its temp file, and gets the signal while it waits for more.
// It must end with 130, or for KILL at once; what it said is in the file said.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[1])
	path, err := exec.LookPath("wholly")
	ts.Check(err)
	cmd := exec.Command(path, append([]string{"write", file}, args[2:]...)...)
	in, err := cmd.StdinPipe()
	ts.Check(err)
	said, err := cmd.StderrPipe()
	ts.Check(err)
	// Under nohup we ignore SIGHUP, and a child would too; what we catch it
	// gets with its default.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	ts.Check(cmd.Start())
	defer cmd.Process.Kill()
	_, err = io.WriteString(in, "only half of ")
	ts.Check(err)
	waitFor(ts, "a temp file", func() bool {
		temps, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".wholly-*"))
		return len(temps) > 0
	})
	sig := map[string]syscall.Signal{
		"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL,
	}[args[0]]
	ts.Check(cmd.Process.Signal(sig))
	defer time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() }).Stop()
	text, err := io.ReadAll(said)
	ts.Check(err)
	ts.Logf("[stderr]\n%s", text)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted && sig != syscall.SIGKILL {
		ts.Fatalf("exit code %d after SIG%s, want %d", code, args[0], exitInterrupted)
	}
	ts.Check(os.WriteFile(ts.MkAbs("said"), text, 0o600))
}

// seal KEY FROM TO: KEY becomes a file with an age identity, and TO is FROM
// encrypted to it. RECIPIENT is whom it is encrypted to.
func seal(ts *testscript.TestScript, _ bool, args []string) {
	id, err := age.GenerateX25519Identity()
	ts.Check(err)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, id.Recipient())
	ts.Check(err)
	_, err = io.WriteString(w, ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("# a key\n"+id.String()+"\n"), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o600))
	ts.Setenv("RECIPIENT", id.Recipient().String())
}

func waitFor(ts *testscript.TestScript, what string, is func() bool) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if is() {
			return
		}
	}
	ts.Fatalf("waited in vain for %s", what)
}

// program is the tool as its own process, in a directory of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("wholly")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = t.TempDir()
	return cmd
}

// needBrowser skips a test where there is no browser to launch; with
// WHOLLY_REQUIRE=1 it fails.
func needBrowser(t *testing.T) {
	t.Helper()
	if err := canLaunch(); err != nil {
		if os.Getenv("WHOLLY_REQUIRE") == "1" {
			t.Fatalf("WHOLLY_REQUIRE=1: %v", err)
		}
		t.Skip(err)
	}
}

// canLaunch tells what is missing to run a browser.
func canLaunch() error {
	if path := os.Getenv("CHROME_BIN"); path != "" {
		_, err := exec.LookPath(path)
		return err
	}
	for _, name := range []string{"chromium", "chromium-headless-shell", "google-chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return nil
		}
	}
	return keeper.ErrNotInstalled
}

// buildDemo builds the site that ships with the examples.
func buildDemo(t testing.TB, path string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", path, "./examples/demo")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// condition knows [root], [mount], [browser] and [grammar]: what some scripts need from the machine.
// With WHOLLY_REQUIRE=1 the lack of it is a failure.
func condition(name string) (bool, error) {
	var lack error
	switch name {
	case "root":
		if os.Geteuid() != 0 {
			lack = errors.New("not root")
		}
	case "mount":
		lack = canMount()
	case "browser":
		lack = canLaunch()
	case "grammar":
		if !grammar.Available {
			lack = audit.ErrNoGrammar
		}
	default:
		return false, fmt.Errorf("unknown condition %q", name)
	}
	if lack != nil && os.Getenv("WHOLLY_REQUIRE") == "1" {
		return false, fmt.Errorf("WHOLLY_REQUIRE=1, but there is no %s: %w", name, lack)
	}
	return lack == nil, nil
}
