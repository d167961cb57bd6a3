package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wholly-go/wholly/lab/internal/cut"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// TestMain is also the lab itself, so that the lab can start its own processes
// from a test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func needs(t *testing.T, names ...string) {
	t.Helper()
	systems, err := systemsNamed(names)
	if err != nil {
		t.Fatal(err)
	}
	if lack := rig.Missing(systems...); lack != nil {
		if rig.Required() {
			t.Fatal(lack)
		}
		t.Skip(lack)
	}
}

// lab runs this program; what it says on standard error is in the test's log.
func lab(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	answer, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("lab %s: exit %d\n%s%s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), answer, &said)
	return cmd.ProcessState.ExitCode(), string(answer)
}

func TestWhatIsNotUnderstood(t *testing.T) {
	for _, args := range [][]string{
		{"nonsense"}, {"eio", "surplus"}, {"cut", "--fs", "fat"}, {"cut", "--only", "nobody"}, {"cut", "--only", "["},
		{"peers", "surplus"}, {"cut", "--report", "main.go"}, {"eio", "--report", "main.go"}, {"bench", "--report", "main.go"}, {"conform", "--report", "main.go"}, {"cut", "--nothing"}, {"replay"}, {"replay", "tape", "not-a-cut"},
	} {
		if code := run(args); code != exitUsage {
			t.Errorf("lab %s: exit %d, want %d", strings.Join(args, " "), code, exitUsage)
		}
	}
}

func TestEveryVerbHasHelpWithAnExample(t *testing.T) {
	for _, verb := range verbs() {
		if verb.Hidden {
			continue
		}
		if verb.Short == "" || verb.Long == "" || !strings.Contains(verb.Example, "lab "+verb.Name()) {
			t.Errorf("lab %s: help lacks its text or an example", verb.Name())
		}
		for _, words := range regexp.MustCompile(`--only '?([^' ]+)`).FindAllStringSubmatch(verb.Example, -1) {
			if _, err := (&cutting{only: strings.Split(words[1], ",")}).plays(nil); err != nil {
				t.Errorf("lab %s: an example: %v", verb.Name(), err)
			}
		}
	}
}

// TestCutAnswersInJSON: the rows of a run add up, the report is written, and
// the answer is yes.
func TestCutAnswersInJSON(t *testing.T) {
	needs(t, "ext4")
	dir := t.TempDir()
	code, out := lab(t, "cut", "--small", "--fs", "ext4", "--only", "replace,control-bak", "--json", "--report", dir)
	if code != exitYes {
		t.Fatalf("exit %d", code)
	}
	var answer struct {
		Summary cut.Summary
		Rows    []cut.Row
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Rows) != 2 || answer.Rows[0].Bad != 0 || answer.Rows[1].Counts["missing"] == 0 || answer.Summary.Disks != answer.Rows[0].Disks {
		t.Errorf("answered %+v", answer)
	}
	for _, r := range answer.Rows {
		sum := 0
		for _, n := range r.Counts {
			sum += n
		}
		if sum != r.Disks || r.Mounted > r.Disks || r.Mounted == 0 {
			t.Errorf("%s: %d outcomes of %d disks, %d mounted", r.Name, sum, r.Disks, r.Mounted)
		}
	}
	for _, name := range []string{"cut.md", "cut.html"} {
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(page), "acknowledged but lost") || !strings.Contains(string(page), "lab cut --small") {
			t.Errorf("%s: %v, %d bytes", name, err, len(page))
		}
	}
}

// TestNoTimeLeft: when the time is over no row begins, and what is missing is
// said.
func TestNoTimeLeft(t *testing.T) {
	needs(t, "ext4")
	code, out := lab(t, "cut", "--small", "--fs", "ext4", "--only", "replace", "--for", "1ns")
	if code != exitYes || !strings.Contains(out, "not begun: replace on ext4") {
		t.Errorf("exit %d", code)
	}
}

