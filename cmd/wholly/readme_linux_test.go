package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The README's commands run on a clean checkout and print what it says they do.
func TestReadme(t *testing.T) {
	dir := checkout(t)
	ran := 0
	for _, block := range readmeBlocks(t) {
		for _, c := range block {
			if !strings.HasPrefix(c.command, "go run ./cmd/wholly ") && !strings.HasPrefix(c.command, "cp ") {
				continue
			}
			if isAudit(c.command) && lacksGrammar(t) {
				continue
			}
			ran++
			cmd := exec.Command("sh", "-c", "umask 022; "+c.command)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+dir+"/bin:"+os.Getenv("PATH"))
			var said strings.Builder
			cmd.Stderr = &said
			out, err := cmd.Output()
			if isAudit(c.command) && cmd.ProcessState.ExitCode() == exitNo {
				err = nil // it has findings to show
			}
			if err != nil || string(out) != c.output {
				t.Errorf("$ %s\n%v %s\nprints:\n%s\nthe README says:\n%s", c.command, err, &said, out, c.output)
			}
		}
	}
	if ran < 6 {
		t.Errorf("only %d commands were found", ran)
	}
}

func isAudit(command string) bool { return strings.HasPrefix(command, "go run ./cmd/wholly audit ") }

// lacksGrammar reports, and says, that this build does not read Python. With
// WHOLLY_REQUIRE=1 that is a failure.
func lacksGrammar(t *testing.T) bool {
	t.Helper()
	is, err := condition("grammar")
	if err != nil {
		t.Fatal(err)
	}
	if !is {
		t.Log("the audit's commands are not run: this build has no grammars")
	}
	return !is
}

// checkout is a directory like a checkout, in which go runs this very program.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/examples", os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir+"/bin", 0o700); err != nil {
		t.Fatal(err)
	}
	run := "#!/bin/sh\n[ \"$1\" = run ] || exit 0\nshift 2\nexec wholly \"$@\"\n"
	if err := os.WriteFile(dir+"/bin/go", []byte(run), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The README's section about the session runs as it is written: a login, a
// browser killed, a fresh one, and the server's word.
func TestReadmeSession(t *testing.T) {
	needBrowser(t)
	dir := checkout(t)
	wholly, err := exec.LookPath("wholly")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(wholly, dir+"/bin/wholly"); err != nil {
		t.Fatal(err)
	}
	buildDemo(t, dir+"/bin/demo")
	for _, block := range readmeBlocks(t) {
		if !strings.Contains(block[0].command, "./examples/demo") {
			continue
		}
		want, script := "", "umask 022\n"
		for _, c := range block {
			script += "printf '$ %s\\n' " + quote(c.command) + "\n" + c.command + "\n"
			want += "$ " + c.command + "\n" + c.output
		}
		if got := runScript(t, dir, script); got != want {
			t.Errorf("prints:\n%s\nthe README says:\n%s", got, want)
		}
		return
	}
	t.Error("the README has no such section")
}

// runScript runs a script whose jobs are ended with it.
func runScript(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+"/bin:"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 20 * time.Second
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	group := -cmd.Process.Pid
	late := time.AfterFunc(2*time.Minute, func() { syscall.Kill(group, syscall.SIGTERM) })
	err := cmd.Wait()
	late.Stop()
	syscall.Kill(group, syscall.SIGTERM) // whom the script has left; they end their browsers
	if err != nil {
		t.Errorf("%v", err)
	}
	t.Logf("stderr:\n%s", &said)
	return out.String()
}

type console struct{ command, output string }

func readmeBlocks(t *testing.T) [][]console {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return consoles(string(readme))
}

// consoles are the console blocks of a Markdown text: commands, each with what
// follows it.
func consoles(text string) (all [][]console) {
	inside := false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = strings.TrimSpace(line) == "```console"
			if inside {
				all = append(all, nil)
			}
		case inside && isCommand:
			last := &all[len(all)-1]
			*last = append(*last, console{command: strings.TrimSpace(command)})
		case inside && len(all[len(all)-1]) > 0:
			last := all[len(all)-1]
			last[len(last)-1].output += line
		}
	}
	return all
}
