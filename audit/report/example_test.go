package report_test

import (
	"fmt"
	"os"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
	"github.com/wholly-go/wholly/audit/rule"
)

func ExampleText() {
	site := settings()
	r := &audit.Result{Sites: []*audit.Site{site}, Findings: []*audit.Finding{
		finding(0, site, "rewrite-in-place", rule.High, 15, "a crash while it is written back loses what was in the file before"),
	}}
	if err := report.Text(os.Stdout, r, report.TextOptions{Width: 80}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// app/settings.go:15 HIGH rewrite-in-place in set
	//   A crash while it is written back loses what was in the file before.
	//     11  read   dir/config.toml
	//   > 15  write  dir/config.toml  emptied, then filled
	//   kill -9    old, EMPTY, TORN, new
	//   power cut  also ZEROS
	//   matters    configuration (config.toml)
	//   do         take a lock, read, change, and replace the file by a rename
	//
	// EMPTY no content · TORN a part of the content · ZEROS the right size, no content
	//
	// 1 high.
	// Why, and how to do better: wholly audit explain rewrite-in-place
}

func ExampleGitHub() {
	site := settings()
	r := &audit.Result{Sites: []*audit.Site{site}, Findings: []*audit.Finding{
		finding(0, site, "rewrite-in-place", rule.High, 15, "a crash loses 100% of it"),
	}}
	if err := report.GitHub(os.Stdout, r, report.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ::error file=app/settings.go,line=15,title=rewrite-in-place::A crash loses 100%25 of it.%0AMatters: configuration (config.toml)%0ADo: take a lock, read, change, and replace the file by a rename
}
