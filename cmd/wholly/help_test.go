package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write testdata/help anew")

// every calls do for the root and each command that people may call.
func every(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, sub := range cmd.Commands() {
		if sub.Parent().Name() != "completion" {
			every(sub, do)
		}
	}
}

func helpOf(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var out, talk bytes.Buffer
	args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
	if code := run(context.Background(), args, os.Stdin, &out, &talk); code != exitYes || talk.Len() > 0 {
		t.Fatalf("%v: exit code %d, stderr %q", args, code, talk.String())
	}
	return out.String()
}

// Help is what was reviewed: after a change, run go test -update and look at
// the difference.
func TestHelpIsAsReviewed(t *testing.T) {
	every((&app{}).root(), func(cmd *cobra.Command) {
		name := filepath.Join("testdata", "help", strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".txt")
		got := helpOf(t, cmd)
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s --help differs from %s:\n%s", cmd.CommandPath(), name, got)
		}
	})
}

var exitRow = regexp.MustCompile(`(?m)^  (0|1|2|3|4|130) +\S`)

// Every verb's help is one screen, with an example that can be copied whole and
// the table of exit codes.
func TestHelpIsComplete(t *testing.T) {
	every((&app{}).root(), func(cmd *cobra.Command) {
		text := helpOf(t, cmd)
		lines := strings.Split(text, "\n")
		if len(lines) > 45 {
			t.Errorf("%s --help has %d lines: more than a screen", cmd.CommandPath(), len(lines))
		}
		for _, line := range lines {
			if len(line) > 81 {
				t.Errorf("%s --help: longer than 80 columns: %s", cmd.CommandPath(), line)
			}
		}
		if cmd.Example == "" || !strings.Contains(cmd.Example, "wholly ") || strings.Contains(cmd.Example, "…") || strings.Contains(cmd.Example, "...") {
			t.Errorf("%s has no example that can be copied whole: %q", cmd.CommandPath(), cmd.Example)
		}
		_, table, _ := strings.Cut(text, "Exit codes:\n")
		if rows := exitRow.FindAllString(table, -1); len(rows) < 3 || !strings.HasPrefix(table, "  0 ") || !strings.Contains(table, "\n  2 ") {
			t.Errorf("%s --help: no table of exit codes: %q", cmd.CommandPath(), table)
		}
	})
}

// The examples use verbs and flags that exist.
func TestExamplesParse(t *testing.T) {
	every((&app{}).root(), func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			_, call, ok := strings.Cut(line, "wholly ")
			if !ok {
				continue
			}
			call = regexp.MustCompile(`[|<>)].*`).ReplaceAllString(call, "")
			sub, rest, err := (&app{}).root().Find(strings.Fields(call))
			if err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), line, err)
				continue
			}
			if err := sub.ParseFlags(rest); err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), line, err)
				continue
			}
			if err := sub.ValidateArgs(sub.Flags().Args()); err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), line, err)
			}
		}
	})
}
