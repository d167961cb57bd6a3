package vet_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool builds wholly-vet.
func tool(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	bin := filepath.Join(t.TempDir(), "wholly-vet.exe")
	run(t, ".", nil, "go", "build", "-tags", "nogrammar", "-o", bin, "./cmd/wholly-vet")
	return bin
}

// run runs a command and returns what it printed; fail says whether it may.
func run(t *testing.T, dir string, env []string, name string, args ...string) (out string, failed bool) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	b, err := cmd.CombinedOutput()
	if _, exit := err.(*exec.ExitError); err != nil && !exit {
		t.Fatal(err)
	}
	return string(b), err != nil
}

// module writes a module of two packages: the state package saves through a
// helper of the other, and by itself.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/app\n\ngo 1.25.0\n"}
	for _, name := range []string{"save", "state"} {
		b, err := os.ReadFile(filepath.Join("testdata/src/example.com", name, name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		files[name+"/"+name+".go"] = strings.Replace(string(b), `"example.com/save"`, `"example.com/app/save"`, 1)
	}
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var alone = []string{"GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off"}

// go vet -vettool reports the lines that the comments name, across packages.
func TestGoVet(t *testing.T) {
	bin, dir := tool(t), module(t)
	out, failed := run(t, dir, alone, "go", "vet", "-vettool="+bin, "./...")
	if !failed {
		t.Error("go vet succeeded")
	}
	b, err := os.ReadFile(filepath.Join(dir, "state", "state.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := strings.Count(out, "truncate-in-place: ") + strings.Count(out, "missing-file-window: ")
	if want := strings.Count(string(b), "// want `"); found != want {
		t.Errorf("%d reported, want %d:\n%s", found, want, out)
	}
}

// The JSON has the rule as the category, the place and the suggested change.
func TestGoVetJSON(t *testing.T) {
	bin, dir := tool(t), module(t)
	out, _ := run(t, dir, alone, "go", "vet", "-vettool="+bin, "-json", "./state")
	var body strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") {
			body.WriteString(line)
		}
	}
	var got map[string]map[string][]struct {
		Category, Posn, Message string
		Fixes                   []struct{ Edits []struct{ New string } } `json:"suggested_fixes"`
	}
	if err := json.Unmarshal([]byte(body.String()), &got); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	all := got["example.com/app/state"]["wholly"]
	if len(all) == 0 || all[0].Category != "truncate-in-place" || !strings.Contains(all[0].Posn, "state.go:31:9") || len(all[0].Fixes) != 1 {
		t.Errorf("got %+v\n%s", all, out)
	}
}

// go fix -fixtool makes the change, takes out no import that is used, and
// leaves what is to be asked alone.
func TestGoFix(t *testing.T) {
	bin, dir := tool(t), module(t)
	if out, _ := run(t, dir, alone, "go", "help", "fix"); !strings.Contains(out, "-fixtool") {
		t.Skip("this go has no go fix -fixtool")
	}
	out, failed := run(t, dir, alone, "go", "fix", "-fixtool="+bin, "./...")
	if failed {
		t.Fatalf("go fix: %s", out)
	}
	want, err := os.ReadFile("testdata/src/example.com/state/state.go.golden")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "state", "state.go"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.Replace(string(want), `"example.com/save"`, `"example.com/app/save"`, 1) {
		t.Errorf("go fix made:\n%s", got)
	}
}

// Our own library has nothing of medium or high.
func TestGoVetOnTheLibrary(t *testing.T) {
	if out, failed := run(t, "../..", nil, "go", "vet", "-vettool="+tool(t), "./..."); failed {
		t.Error(out)
	}
}
