package golang

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// perm reads a permission argument: -2 when it is no constant.
func (w *walker) perm(x ast.Expr) int { return w.permission(x, 3) }

func (w *walker) permission(x ast.Expr, depth int) int {
	switch x := x.(type) {
	case *ast.BasicLit:
		if n, err := strconv.ParseInt(x.Value, 0, 32); err == nil {
			return int(n)
		}
	case *ast.ParenExpr:
		return w.permission(x.X, depth)
	case *ast.CallExpr:
		if len(x.Args) == 1 {
			return w.permission(x.Args[0], depth)
		}
	case *ast.SelectorExpr:
		if x.Sel.Name == "ModePerm" {
			return 0o777
		}
	case *ast.Ident:
		if v := w.f.consts[x.Name]; v != nil && v.Kind == effect.Lit {
			if n, err := strconv.ParseInt(v.Name, 0, 32); err == nil {
				return int(n)
			}
		} else if def := w.f.exprs[x.Name]; def != nil && w.env[x.Name] == nil && depth > 0 {
			return w.permission(def, depth-1)
		}
	}
	return -2
}

// flagsOf collects the names of open flags; ok is false when one is unknown.
func (w *walker) flagsOf(x ast.Expr, depth int) (set map[string]bool, ok bool) {
	set = map[string]bool{}
	if depth == 0 {
		return set, false
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		if x.Op != token.OR {
			return set, false
		}
		a, okA := w.flagsOf(x.X, depth-1)
		b, okB := w.flagsOf(x.Y, depth-1)
		for n := range b {
			a[n] = true
		}
		return a, okA && okB
	case *ast.ParenExpr:
		return w.flagsOf(x.X, depth)
	case *ast.SelectorExpr:
		set[x.Sel.Name] = true
		return set, strings.HasPrefix(x.Sel.Name, "O_")
	case *ast.CallExpr:
		if len(x.Args) == 1 {
			return w.flagsOf(x.Args[0], depth-1)
		}
	case *ast.BasicLit:
		return set, x.Value == "0"
	case *ast.Ident:
		if src := w.flags[x.Name]; src != nil {
			return w.flagsOf(src, depth-1)
		}
		if def := w.f.exprs[x.Name]; def != nil && w.env[x.Name] == nil {
			return w.flagsOf(def, depth-1)
		}
	}
	return set, false
}

func (w *walker) access(x ast.Expr) effect.Mode {
	set, ok := w.flagsOf(x, 6)
	m := effect.Mode{Binary: true, Synced: set["O_SYNC"] || set["O_DSYNC"]}
	switch {
	case !ok:
		m.Access = effect.AccessUnknown
	case set["O_EXCL"]:
		m.Access = effect.Exclusive
	case set["O_APPEND"]:
		m.Access = effect.Appending
	case set["O_TRUNC"]:
		m.Access = effect.Truncating
	case set["O_WRONLY"] || set["O_RDWR"]:
		m.Access = effect.Updating
	default:
		m.Access = effect.ReadOnly
	}
	return m
}
