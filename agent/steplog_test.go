package agent

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/journal"
)

const sampleHistory = "testdata/samples/agent_history.json"

// sampleSteps are the steps of the sample.
func sampleSteps(t *testing.T) []history.Step {
	t.Helper()
	steps, _, err := history.ParseSteps([]byte(read(t, sampleHistory)))
	if err != nil || len(steps) < 3 {
		t.Fatal(len(steps), err)
	}
	return steps
}

// stepAt is a step that says where it was, of constant length up to 99,999.
func stepAt(t *testing.T, n int) history.Step {
	t.Helper()
	s, _, err := history.ParseStep(fmt.Appendf(nil, `{"model_output": null, "result": [], "state": {"url": "page %05d", "title": "", "tabs": [], "interacted_element": []}, "metadata": null}`, n))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openLog(t *testing.T, path string) *Log {
	t.Helper()
	l, err := OpenLog(ctx, path, "a-1", journal.Options{Wait: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// logWith makes a log of n steps.
func logWith(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.log")
	l := openLog(t, path)
	defer l.Close()
	for i := range n {
		if first, err := l.Append(ctx, stepAt(t, i)); err != nil || first != uint64(i+2) {
			t.Fatalf("step %d is record %d, %v", i, first, err)
		}
	}
	return path
}

// urls are those of the steps that the log has, and what was wrong with it.
func urls(path string) (urls []string, wrong []error) {
	for rec, err := range ReadLog(path) {
		if err != nil {
			wrong = append(wrong, err)
		}
		if rec.Step != nil {
			urls = append(urls, rec.Step.URL())
		}
	}
	return urls, wrong
}

func TestAnAppendedStepSurvivesTheReopening(t *testing.T) {
	path := logWith(t, 2)
	l := openLog(t, path)
	if got := l.Opened(); got.Empty || got.Cut != 0 {
		t.Errorf("opened: %+v", got)
	}
	if first, err := l.Append(ctx, stepAt(t, 2), stepAt(t, 3)); err != nil || first != 4 {
		t.Errorf("first of two: record %d, %v", first, err)
	}
	if err := l.SetUsage(ctx, []byte(`{"total": 1}`)); err != nil {
		t.Error(err)
	}
	got, wrong := urls(path) // beside the writer
	if len(wrong) > 0 || strings.Join(got, ",") != "page 00000,page 00001,page 00002,page 00003" {
		t.Errorf("%q, %v", got, wrong)
	}
	for rec, err := range ReadLog(path) {
		if err != nil || rec.Header == nil || rec.Header.AgentID != "a-1" {
			t.Errorf("first record: %+v, %v", rec, err)
		}
		break
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != l.Size() {
		t.Errorf("size %d, on the disk %v, %v", l.Size(), info, err)
	}
}

func TestOneProcessHasTheLog(t *testing.T) {
	path := logWith(t, 1)
	l := openLog(t, path)
	_, err := OpenLog(ctx, path, "", journal.Options{Wait: -1})
	if !errors.Is(err, wholly.ErrBusy) {
		t.Errorf("a second writer: %v", err)
	}
	l.Close()
	openLog(t, path)
}

// damage overwrites the middle of the step that says text.
func damage(t *testing.T, path, text string) {
	t.Helper()
	data := []byte(read(t, path))
	at := bytes.Index(data, []byte(text))
	if at < 0 {
		t.Fatalf("no %s in the log", text)
	}
	copy(data[at:], "####")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamageInTheMiddleCostsOneStepAndIsTold(t *testing.T) {
	path := logWith(t, 5)
	damage(t, path, "page 00002")
	got, wrong := urls(path)
	var d *journal.Damage
	if len(wrong) != 1 || !errors.As(wrong[0], &d) || d.FirstSeq != 4 || d.LastSeq != 4 {
		t.Errorf("damage told: %v", wrong)
	}
	if len(got) != 4 {
		t.Errorf("read: %q", got)
	}
	out := filepath.Join(t.TempDir(), "out.json")
	done, err := ExportLog(ctx, Private(), path, out, Exporting{})
	if err != nil || len(done.Lost) != 1 || done.Steps != 4 || !errors.As(done.Lost[0], &d) {
		t.Errorf("export: %+v, %v", done, err)
	}
	h, err := history.Decode([]byte(read(t, out)))
	if err != nil || h.Len() != 4 {
		t.Errorf("the file: %v", err)
	}
	l := openLog(t, path)
	if l.Opened().Scanned { // the end is whole: nothing else is looked at
		t.Errorf("opened: %+v", l.Opened())
	}
	if first, err := l.Append(ctx, stepAt(t, 5)); err != nil || first != 7 {
		t.Errorf("behind damage: record %d, %v", first, err)
	}
}

func TestATornEndIsCutOffAndTold(t *testing.T) {
	path := logWith(t, 3)
	if err := os.Truncate(path, int64(len(read(t, path))-5)); err != nil {
		t.Fatal(err)
	}
	if got, wrong := urls(path); len(got) != 2 || len(wrong) > 0 {
		t.Errorf("beside a writer that has not finished: %q, %v", got, wrong)
	}
	if o := openLog(t, path).Opened(); o.Records != 3 || o.Cut == 0 {
		t.Errorf("opened: %+v", o)
	}
}

// A file that is no log is told from one, and appending does not touch it.
func TestOnlyALogIsAppendedTo(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other")
	j, err := journal.Open(ctx, other, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(ctx, []byte(`{"id": 7}`)); err != nil {
		t.Fatal(err)
	}
	j.Close()
	for name, content := range map[string]string{
		"a history":       read(t, sampleHistory),
		"text":            "hello",
		"another journal": read(t, other),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			put(t, filepath.Dir(path), map[string]string{"f": content})
			l, err := OpenLog(ctx, path, "", journal.Options{})
			var failed *wholly.Error
			if !errors.As(err, &failed) || failed.State != wholly.Old || failed.Path != path {
				t.Errorf("error: %v", err)
			}
			if err == nil {
				l.Close()
			}
			if read(t, path) != content {
				t.Error("it was touched")
			}
		})
	}
}

func TestIsLog(t *testing.T) {
	dir := t.TempDir()
	log := read(t, logWith(t, 1))
	for _, tc := range []struct {
		name, content string
		want          bool
	}{
		{"a log", log, true},
		{"damaged behind its header", log[:70] + "####" + log[74:], true},
		{"both copies of the header damaged", log[:10] + "##" + log[12:42] + "##" + log[44:], true},
		{"a header alone", log[:64], true},
		{"a history", read(t, sampleHistory), false},
		{"empty", "", false},
		{"text", "hello", false},
	} {
		put(t, dir, map[string]string{"f": tc.content})
		if got, err := IsLog(filepath.Join(dir, "f")); err != nil || got != tc.want {
			t.Errorf("%s: %v, %v", tc.name, got, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if got, err := IsLog(path); err == nil || got {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
}

// An append costs what its step is long, however long the log is.
func BenchmarkAppend(b *testing.B) {
	for _, before := range []int{10, 10_000} {
		b.Run(fmt.Sprint(before), func(b *testing.B) {
			l, err := OpenLog(ctx, filepath.Join(b.TempDir(), "run.log"), "", journal.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			steps, _, err := history.ParseSteps([]byte(`[{"model_output": null, "result": [], "state": {"url": "u"}, "metadata": null}]`))
			if err != nil {
				b.Fatal(err)
			}
			many := make([]history.Step, before)
			for i := range many {
				many[i] = steps[0]
			}
			if _, err := l.Append(ctx, many...); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Append(ctx, steps...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
