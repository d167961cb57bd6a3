package report_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

var update = flag.Bool("update", false, "write the golden files anew")

type format struct {
	name  string
	write func(io.Writer, *audit.Result, report.Options) error
}

func text(t report.TextOptions) func(io.Writer, *audit.Result, report.Options) error {
	return func(w io.Writer, r *audit.Result, o report.Options) error {
		t.Options = o
		return report.Text(w, r, t)
	}
}

var formats = []format{
	{"text", text(report.TextOptions{})},
	{"all", text(report.TextOptions{All: true, Width: 120})},
	{"narrow", text(report.TextOptions{All: true, Width: 50})},
	{"color", text(report.TextOptions{All: true, Color: true, Width: 100})},
	{"low", func(w io.Writer, r *audit.Result, o report.Options) error {
		o.From, o.Most, o.Root = rule.Low, 1, "../other"
		return report.Text(w, r, report.TextOptions{Options: o, Width: 80})
	}},
	{"json", report.JSON},
	{"sarif", report.SARIF},
	{"markdown", report.Markdown},
	{"github", report.GitHub},
}

func TestGolden(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var b bytes.Buffer
			r, o := sample()
			if err := f.write(&b, r, o); err != nil {
				t.Fatal(err)
			}
			path := "testdata/" + f.name + ".golden"
			if *update {
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("%s differs; go test -run Golden -update writes it anew\n%s", path, b.Bytes())
			}
		})
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestAWriterThatFailsIsReported(t *testing.T) {
	for _, f := range formats {
		r, o := sample()
		if err := f.write(full{}, r, o); err == nil {
			t.Errorf("%s: the error of the writer is lost", f.name)
		}
	}
}

func TestNothingFound(t *testing.T) {
	for _, f := range formats {
		var b bytes.Buffer
		if err := f.write(&b, &audit.Result{}, report.Options{}); err != nil {
			t.Error(err)
		}
		if b.Len() == 0 && f.name != "github" {
			t.Errorf("%s says nothing at all", f.name)
		}
	}
}
