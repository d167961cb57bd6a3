package report_test

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

func many(n int) *audit.Result {
	r := &audit.Result{}
	for i := range n {
		s := watchdog()
		s.File, s.Line = fmt.Sprintf("src/f%d.py", i%500), i
		r.Sites = append(r.Sites, s)
		r.Findings = append(r.Findings, finding(i, s, "missing-file-window", rule.Severity(i%4), i, "a crash leaves no file"))
	}
	return r
}

func Benchmark10000Findings(b *testing.B) {
	r := many(10_000)
	for _, f := range formats {
		if !slices.Contains([]string{"text", "all", "json", "sarif", "markdown"}, f.name) {
			continue
		}
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f.write(io.Discard, r, report.Options{Most: -1, From: rule.Low}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
