package agent

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/history"
)

// What was appended comes out as browser-use wrote it, byte for byte.
func TestAnExportIsTheFile(t *testing.T) {
	path, out := filepath.Join(t.TempDir(), "new", "run.log"), filepath.Join(t.TempDir(), "out.json")
	l := openLog(t, path)
	for _, s := range sampleSteps(t) {
		if _, err := l.Append(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	done, err := ExportLog(ctx, Private(), path, out, Exporting{})
	if err != nil || len(done.Lost) > 0 || done.Steps != len(sampleSteps(t)) || !done.Result.Created {
		t.Fatalf("%+v, %v", done, err)
	}
	if read(t, out) != read(t, sampleHistory) {
		t.Error("the export differs from the sample")
	}
	var b bytes.Buffer
	if _, err := WriteLog(ctx, &b, path, Exporting{}); err != nil || b.String() != read(t, out) {
		t.Errorf("to a writer it is another: %v", err)
	}
	if err := l.SetUsage(ctx, []byte(`{"cost": 1e-3}`)); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if _, err := WriteLog(ctx, &b, path, Exporting{}); err != nil || !strings.Contains(b.String(), `"cost": 1e-3`) {
		t.Errorf("the usage is not there: %v", err)
	}
}

// With a redactor no byte of a secret leaves the log, and a key that holds one
// stops the export before its step is written.
func TestAnExportWithoutSecrets(t *testing.T) {
	secrets, err := history.ParseSecrets([]byte(`{"pw": "hunter2&more"}`))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "run.log")
	l := openLog(t, path)
	steps, _, err := history.ParseSteps([]byte(`[
{"model_output": {"memory": "hunter2&more", "action": []}, "result": [], "state": {"url": "https://x/?q=hunter2%26more", "title": "", "tabs": [], "interacted_element": []}, "metadata": null},
{"model_output": {"action": [{"own": {"hunter2&more": 1}}]}, "result": [], "state": {"url": "", "title": "", "tabs": [], "interacted_element": [null]}, "metadata": null}]`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(ctx, steps...); err != nil {
		t.Fatal(err)
	}
	if err := l.SetUsage(ctx, []byte(`{"by": "hunter2&more"}`)); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.json")
	x := Exporting{Redactor: secrets.Redactor()}
	done, err := ExportLog(ctx, Private(), path, out, x)
	var left *history.LeftError
	if !errors.As(err, &left) || !strings.HasPrefix(err.Error(), "history[1]: ") || len(done.Report.Keys) != 1 {
		t.Errorf("a secret in a key: %v, %+v", err, done.Report)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
	var b bytes.Buffer
	WriteLog(ctx, &b, path, x)
	if strings.Contains(b.String(), "hunter2") {
		t.Errorf("a secret was written: %s", b.String())
	}
	x.Keys = history.ReplaceKeys
	done, err = ExportLog(ctx, Private(), path, out, x)
	if err != nil || done.Report.Names["pw"] != 4 || done.Report.Replaced != 4 {
		t.Errorf("%v, %+v", err, done.Report)
	}
	if strings.Contains(read(t, out), "hunter2") {
		t.Error("a secret is in the file")
	}
}

func TestAnExportThatEndsEarlyMakesNothing(t *testing.T) {
	path, out := logWith(t, 1), filepath.Join(t.TempDir(), "out.json")
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := ExportLog(over, Private(), path, out, Exporting{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := ExportLog(ctx, Private(), filepath.Join(t.TempDir(), "none"), out, Exporting{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no log: %v", err)
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}
