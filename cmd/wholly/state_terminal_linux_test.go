package main

import (
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// convert does not print live logins to a terminal unless it is told to.
func TestConvertKeepsLoginsOffTheScreen(t *testing.T) {
	const secret = "8f2c1d74e0b94d9a"
	wholly, err := exec.LookPath("wholly")
	if err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Abs("../../examples/storage_state.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, reveal := range []bool{false, true} {
		args := []string{"state", "convert", "--to", "list", file}
		if reveal {
			args = append(args, "--reveal")
		}
		cmd := exec.Command(wholly, args...)
		other, screen := terminal(t)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = screen, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		screen.Close()
		shown, _ := io.ReadAll(other) // ends with EIO when the program ends
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); reveal != (code == exitYes) || !reveal && code != exitUsage {
			t.Errorf("reveal %v: exit code %d, stderr %q", reveal, code, said.String())
		}
		if got := strings.Contains(string(shown), secret); got != reveal {
			t.Errorf("reveal %v: the terminal shows the login: %v", reveal, got)
		}
		if !reveal && !strings.Contains(said.String(), "--reveal") {
			t.Errorf("stderr does not tell what to do: %q", said.String())
		}
	}
}