// TestInterruptLeavesNothing: Ctrl-C in the middle of a row takes everything
// down; after a kill the next run does.
func TestInterruptLeavesNothing(t *testing.T) {
	needs(t, "ext4")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "cut", "--small", "--fs", "ext4", "--only", "replace-1m")
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			room := roomOf(t, cmd.Process.Pid)
			cmd.Process.Signal(sig)
			err := cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); sig == syscall.SIGINT && code != exitInterrupted {
				t.Errorf("exit %d: %v\n%s", code, err, &said)
			}
			if sig == syscall.SIGKILL {
				if code, _ := lab(t, "cut", "--fs", "ext4", "--only", "replace", "--for", "1ns"); code != exitYes {
					t.Errorf("the next run: exit %d", code)
				}
			}
			if _, err := os.Stat(room); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the directory is left: %v", err)
			}
			if mounts, _ := os.ReadFile("/proc/self/mounts"); bytes.Contains(mounts, []byte(room)) {
				t.Errorf("mounts are left:\n%s", mounts)
			}
			loops, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
			for _, f := range loops {
				if name, _ := os.ReadFile(f); bytes.Contains(name, []byte(room)) {
					t.Errorf("%s is left", f)
				}
			}
		})
	}
}

// roomOf waits until the lab with this process id has something mounted, and
// returns its directory.
func roomOf(t *testing.T, pid int) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		mounts, err := os.ReadFile("/proc/self/mounts")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(mounts)) {
			fields := strings.Fields(line)
			if len(fields) < 3 || fields[2] != "ext4" || !strings.Contains(fields[1], "/wholly-lab-"+strconv.Itoa(pid)+"-") {
				continue
			}
			at := strings.Index(fields[1], "/wholly-lab-")
			end := at + 1 + strings.IndexByte(fields[1][at+1:], '/')
			return fields[1][:end]
		}
	}
	t.Fatal("the lab mounted nothing within a minute")
	return ""
}

// TestUnprivileged: a machine without what the lab needs gets a clear sentence,
// which is a failure only where the lab is required.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: there is no other user to be")
	}
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "lab") // where another user may go
	data, err := os.ReadFile("/proc/self/exe")
	if err := errors.Join(err, os.Chmod(dir, 0o755), os.WriteFile(exe, data, 0o755)); err != nil {
		t.Fatal(err)
	}
	for want, env := range map[int]string{exitYes: "LAB=", exitFailed: "LAB=require"} {
		for _, verb := range []string{"cut", "peers", "eio"} {
			cmd := exec.CommandContext(t.Context(), exe, verb)
			cmd.Env, cmd.Dir = []string{"PATH=" + os.Getenv("PATH"), env}, dir
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != want || !strings.Contains(string(out), "not run: this machine lacks") || !strings.Contains(string(out), "root") {
				t.Errorf("%s lab %s: exit %d, want %d: %s", env, verb, code, want, out)
			}
		}
	}
}

// TestProgramOfTheReadme: the script that the README shows is cut as the README
// says, by a path from where the user stands.
func TestProgramOfTheReadme(t *testing.T) {
	needs(t, "ext4")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, ok := strings.Cut(string(readme), "```sh\n#!/bin/sh")
	script, _, ok2 := strings.Cut(script, "```")
	if !ok || !ok2 {
		t.Fatal("the README shows no script")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("save.sh", []byte("#!/bin/sh"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	code, out := lab(t, "cut", "--small", "--fs", "ext4", "--tapes", "tapes", "--", "./save.sh")
	if code != exitYes || !strings.Contains(out, "save.sh") || !strings.Contains(out, "clean") {
		t.Errorf("exit %d", code)
	}
	if code, _ := lab(t, "replay", "tapes/lab-ext4-save.sh-1.tape.gz"); code != exitYes {
		t.Errorf("replay: exit %d", code)
	}
	if code, _ := lab(t, "cut", "--fs", "ext4", "--", "./none.sh"); code != exitUsage {
		t.Errorf("a program that is not there: exit %d", code)
	}
}
