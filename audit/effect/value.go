package effect

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
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

// NewUnknown is a value that is equal only to values of the same site.
func NewUnknown(site string) *Value { return seal(Value{Kind: Unknown, Site: site}) }

// NewLit is a literal text. Separators are slashes.
func NewLit(text string) *Value { return seal(Value{Kind: Lit, Name: text}) }

// NewEmpty is nil, None, undefined or an empty text, list or map.
func NewEmpty() *Value { return seal(Value{Kind: Empty}) }

// NewParam is parameter index of the function fn; name is as in the source.
func NewParam(fn string, index int, name string) *Value {
	return seal(Value{Kind: Param, Name: fn, Index: index, Words: name})
}

// NewSelf is the receiver in the methods of class.
func NewSelf(class string) *Value { return seal(Value{Kind: Self, Name: class, Type: class}) }

// NewGlobal is a variable of a module or package, by its ID.
func NewGlobal(id string) *Value { return seal(Value{Kind: Global, Name: id}) }

// NewCall is result index of the call at site to callee. Splicing replaces it
// by what the callee returns.
func NewCall(site, callee string, index int) *Value {
	return seal(Value{Kind: Call, Site: site, Name: callee, Index: index})
}

// NewResult is like NewCall, for a function whose body will not be seen: what
// it was given is kept, so that "a token, marshalled" is known as a token.
func NewResult(site, callee string, args []*Value) *Value {
	return seal(Value{Kind: Call, Site: site, Name: callee, Args: args})
}

// NewPure is result index of a function that touches no file and whose body
// says nothing of its result: the same for the same arguments.
func NewPure(callee string, index int, args []*Value) *Value {
	return seal(Value{Kind: Call, Name: callee, Index: index, Args: args})
}

// NewTemp is a unique new name in dir; nil stands for the system's directory.
func NewTemp(site string, dir *Value) *Value {
	return seal(Value{Kind: Temp, Site: site, Args: []*Value{dir}})
}

// NewOpen is the file opened at site under path.
func NewOpen(site string, path *Value) *Value {
	return seal(Value{Kind: Open, Site: site, Args: []*Value{path}})
}

// NewContent is what the Read at site gave.
func NewContent(site string, path *Value) *Value {
	return seal(Value{Kind: Content, Site: site, Args: []*Value{path}})
}

// NewWrap is a writer over another: its Flush or Close writes to the inner one.
func NewWrap(site string, inner *Value) *Value {
	return seal(Value{Kind: Wrap, Site: site, Args: []*Value{inner}})
}

// NewObject is an object made at site, with what its fields were given.
func NewObject(site, class string, names []string, fields []*Value) *Value {
	return seal(Value{Kind: Object, Site: site, Name: class, Names: names, Args: fields, Type: class})
}

// NewRandom is a part of a name that differs: how is "random", "pid", "clock"
// or "hash".
func NewRandom(site, how string) *Value {
	return seal(Value{Kind: Random, Site: site, Name: how})
}

// NewField is a field of v; of an object that was seen made, its content.
func NewField(v *Value, name string) *Value {
	if v == nil {
		return NewUnknown("nil." + name)
	}
	if v.Kind == Object {
		if i := slices.Index(v.Names, name); i >= 0 {
			return v.Args[i]
		}
	}
	return seal(Value{Kind: Field, Name: name, Args: []*Value{v}, Words: name})
}

// NewPhi is one of its alternatives; nil and double ones fall out.
func NewPhi(alts ...*Value) *Value {
	var flat []*Value
	for _, a := range alts {
		switch {
		case a == nil:
		case a.Kind == Phi:
			flat = append(flat, a.Args...)
		default:
			flat = append(flat, a)
		}
	}
	slices.SortStableFunc(flat, func(a, b *Value) int { return strings.Compare(a.Key(), b.Key()) })
	flat = slices.CompactFunc(flat, func(a, b *Value) bool { return a.Key() == b.Key() })
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return seal(Value{Kind: Phi, Args: flat})
}

// NewBase is the last element of a path.
func NewBase(v *Value) *Value {
	switch {
	case v.Kind == Lit:
		return NewLit(path.Base(v.Name))
	case v.Kind == Join:
		return NewBase(v.Args[len(v.Args)-1])
	}
	return seal(Value{Kind: Base, Args: []*Value{v}})
}

// NewDir is the directory of a path.
func NewDir(v *Value) *Value {
	switch v.Kind {
	case Lit:
		return NewLit(path.Dir(v.Name))
	case Join:
		last := v.Args[len(v.Args)-1]
		if last.Kind == Lit && !strings.Contains(last.Name, "/") || last.Kind == Base ||
			last.Kind == Concat && !hasSlash(last) {
			return NewJoin(v.Args[:len(v.Args)-1]...)
		}
		if last.Kind == Lit {
			return NewJoin(append(slices.Clone(v.Args[:len(v.Args)-1]), NewLit(path.Dir(last.Name)))...)
		}
	case Temp:
		if v.Args[0] != nil {
			return v.Args[0]
		}
	case Suffix:
		return NewDir(v.Args[0])
	}
	return seal(Value{Kind: Dir, Args: []*Value{v}})
}
