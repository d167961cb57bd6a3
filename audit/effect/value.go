package effect

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Kind says what a value is made of.
type Kind uint8

// The kinds of values. The comment names the fields that make the identity.
const (
	Unknown Kind = iota // Site: not understood; equal to itself only
	Lit                 // Name: the literal text, or a constant's
	Param               // Name: the function's ID; Index: which parameter, from 0
	Self                // Name: the class ID of the receiver
	Field               // Args[0]: whose; Name: the field
	Global              // Name: the ID of a module's or package's variable
	Call                // Site, Name, Index: one result of a call that is not yet seen through
	Temp                // Site, Args[0]: the directory (nil: the system's); a unique name
	Open                // Site, Args[0]: the path; an open file, made by the Effect at Site
	Content             // Site, Args[0]: the path; what a Read of it gave
	Wrap                // Site, Args[0]: a buffer, encoder or archive over an open file
	Object              // Site, Name: class ID; Names and Args: its fields
	Join                // Args: path elements
	Concat              // Args: texts put together
	Suffix              // Args[0]: a path; Name: the extension that replaces its own
	Dir                 // Args[0]
	Base                // Args[0]
	Phi                 // Args: one of these
	Random              // Site, Name: "random", "pid", "clock" or "hash": a part that differs
	Empty               // nil, None, undefined, "", {} or []: a value without content
)

// A Value says what a path, a handle or a text is, by its structure. It is
// made by the functions of this package, which bring it to one normal form,
// and is never changed afterwards. Two values with the same Key are the same.
type Value struct {
	Kind  Kind
	Name  string
	Index int
	Site  string
	Args  []*Value
	Names []string // of the Args of an Object

	// Type is the ID of the class or type, as far as the front end knows it
	// from a declaration, an annotation or a constructor. Words are the names
	// by which the source calls it. Neither takes part in the identity.
	Type  string
	Words string

	key   string
	depth int
}

// SystemTempDir is the ID of the Global that stands for the system's directory
// for temp files: os.TempDir, tempfile.gettempdir, os.tmpdir. What a program
// asks its surroundings once and for all (home directory, environment, working
// directory) is a Global too, with the call as its ID: "os.UserHomeDir()".
const SystemTempDir = "tempdir()"

// Arguments is the ID of the Global that stands for what the user typed: a
// path from it was named by the user.
const Arguments = "arguments()"

// A value is bounded. What would be deeper, longer or have more alternatives is
// unknown, never cut short into something that compares equal by accident.
const (
	maxDepth = 24
	maxKey   = 4096
	maxAlts  = 12
)

// Key returns a text that is equal for equal values and for no others.
func (v *Value) Key() string {
	if v == nil {
		return "-"
	}
	return v.key
}

// Typed returns the same value with the class or type ID added.
func (v *Value) Typed(id string) *Value {
	if v == nil || id == "" || v.Type == id {
		return v
	}
	c := *v
	c.Type = id
	return &c
}

// Called returns the same value with the name by which the source calls it.
func (v *Value) Called(words string) *Value {
	if v == nil || v.Words != "" {
		return v
	}
	c := *v
	c.Words = words
	return &c
}

// Make builds any value and brings it to its normal form: what a rewriting of
// Args needs. Front ends use the constructors below.
func Make(v Value) *Value {
	switch v.Kind {
	case Field:
		return NewField(v.Args[0], v.Name).Typed(v.Type).Called(v.Words)
	case Join:
		return NewJoin(v.Args...)
	case Concat:
		return NewConcat(v.Args...)
	case Suffix:
		return NewSuffix(v.Args[0], v.Name)
	case Dir:
		return NewDir(v.Args[0])
	case Base:
		return NewBase(v.Args[0])
	case Phi:
		return NewPhi(v.Args...)
	}
	return seal(v)
}

func seal(v Value) *Value {
	v.depth = 0
	for _, a := range v.Args {
		if a != nil {
			v.depth = max(v.depth, a.depth+1)
		}
	}
	if v.bySite() { // what it holds is not who it is
		v.key = "(" + strconv.Itoa(int(v.Kind)) + v.Name + strconv.Itoa(v.Index) + "@" + v.Site + ")"
	} else {
		v.key = v.structure()
	}
	if v.depth > maxDepth || len(v.key) > maxKey || v.Kind == Phi && len(v.Args) > maxAlts {
		return beyond(v.key)
	}
	return &v
}

func (v *Value) bySite() bool {
	switch v.Kind {
	case Object, Open, Wrap, Temp, Content:
		return true
	}
	return v.Kind == Call && len(v.Args) > 0
}

// structure is the key of what is known by its parts. It is made for every
// value that there is, so it is made at once.
func (v *Value) structure() string {
	size := len(v.Name) + len(v.Site) + 12
	for i, a := range v.Args {
		size += len(a.Key())
		if len(v.Names) > i {
			size += len(v.Names[i]) + 1
		}
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('(')
	b.WriteString(strconv.Itoa(int(v.Kind)))
	quote(&b, v.Name)
	b.WriteString(strconv.Itoa(v.Index))
	if v.Site != "" {
		b.WriteByte('@')
		b.WriteString(v.Site)
	}
	for i, a := range v.Args {
		if len(v.Names) > i {
			b.WriteString(v.Names[i])
			b.WriteByte('=')
		}
		b.WriteString(a.Key())
	}
	b.WriteByte(')')
	return b.String()
}

// quote is strconv.Quote, which is slow for what needs no quoting.
func quote(b *strings.Builder, s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			b.WriteString(strconv.Quote(s))
			return
		}
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
}

// beyond is the unknown value for one beyond the bounds.
func beyond(key string) *Value {
	sum := sha256.Sum256([]byte(key))
	return NewUnknown("beyond:" + hex.EncodeToString(sum[:16]))
}
