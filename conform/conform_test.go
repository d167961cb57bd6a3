package conform_test

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/conform"
)

var (
	ours = conform.Writer{
		Name:      "wholly",
		WriteFile: wholly.WriteFile,
		WriteNew:  wholly.Policy{If: wholly.IfAbsent}.WriteFile,
		Create: func(path string, perm fs.FileMode) (conform.Pending, error) {
			return wholly.Create(path, perm)
		},
	}
	std = conform.Writer{Name: "os.WriteFile", WriteFile: os.WriteFile}
	// naive is what is written by hand when nobody thinks twice.
	naive = conform.Writer{Name: "temp+rename", WriteFile: func(path string, data []byte, perm fs.FileMode) error {
		if err := os.WriteFile(path+".tmp", data, perm); err != nil {
			return err
		}
		return os.Rename(path+".tmp", path)
	}}
)

func TestMain(m *testing.M) {
	conform.Child(ours, std, naive)
	os.Exit(m.Run())
}

// run fills in the table and fails if a row was left out that must not be.
func run(t *testing.T, w conform.Writer) conform.Report {
	t.Helper()
	t.Chdir(t.TempDir()) // a bad writer makes a mess of the empty name
	r := conform.Run(w, t.TempDir())
	for _, row := range r.Skipped() {
		if os.Getenv("WHOLLY_REQUIRE") == "1" && !strings.Contains(row.Skipped, " here: ") {
			t.Errorf("%s was not run: %s", row.ID, row.Skipped)
		}
		t.Logf("%s was not run: %s", row.ID, row.Skipped)
	}
	return r
}

func TestWhollyIsAsDecided(t *testing.T) {
	r := run(t, ours)
	for _, row := range r.Rows {
		if row.Skipped == "" && !row.OK() {
			t.Errorf("%s %s: %s, decided is %s", row.ID, row.Case, row.Got, row.Want)
		}
	}
	if len(r.Rows) < 40 && runtime.GOOS == "linux" {
		t.Errorf("only %d rows", len(r.Rows))
	}
}

// TestStandardLibraryDiffersWhereKnown: the table is not blind, and its
// picture of os.WriteFile is right.
func TestStandardLibraryDiffersWhereKnown(t *testing.T) {
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("the list below is root's on Linux")
	}
	want := []string{"T11", "K12", "C1", "C2", "K4", "K11", "T7", "T8", "T10", "P1", "P3", "P4", "F1", "F2", "F11", "O1", "M4", "F3", "F4", "F5", "F7"}
	got := run(t, std).Differs()
	// Two writers, or a writer and a reader, need not meet.
	lucky := func(id string) bool { return id == "C1" || id == "C2" || id == "F11" }
	for _, id := range want {
		if !slices.Contains(got, id) && !lucky(id) {
			t.Errorf("%s: os.WriteFile is as decided; it was not", id)
		}
	}
	for _, id := range got {
		if !slices.Contains(want, id) {
			t.Errorf("%s: os.WriteFile differs; it did not", id)
		}
	}
}

func TestNaiveWriterIsFoundOut(t *testing.T) {
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("the list below is root's on Linux")
	}
	got := run(t, naive).Differs()
	for _, id := range []string{"K1", "K2", "K3", "K5", "T1", "T2", "T7", "M1", "O1", "M4", "F3"} {
		if !slices.Contains(got, id) {
			t.Errorf("%s: nothing was found", id)
		}
	}
}

func TestReports(t *testing.T) {
	r := conform.Report{Writer: "w", Rows: []conform.Row{
		{ID: "N1", Case: "one", Want: "ok", Got: "ok"},
		{ID: "N2", Case: "two", Want: "ok", Got: "torn"},
		{ID: "N3", Case: "three", Want: "ok", Skipped: "needs root"},
	}}
	for _, want := range []string{"| N1 | one | ok | as decided |", "| **torn** |", "| – (needs root) |"} {
		if !strings.Contains(r.Markdown(), want) || !strings.Contains(conform.Compare(r, r), want) {
			t.Errorf("no %q in\n%s", want, r.Markdown())
		}
	}
	if got := fmt.Sprint(r.Differs(), len(r.Skipped())); got != "[N2] 1" {
		t.Error(got)
	}
}

func ExampleRun() {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	report := conform.Run(conform.Writer{Name: "wholly", WriteFile: wholly.WriteFile}, dir)
	for _, row := range report.Rows {
		if row.ID == "N5" || row.ID == "M1" {
			fmt.Println(row.ID, row.Case, "-", row.OK())
		}
	}
	// Output:
	// N5 empty content - true
	// M1 names of 250 and 255 bytes - true
}
