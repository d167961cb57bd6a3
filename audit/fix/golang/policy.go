package golang

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// policy is the call that stands for the group: it keeps a backup where the
// group did, and a file private that was.
func (d *draft) policy(at ast.Node, backup, target ast.Expr, mode string) string {
	var fields []string
	if backup != nil {
		fields = append(fields, "Keep: 1")
		if !d.isBackup(backup, target) {
			d.say("the earlier version is then called NAME.bak")
		}
	}
	if bits, ok := literal(mode); ok && bits&0o077 == 0 {
		fields = append(fields, "Private: true")
	}
	d.need(library)
	return d.with(fields, at) + ".WriteFile"
}

// with is the library, or a policy with these fields, before a dot. In the head
// of a statement a literal stands in brackets.
func (d *draft) with(fields []string, at ast.Node) string {
	if len(fields) == 0 {
		return d.lib
	}
	text := d.lib + ".Policy{" + strings.Join(fields, ", ") + "}"
	if st, _ := d.statement(at); st != nil {
		switch st.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.RangeStmt:
			return "(" + text + ")"
		}
	}
	return text
}

// isBackup reports whether a name is the one that the library gives the earlier
// version.
func (d *draft) isBackup(name, target ast.Expr) bool {
	text := strings.ReplaceAll(d.text(d.defined(name)), " ", "")
	return text == strings.ReplaceAll(d.text(target), " ", "")+`+".bak"`
}

func literal(text string) (int64, bool) {
	return constant(&ast.BasicLit{Kind: token.INT, Value: text})
}

// changes says what a replacement does otherwise than a temp and a rename.
func (d *draft) changes(site *audit.Site) string {
	text := "; a link under the name is followed, an existing file keeps its owner and mode"
	if site.Facts.Staging == protocol.Elsewhere || site.Facts.Staging == protocol.SystemTemp {
		text += "; the new content is staged beside the file"
	}
	return text
}
