package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The README's commands run on a clean checkout and print what it says they do.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/examples", os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir+"/bin", 0o700); err != nil {
		t.Fatal(err)
	}
	// go run, of this very program.
	run := "#!/bin/sh\nshift 2\nexec wholly \"$@\"\n"
	if err := os.WriteFile(dir+"/bin/go", []byte(run), 0o700); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range consoles(string(readme)) {
		if !strings.HasPrefix(c.command, "go run ./cmd/wholly ") && !strings.HasPrefix(c.command, "cp ") {
			continue
		}
		ran++
		cmd := exec.Command("sh", "-c", "umask 022; "+c.command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+dir+"/bin:"+os.Getenv("PATH"))
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil || string(out) != c.output {
			t.Errorf("$ %s\n%v %s\nprints:\n%s\nthe README says:\n%s", c.command, err, &said, out, c.output)
		}
	}
	if ran < 6 {
		t.Errorf("only %d commands were found", ran)
	}
}

type console struct{ command, output string }

// consoles are the commands of the console blocks of a Markdown text, with what
// follows them.
func consoles(text string) (all []console) {
	inside := false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = strings.TrimSpace(line) == "```console"
		case inside && isCommand:
			all = append(all, console{command: strings.TrimSpace(command)})
		case inside && len(all) > 0:
			all[len(all)-1].output += line
		}
	}
	return all
}
