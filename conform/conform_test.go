package conform_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/conform"
)

func self() []string { return []string{os.Args[0]} }

// ours is wholly with every ability that the suite asks about.
var ours = conform.Writer{
	Name: "wholly", WriteFile: wholly.WriteFile, Command: self(),
	State: func(err error) string {
		var e *wholly.Error
		if errors.As(err, &e) {
			return e.State.String()
		}
		return "no state"
	},
	Parents:         wholly.Policy{MkdirMode: 0o755}.WriteFile,
	ReplaceLinks:    wholly.Policy{Links: wholly.Replace}.WriteFile,
	RefuseLinks:     wholly.Policy{Links: wholly.Refuse}.WriteFile,
	RefuseHardLinks: wholly.Policy{HardLinks: wholly.RefuseHardLinks}.WriteFile,
	InPlace:         wholly.Policy{Mounted: wholly.InPlace}.WriteFile,
	Strict:          wholly.Policy{Strict: true}.WriteFile,
	NewOnly:         wholly.Policy{If: wholly.IfAbsent}.WriteFile,
	Told: func(path string, data []byte, perm fs.FileMode) (conform.Told, error) {
		r, err := wholly.Policy{}.WriteFrom(context.Background(), path, bytes.NewReader(data), perm)
		return conform.Told{Lost: r.Dropped, OtherLinks: r.OtherLinks, Durable: r.Durable}, err
	},
	Create: func(path string, perm fs.FileMode) (conform.Stream, error) { return wholly.Create(path, perm) },
	WriteFrom: func(ctx context.Context, path string, r io.Reader, perm fs.FileMode) error {
		_, err := wholly.Policy{}.WriteFrom(ctx, path, r, perm)
		return err
	},
	IfStill: func(path string, old, data []byte, perm fs.FileMode) error {
		return wholly.Policy{If: wholly.IfVersion(wholly.VersionOf(old))}.WriteFile(path, data, perm)
	},
	Update: func(path string, perm fs.FileMode, fn func([]byte) ([]byte, error)) error {
		return wholly.Update(context.Background(), path, perm, fn)
	},
	InRoot: func(root *os.Root, name string, data []byte, perm fs.FileMode) error {
		d, err := wholly.Policy{}.DirIn(root)
		if err != nil {
			return err
		}
		defer d.Close()
		return d.WriteFile(name, data, perm)
	},
	ReadFile: wholly.ReadFile,
	Sweep:    func(dir string) error { _, err := wholly.Sweep(dir); return err },
}

var std = conform.Writer{Name: "os.WriteFile", WriteFile: os.WriteFile, Command: self()}

// naive is what is written by hand when nobody thinks twice.
var naive = conform.Writer{Name: "temp+rename", Command: self(), WriteFile: func(path string, data []byte, perm fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "tmp")
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(perm); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}}

// withBackup has what is odd in some writers: it asks by a rename of its own
// whether it may, keeps the old content beside the new, and takes a name for
// text.
var withBackup = conform.Writer{Name: "backup", Command: self(), Beside: []string{".bak"},
	WriteFile: func(path string, data []byte, perm fs.FileMode) error {
		path = strings.ToValidUTF8(path, "?")
		for _, name := range []string{path + ".ask", path + ".tmp"} {
			if err := os.WriteFile(name, data, perm); err != nil {
				return err
			}
		}
		if err := errors.Join(os.Rename(path+".ask", path+".may"), os.Remove(path+".may")); err != nil {
			return err
		}
		if err := os.Rename(path, path+".bak"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Rename(path+".tmp", path)
	}}

func TestMain(m *testing.M) {
	conform.Main(ours, std, naive, withBackup)
	os.Exit(m.Run())
}

// run fills in the table; a case that could not be run is told, and where CI
// requires every tool it is a failure.
func run(t *testing.T, w conform.Writer) conform.Report {
	t.Helper()
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // another user has to come in
		t.Fatal(err)
	}
	t.Chdir(dir) // a bad writer makes a mess of the empty name
	report := conform.Run(t.Context(), w, dir)
	for _, r := range report.Results {
		switch {
		case r.Outcome == conform.Broken:
			t.Errorf("%s %s: %s", r.ID, r.Title, r.Observed)
		case r.Outcome == conform.Skipped && os.Getenv("WHOLLY_REQUIRE") == "1":
			t.Errorf("%s was not run: %s", r.ID, r.Observed)
		case r.Outcome == conform.Skipped:
			t.Logf("%s was not run: %s", r.ID, r.Observed)
		}
	}
	t.Log(report.Summary())
	return report
}

