package compare

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/peer"
	"github.com/wholly-go/wholly/lab/internal/rig"
)

// The process of a contestant is this test program again.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "serve" {
		if err := serveOne(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func command() []string { return []string{os.Args[0], "serve"} }

func serveOne(name, cache string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := Find(All(cache), name)
	if err != nil {
		return err
	}
	return c.Serve(ctx, append(command(), name, cache), os.Stdout)
}

// ask runs the table for real, beside others.
func ask(t *testing.T, name string) Row {
	t.Helper()
	t.Parallel()
	c, err := Find(All(""), name)
	if err != nil {
		t.Fatal(err)
	}
	row, err := c.Run(t.Context(), command(), os.TempDir())
	switch {
	case err != nil:
		t.Fatal(err)
	case row.Missing != "" && rig.Required():
		t.Fatal(row.Missing)
	case row.Missing != "":
		t.Skip(row.Missing)
	}
	return row
}

// expect compares some answers; what was skipped for want of an ability is
// left out, unless the lab is required.
func expect(t *testing.T, r Row, want map[string]string) {
	t.Helper()
	for _, res := range r.Report.Results {
		text, listed := want[res.ID]
		switch {
		case res.Outcome == conform.Broken:
			t.Errorf("%s %s: %s", res.ID, res.Title, res.Observed)
		case res.Outcome == conform.Skipped && rig.Required():
			t.Errorf("%s was not run: %s", res.ID, res.Observed)
		case listed && res.Outcome != conform.Skipped && res.Observed != text:
			t.Errorf("%s %s: %s; known is %s", res.ID, res.Title, res.Observed, text)
		}
	}
}

func TestAGoPeerIsAsKnown(t *testing.T) {
	expect(t, ask(t, "moby/atomicwriter"), map[string]string{
		"N2": "666", "K10": "written, but the directory was touched first", "T1": "error, link kept", "F1": "ENOSPC, old", "F3": "EIO, old",
		"F5": "the writer makes no such call", "O1": "write, fsync, metadata, rename", "F11": "old or new", "C2": "whole",
	})
}

// The cases of a process of its own, of a trace, of a call that fails, of a
// limit and of another user go through to a peer in another language.
func TestANodePeerIsAsKnown(t *testing.T) {
	expect(t, ask(t, "write-file-atomic"), map[string]string{
		"N2": "666", "K1": "640", "K3": "kept", "K10": "written, but the directory was touched first", "T1": "followed", "F1": "returned nil, torn",
		"F2": "returned nil, torn", "F3": "EIO, old", "F4": "EIO, old", "F5": "the writer makes no such call", "F7": "EIO, old",
		"O1": "write, fsync, metadata, rename", "M3": "written, written, written, written, missing; litter", "F11": "old or new", "C2": "whole",
	})
}

func TestOursIsFirstAndDoesAsDecided(t *testing.T) {
	if all := All(""); all[0].Name != Ours || len(all) != 11 {
		t.Fatalf("%d, the first is %s", len(all), all[0].Name)
	}
	r := ask(t, Ours)
	expect(t, r, nil)
	if got := r.Report.With(conform.Differs); len(got) > 0 {
		t.Errorf("differs: %v", got)
	}
	if got := r.Report.With(conform.NotApplicable); !slices.Equal(got, []string{"F12", "F13"}) {
		t.Errorf("not applicable: %v", got)
	}
}

func TestWhatIsMissingIsInTheRow(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	c, err := Find(All(""), "atomically")
	if err != nil {
		t.Fatal(err)
	}
	row, err := c.Run(t.Context(), command(), t.TempDir())
	if err != nil || !strings.Contains(row.Missing, "no node") {
		t.Errorf("%q, %v", row.Missing, err)
	}
}

func TestAnInterruptedRunLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	c, err := Find(All(""), "os.WriteFile")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(ctx, command(), dir); err == nil {
		t.Error("it was not interrupted")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if mounts, err := os.ReadFile("/proc/mounts"); err != nil || strings.Contains(string(mounts), dir) {
		t.Errorf("mounts: %v\n%s", err, mounts)
	}
}

// Every note is about a contestant and cases that there are.
func TestNotesNameWhatThereIs(t *testing.T) {
	ids := map[string]bool{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // for the list of the cases alone
	for _, r := range conform.Run(ctx, conform.Writer{Name: "none", WriteFile: os.WriteFile}, t.TempDir()).Results {
		ids[r.ID] = true
	}
	for _, n := range notes() {
		if _, err := Find(All(""), n.Writer); err != nil {
			t.Error(err)
		}
		for _, id := range n.Cases {
			if !ids[id] {
				t.Errorf("%s: there is no case %s", n.Writer, id)
			}
		}
	}
	for id := range ids {
		if !slices.ContainsFunc(topics, func(topic struct{ letter, title string }) bool { return strings.HasPrefix(id, topic.letter) }) {
			t.Errorf("case %s has no topic", id)
		}
	}
}

func TestPage(t *testing.T) {
	row := func(name string, outcomes ...conform.Outcome) Row {
		r := Row{Contestant: Contestant{Peer: peer.Peer{Name: name}}}
		for i, o := range outcomes {
			id := []string{"N1", "N2", "K1"}[i]
			r.Report.Results = append(r.Report.Results, conform.Result{ID: id, Outcome: o, Observed: name + " " + id})
		}
		return r
	}
	missing := row("atomically")
	missing.Missing = "no node"
	page := Page([]Row{
		row(Ours, conform.AsDecided, conform.AsDecided, conform.NotApplicable),
		row("natefinch/atomic", conform.Differs, conform.AsDecided, conform.Broken), missing,
	})
	text := string(page.Markdown())
	for _, want := range []string{
		"**2 of 2** cases", "**natefinch/atomic N1**", "! **natefinch/atomic K1**", "- no node",
		"| natefinch/atomic | N1 | Its WriteFile takes no mode", // N2 is as decided, so the note is not about it
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "os.WriteFile | P1") {
		t.Error("a note is about one who was not asked")
	}
	if a := missing.Answers(); a.Missing != "no node" || a.Cases == nil {
		t.Errorf("%+v", a)
	}
}
