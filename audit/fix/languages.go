package fix

import (
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/edit"
	"github.com/wholly-go/wholly/audit/fix/golang"
	"github.com/wholly-go/wholly/audit/fix/python"
	ecma "github.com/wholly-go/wholly/audit/fix/script"
)

// rewriter returns the rewriter of a language, nil if there is none.
func rewriter(l effect.Language) edit.Rewriter {
	switch l {
	case effect.Go:
		return golang.Rewriter{}
	case effect.Python:
		return python.Rewriter{}
	case effect.JavaScript, effect.TypeScript:
		return ecma.Rewriter{}
	}
	return nil
}
