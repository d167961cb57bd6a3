package baseline_test

import (
	"fmt"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/baseline"
)

func ExampleBaseline_Apply() {
	known, err := baseline.Parse([]byte(`{"fingerprint":"5f0c","rule":"truncate-in-place","file":"a.go","reason":"rebuilt by each run"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := &audit.Result{Findings: []*audit.Finding{{Fingerprint: "91aa"}}}
	for _, e := range known.Apply(r) {
		fmt.Println("gone:", e.Rule, "in", e.File)
	}
	fmt.Println("new:", r.Findings[0].Open())
	// Output:
	// gone: truncate-in-place in a.go
	// new: true
}
