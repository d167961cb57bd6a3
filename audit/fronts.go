package audit

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/golang"
)

// fronts are the front ends of this build.
func fronts() []effect.Front {
	return []effect.Front{golang.Front{}}
}
