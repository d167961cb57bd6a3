package golang

import (
	"go/ast"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// known reads calls that build values and touch no file; nil if it is none of
// them.
func (w *walker) known(c *ast.CallExpr, name string) []*effect.Value {
	one := func(v *effect.Value) []*effect.Value { return []*effect.Value{v} }
	site := w.f.span(c).Site()
	switch {
	case surroundings[name]:
		return one(effect.NewGlobal(name + "()"))
	case (name == "os.Getenv" || name == "os.LookupEnv" || name == "os.ExpandEnv") && len(c.Args) > 0:
		return one(effect.NewGlobal(name + "(" + w.value(c.Args[0]).Name + ")"))
	case name == "os.NewFile" && len(c.Args) > 0:
		return one(w.args(c)[0])
	case name == "os.OpenRoot" && len(c.Args) == 1:
		return one(w.value(c.Args[0]).Typed("os.Root"))
	case name == "os.TempDir":
		return one(effect.NewGlobal(effect.SystemTempDir))
	case name == "os.Getpid":
		return one(effect.NewRandom(site, "pid"))
	case name == "time.Now" || strings.HasPrefix(name, "time.Since"):
		return one(effect.NewRandom(site, "clock"))
	case random(name):
		w.args(c)
		return one(effect.NewRandom(site, "random"))
	case buffers[name] && len(c.Args) > 0:
		return one(effect.NewWrap(site, w.args(c)[0]))
	case encoders[name] && len(c.Args) > 0:
		return one(firstFile(w.args(c)))
	case strings.HasPrefix(name, "flag.") || strings.HasPrefix(name, "github.com/spf13/pflag."):
		w.args(c)
		return one(effect.NewField(effect.NewGlobal(effect.Arguments), w.f.quote(c)))
	}
	if v := w.paths(c, name, site); v != nil {
		return one(v)
	}
	return nil
}

func random(name string) bool {
	for _, p := range []string{"math/rand.", "math/rand/v2.", "crypto/rand.", "github.com/google/uuid.New", "github.com/rs/xid.New"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func firstFile(vs []*effect.Value) *effect.Value {
	for _, v := range vs {
		if v.Inner() != nil {
			return v
		}
	}
	return vs[0]
}

// paths reads the functions that put paths and texts together.
func (w *walker) paths(c *ast.CallExpr, name, site string) *effect.Value {
	if len(c.Args) == 0 {
		return nil
	}
	arg := func() *effect.Value { return w.args(c)[0] }
	switch name {
	case "path/filepath.Join", "path.Join":
		return effect.NewJoin(w.args(c)...)
	case "path/filepath.Clean", "path.Clean", "path/filepath.Abs", "path/filepath.EvalSymlinks", "path/filepath.ToSlash",
		"path/filepath.FromSlash", "strings.TrimSpace", "os.ExpandEnv", "strings.Clone", "bytes.NewReader", "strings.NewReader",
		"bytes.NewBuffer", "bytes.NewBufferString", "bytes.TrimSpace":
		return arg()
	case "path/filepath.Dir", "path.Dir":
		return effect.NewDir(arg())
	case "path/filepath.Base", "path.Base":
		return effect.NewBase(arg())
	case "fmt.Sprintf":
		args := w.args(c)
		return w.format(args[0], args[1:], site)
	case "fmt.Sprint":
		return effect.NewConcat(w.args(c)...)
	case "strings.Join":
		w.args(c)
		return effect.NewUnknown(site)
	case "cmp.Or":
		return effect.NewPhi(w.args(c)...)
	}
	for _, p := range []string{"strconv.", "encoding/hex.", "encoding/base64.", "crypto/sha", "crypto/md5.", "strings."} {
		if strings.HasPrefix(name, p) {
			return derived(w.args(c), name, site)
		}
	}
	return nil
}

// derived is a text made from others: what differs in them differs in it.
func derived(args []*effect.Value, name, site string) *effect.Value {
	if strings.HasPrefix(name, "crypto/") {
		return effect.NewRandom(site, "hash")
	}
	for _, a := range args {
		if a != nil && a.Any(func(v *effect.Value) bool { return v.Kind == effect.Random }) {
			return a
		}
	}
	return effect.NewResult(site, name, args)
}
