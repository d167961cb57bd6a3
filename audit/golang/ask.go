package golang

import (
	"go/ast"
	"go/token"
	"strings"
)

func nonNil(x ast.Expr, name string) bool { return compared(x, name, token.NEQ) }
func isNil(x ast.Expr, name string) bool  { return compared(x, name, token.EQL) }

// compared reports whether x contains `name op nil`.
func compared(x ast.Expr, name string, op token.Token) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if ok && b.Op == op && ident(b.X) == name && ident(b.Y) == "nil" {
			found = true
		}
		return !found
	})
	return found
}

// absence reports whether x asks an error for "it does not exist".
func absence(x ast.Expr) bool {
	return mentions(x, "ErrNotExist") || mentions(x, "IsNotExist") || mentions(x, "ENOENT")
}

// negated reports whether the question for absence stands under a "not".
func negated(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.NOT && absence(u.X) {
			found = true
		}
		return !found
	})
	return found
}

func ident(x ast.Expr) string {
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

func mentions(x ast.Expr, name string) bool { return x != nil && mentionsNode(x, name) }

func mentionsStmt(s ast.Stmt, name string) bool { return s != nil && mentionsNode(s, name) }

func mentionsNode(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// quote is the source of a node, one line of it.
func (f *file) quote(n ast.Node) string {
	at := f.span(n)
	if at.Start < 0 || at.End > len(f.text) || at.Start > at.End {
		return ""
	}
	text, _, _ := strings.Cut(string(f.text[at.Start:at.End]), "\n")
	return text
}
