//go:build !linux

package report

import (
	"context"
	"runtime"
	"time"
)

// Machine tells what a result may depend on, as far as this system can say.
func Machine(context.Context) []Fact {
	return []Fact{
		{"processor", Count(runtime.NumCPU()) + " cores, " + runtime.GOARCH},
		{"system", runtime.GOOS},
		{"Go", runtime.Version()},
		{"date", time.Now().UTC().Format("2006-01-02 15:04 UTC")},
	}
}
