package audit

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/golang"
	"github.com/wholly-go/wholly/audit/python"
	"github.com/wholly-go/wholly/audit/script"
)

// fronts are the front ends of this build. Their tables are part of the
// program, so they cannot fail: a test reads them.
func fronts() []effect.Front {
	py, err := python.New("")
	if err != nil {
		panic(err)
	}
	js, err := script.New("")
	if err != nil {
		panic(err)
	}
	return []effect.Front{golang.Front{}, py, js}
}
