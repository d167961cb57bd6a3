package effect

import (
	"strconv"
	"strings"
)

// Shape is the structure of v without the places it stands at and without the
// modules it comes from: it stays when lines move and wherever the tree is
// read from. Unlike Text it is for programs, and is not reworded. Different
// values may have one shape.
func (v *Value) Shape() string {
	if v == nil {
		return "-"
	}
	name := v.Name
	switch v.Kind {
	case Lit:
		return strconv.Quote(name)
	case Param:
		name = v.Words + "#" + strconv.Itoa(v.Index)
	case Unknown:
		name = v.Words
	case Self, Global, Call, Object:
		name = name[strings.LastIndexAny(name, "/.")+1:]
	}
	var b strings.Builder
	b.WriteString(shapes[v.Kind] + "(" + name)
	for _, a := range v.Args {
		b.WriteString(" " + a.Shape())
	}
	b.WriteString(")")
	return b.String()
}

// shapes are part of fingerprints that people keep in files: never reworded.
var shapes = [...]string{
	Unknown: "unknown", Lit: "lit", Param: "param", Self: "self", Field: "field", Global: "global", Call: "call",
	Temp: "temp", Open: "open", Content: "content", Wrap: "wrap", Object: "object", Join: "join", Concat: "concat",
	Suffix: "suffix", Dir: "dir", Base: "base", Phi: "phi", Random: "random", Empty: "empty",
}
