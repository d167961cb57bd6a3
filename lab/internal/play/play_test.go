package play

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/internal/disk"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

// TestMain is also the second process of a play.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "play" {
		cmd := Command()
		cmd.SetArgs(os.Args[2:])
		if err := cmd.Execute(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// perform runs a play in a new directory and returns it with the marks.
func perform(t *testing.T, p Play, j Job) (dir string, marks []mark.Mark) {
	t.Helper()
	if p.Missing != nil {
		if err := p.Missing(); err != nil {
			t.Skip(err)
		}
	}
	j.Name, j.Dir, j.Marks, j.Seed = p.Name, t.TempDir(), filepath.Join(t.TempDir(), "marks"), 1
	if err := j.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(j.Marks)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		m, err := mark.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		marks = append(marks, m)
	}
	return j.Dir, marks
}

// TestPlays: each play runs on the real file system, marks every save, and
// without a power cut there is nothing wrong with what it leaves.
func TestPlays(t *testing.T) {
	const commits = 4
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			dir, marks := perform(t, p, Job{Commits: commits})
			var h judge.History
			for _, m := range marks {
				h.Add(m)
			}
			if wrong := orderly(marks); wrong != "" {
				t.Errorf("%s in %v", wrong, marks)
			}
			if acked := count(marks, mark.Ack); acked < commits {
				t.Errorf("%d saves were acknowledged, want %d", acked, commits)
			}
			d, err := disk.OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if bad, why := judge.Look(context.Background(), d, p.Rules, judge.Learn(marks)).Judge(&h); len(bad) > 0 {
				t.Errorf("%v: %s", bad, why)
			}
		})
	}
}

func count(marks []mark.Mark, verb string) (n int) {
	for _, m := range marks {
		if m.Verb == verb {
			n++
		}
	}
	return n
}

// orderly says what is wrong with the order of marks.
func orderly(marks []mark.Mark) string {
	at := func(verb string) int {
		return slices.IndexFunc(marks, func(m mark.Mark) bool { return m.Verb == verb })
	}
	if start, end := at(mark.Start), at(mark.End); start < 0 || end < start || end != len(marks)-2 || at(mark.Synced) != len(marks)-1 {
		return "start, end and synced are not where they belong"
	}
	begun := map[string]bool{}
	for i, m := range marks {
		id := fmt.Sprint(m.Name, m.Gen)
		switch {
		case m.Verb == mark.Begin && i > at(mark.Start) && m.Gen < 1:
			return "generation 0 or less begins after the start"
		case m.Verb == mark.Begin:
			begun[id] = true
		case m.Verb == mark.Ack && !begun[id]:
			return "a save is acknowledged before it begins"
		case m.Verb == mark.Ack && i < at(mark.Start):
			return "a save is acknowledged before the start"
		}
	}
	return ""
}

// TestTheJudgeSeesDamage: what TestPlays calls good is not good when the file
// that was saved last is damaged. A log keeps its header twice.
func TestTheJudgeSeesDamage(t *testing.T) {
	for _, name := range []string{Usual, "new-dir", "restore", "journal", "store", "agent-log", "agent-conversations"} {
		t.Run(name, func(t *testing.T) {
			p, err := Find(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, marks := perform(t, p, Job{Commits: 3})
			last := slices.IndexFunc(marks, func(m mark.Mark) bool { return m.Verb == mark.End }) - 1
			path := filepath.Join(dir, filepath.FromSlash(marks[last].Name))
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var h judge.History
			for _, m := range marks {
				h.Add(m)
			}
			for what, change := range map[string][]byte{"cut": data[:len(data)-1], "changed": append([]byte{data[0] ^ 1}, data[1:]...), "empty": {}} {
				if err := os.WriteFile(path, change, 0o600); err != nil {
					t.Fatal(err)
				}
				d, err := disk.OpenDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				rules := p.Rules
				rules.Library = false // so that nothing is mended between the changes
				if bad, _ := judge.Look(context.Background(), d, rules, judge.Learn(marks)).Judge(&h); len(bad) == 0 && !(p.Rules.Log && what == "changed") {
					t.Errorf("%s: nothing is wrong with a %s file", name, what)
				}
				d.Close()
			}
		})
	}
}

// TestTwoProcessesUpdate: the second process does its half.
func TestTwoProcessesUpdate(t *testing.T) {
	p, err := Find("update")
	if err != nil {
		t.Fatal(err)
	}
	dir, marks := perform(t, p, Job{Commits: 7, Size: 1000})
	data, err := os.ReadFile(filepath.Join(dir, target))
	if err != nil {
		t.Fatal(err)
	}
	if gen, ok := mark.Generation(data); !ok || gen != 7 || len(data) != 1000 || count(marks, mark.Ack) != 7 {
		t.Errorf("after 7 updates it is generation %d, %v, %d bytes: %v", gen, ok, len(data), marks)
	}
}

func TestFindNamesWhatThereIs(t *testing.T) {
	if _, err := Find("nonsense"); err == nil || !strings.Contains(err.Error(), "control-textbook") {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, p := range All() {
		if seen[p.Name] || p.Title == "" || p.Calls == "" || p.Promise == "" {
			t.Errorf("%s is there twice, or says too little: %+v", p.Name, p)
		}
		seen[p.Name] = true
	}
}

// TestAFailedSaveEndsThePlay, with the save in its error.
func TestAFailedSaveEndsThePlay(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "new-2"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new-2", "deep"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := Main(t.Context(), "new-dir", dir, filepath.Join(t.TempDir(), "marks"), 3, 1)
	if err == nil || !strings.Contains(err.Error(), "save 1 of new-2/deep/state") {
		t.Error(err)
	}
}