func TestWhollyIsAsDecided(t *testing.T) {
	report := run(t, ours)
	for _, r := range report.Results {
		if r.Outcome == conform.Differs {
			t.Errorf("%s %s: %s, decided is %s", r.ID, r.Title, r.Observed, r.Expected)
		}
	}
	if n := len(report.With(conform.AsDecided)); n < 100 && os.Geteuid() == 0 && runtime.GOOS == "linux" && os.Getenv("WHOLLY_REQUIRE") == "1" {
		t.Errorf("only %d cases were run", n)
	}
	if got := report.With(conform.NotApplicable); !slices.Equal(got, []string{"F12", "F13"}) {
		t.Errorf("not applicable: %v; only the power cuts, which crash is for, should be", got)
	}
}

// asRoot skips what is known for root on Linux only.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("the list is root's on Linux")
	}
}

// TestStandardLibraryDiffersWhereKnown: the table is not blind, and its
// picture of os.WriteFile is right.
func TestStandardLibraryDiffersWhereKnown(t *testing.T) {
	asRoot(t)
	want := strings.Split("K11,K12,T7,T8,T10,T11,P1,P3,P4,F1,F1 new,F2,F7,O1,O1 new", ",")
	// Where two processes or a rare ability must meet, they need not.
	perhaps := strings.Split("F11,C1,C2,K8 ima", ",")
	report := run(t, std)
	got := report.With(conform.Differs)
	for _, id := range want {
		if !slices.Contains(got, id) && !slices.Contains(report.With(conform.Skipped), id) {
			t.Errorf("%s: os.WriteFile is as decided; it was not", id)
		}
	}
	for _, id := range got {
		if !slices.Contains(want, id) && !slices.Contains(perhaps, id) {
			t.Errorf("%s: os.WriteFile differs; it did not", id)
		}
	}
}

func TestNaiveWriterIsFoundOut(t *testing.T) {
	asRoot(t)
	report := run(t, naive)
	got := report.With(conform.Differs)
	for _, id := range strings.Split("N2,K1,K2,K3,T1,T2,T7,T8,T9,O1,M4", ",") {
		if !slices.Contains(got, id) {
			t.Errorf("%s: nothing was found; differs: %v", id, got)
		}
	}
}

func TestOddWriterIsJudgedForWhatItDoes(t *testing.T) {
	asRoot(t)
	seen := map[string]conform.Result{}
	for _, r := range run(t, withBackup).Results {
		seen[r.ID] = r
	}
	for id, want := range map[string]string{
		"K13": "new", // no litter
		"C7":  "seen, seen",
		"F4":  "EIO, missing; a file is gone; litter",
		"O4":  "the name is free for a moment",
		"O5":  "none",
		"M3":  "written, written, written, written, missing; litter",
	} {
		if r := seen[id]; r.Observed != want && r.Outcome != conform.Skipped {
			t.Errorf("%s %s: %s, want %s", id, r.Title, r.Observed, want)
		}
	}
}

func TestReports(t *testing.T) {
	r := conform.Report{Writer: "w", System: "here", Results: []conform.Result{
		{ID: "N1", Title: "one", Expected: "ok", Observed: "ok"},
		{ID: "N2", Title: "two", Expected: "ok", Observed: "a|b", Outcome: conform.Differs},
		{ID: "N3", Title: "three", Expected: "ok", Observed: "needs root", Outcome: conform.Skipped},
	}}
	for _, want := range []string{"**differs**", "a\\|b", "needs root", "1 as decided, 1 differs, 1 skipped"} {
		if !strings.Contains(r.Markdown(), want) {
			t.Errorf("no %q in\n%s", want, r.Markdown())
		}
	}
	if got := conform.Compare(r, r); strings.Count(got, "\n") < 4 || !strings.Contains(got, "a\\|b") {
		t.Errorf("compared:\n%s", got)
	}
}

func ExampleRun() {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	report := conform.Run(context.Background(), conform.Writer{Name: "mine", WriteFile: wholly.WriteFile}, dir)
	for _, r := range report.Results {
		if r.ID == "N5" || r.ID == "M1" {
			fmt.Println(r.ID, r.Outcome)
		}
	}
	// Output:
	// N5 as decided
	// M1 as decided
}
