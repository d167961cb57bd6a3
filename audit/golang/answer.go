package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// answer says what a block that handles a failed read does.
func (w *walker) answer(body *ast.BlockStmt) effect.Answer {
	if len(body.List) == 0 {
		return effect.Defaults
	}
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.ReturnStmt:
			if w.failing(s) {
				return effect.Fails
			}
			return effect.Defaults
		case *ast.BranchStmt:
			return effect.AnswerUnknown
		case *ast.ExprStmt:
			if w.stops(s.X) {
				return effect.Fails
			}
			if mentions(s.X, "Rename") {
				return effect.Recovers
			}
		case *ast.AssignStmt:
			switch {
			case mentionsStmt(s, "Rename") || mentionsStmt(s, "ReadFile"):
				return effect.Recovers
			case keepsError(s):
				return effect.AnswerUnknown
			}
		}
	}
	return effect.Defaults
}

// keepsError reports whether an assignment keeps an error, as it is or as a
// text: somebody else will answer it.
func keepsError(s *ast.AssignStmt) bool {
	found := false
	for _, x := range s.Rhs {
		ast.Inspect(x, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && isErr(id.Name)
			return !found
		})
	}
	return found
}

// goesOn is the fate of an error that is logged where the function then goes
// on. Of a sync it is as good as dropped: the file is published all the same.
const goesOn effect.Fate = 0xff

// fateOf says what a block that handles an error does with it.
func (w *walker) fateOf(body *ast.BlockStmt) effect.Fate {
	logged := false
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.ReturnStmt:
			if w.failing(s) || w.typ == nil {
				return effect.Returned
			}
			return effect.Logged
		case *ast.ExprStmt:
			if w.stops(s.X) {
				return effect.Returned
			}
			logged = true
		case *ast.AssignStmt, *ast.SendStmt:
			return effect.Returned // kept somewhere: joined, wrapped, sent
		case *ast.IfStmt, *ast.ForStmt, *ast.BranchStmt, *ast.SwitchStmt:
			return effect.Returned
		}
	}
	if logged {
		return goesOn
	}
	return effect.Dropped
}

// failing reports whether a return gives an error to the caller.
func (w *walker) failing(s *ast.ReturnStmt) bool {
	if len(s.Results) == 0 {
		return w.named("err")
	}
	last := s.Results[len(s.Results)-1]
	if id, ok := last.(*ast.Ident); ok {
		return isErr(id.Name) || strings.HasPrefix(id.Name, "Err") || id.Name == "false"
	}
	if call, ok := last.(*ast.CallExpr); ok {
		text := w.f.quote(call.Fun)
		return strings.Contains(strings.ToLower(text), "err") || len(s.Results) == 1 && mentions(call, "err")
	}
	if sel, ok := last.(*ast.SelectorExpr); ok {
		return strings.HasPrefix(sel.Sel.Name, "Err")
	}
	_, composite := last.(*ast.UnaryExpr)
	return composite
}

// stops reports whether a call ends the program, the test or the goroutine.
func stops(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name == "panic" || strings.HasPrefix(fun.Name, "fatal") || fun.Name == "must"
	case *ast.SelectorExpr:
		n := fun.Sel.Name
		return strings.HasPrefix(n, "Fatal") || strings.HasPrefix(n, "Panic") || n == "Exit" || n == "Goexit" || n == "FailNow"
	}
	return false
}

// stops reports the same, and knows the functions of the file that end the
// program themselves.
func (w *walker) stops(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	return stops(x) || ok && w.f.exits[ident(call.Fun)]
}

// leaves reports whether a block ends with a return or the like.
func (w *walker) leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		return w.stops(s.X)
	}
	return false
}

// ends reports whether a function ends the program: its last statement does.
func ends(d *ast.FuncDecl) bool {
	if d.Recv != nil || d.Body == nil || len(d.Body.List) == 0 {
		return false
	}
	s, ok := d.Body.List[len(d.Body.List)-1].(*ast.ExprStmt)
	return ok && stops(s.X)
}
