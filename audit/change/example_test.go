package change_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/change"
)

func ExampleSince() {
	ctx := context.Background()
	r, err := audit.Scan(ctx, []string{"."}, audit.Options{Base: "."})
	if err != nil {
		fmt.Println(err)
		return
	}
	lines, err := change.Since(ctx, ".", "origin/main")
	if errors.Is(err, change.ErrUnknownBase) {
		fmt.Println("fetch it first:", err)
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	lines.Keep(r)
	fmt.Println(len(r.Findings), "findings on lines that changed")
}
