package effect

// handleMethods are methods of open files and of writers over them, in all
// languages. They are looked up only on values known to be such.
var handleMethods = map[string]Op{
	"Write": Write, "WriteString": Write, "WriteAt": Write, "WriteByte": Write, "WriteRune": Write,
	"WriteTo": Write, "ReadFrom": Write, "Encode": Write, "WriteHeader": Write, "WriteAll": Write,
	"write": Write, "writelines": Write, "writeFile": Write, "appendFile": Write, "writestr": Write,
	"writerow": Write, "writerows": Write, "writeheader": Write, "writev": Write, "add": Write, "dump": Write,
	"Flush": Flush, "flush": Flush,
	"Sync": Sync, "sync": Sync, "datasync": Sync,
	"Close": Close, "close": Close, "aclose": Close, "end": Close, "Finish": Close,
	"Truncate": Truncate, "truncate": Truncate,
	"Chmod": Chmod, "chmod": Chmod, "Chown": Chown, "chown": Chown,
	"Read": Read, "ReadAt": Read, "ReadAll": Read, "read": Read, "readFile": Read, "readlines": Read, "readline": Read, "Decode": Read,
}

// HandleMethod returns what a method of this name does to an open file or to
// a writer over one; ok is false if it does nothing that is recorded.
func HandleMethod(name string) (op Op, ok bool) {
	op, ok = handleMethods[name]
	return op, ok
}

// Inner returns the open file under any number of writers over it, or nil if
// v is not one.
func (v *Value) Inner() *Value {
	for v != nil {
		switch v.Kind {
		case Open:
			return v
		case Wrap:
			v = v.Args[0]
		case Object: // a file embedded in a type has its methods
			v = v.embedded()
		case Phi:
			for _, a := range v.Args {
				if in := a.Inner(); in != nil {
					return in
				}
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}

// embedded returns what an object holds in an embedded field of a file's or
// writer's type, or nil.
func (v *Value) embedded() *Value {
	for i, name := range v.Names {
		if name == "File" || name == "Writer" || name == "WriteCloser" {
			return v.Args[i]
		}
	}
	return nil
}

// FilePath returns the path of the open file v, or of the file whose content
// v is, or nil.
func (v *Value) FilePath() *Value {
	if v != nil && v.Kind == Content {
		return v.Args[0]
	}
	if in := v.Inner(); in != nil {
		return in.Args[0]
	}
	return nil
}

// Any reports whether v or a part of it satisfies is. It does not look into
// what an open file or a temp name stands on.
func (v *Value) Any(is func(*Value) bool) bool {
	if v == nil {
		return false
	}
	if is(v) {
		return true
	}
	if v.Kind == Open || v.Kind == Wrap || v.Kind == Temp || v.Kind == Content {
		return false
	}
	for _, a := range v.Args {
		if a.Any(is) {
			return true
		}
	}
	return false
}

// Same reports whether a and b may be the same thing: equal, or with equal
// alternatives.
func Same(a, b *Value) bool {
	if a == nil || b == nil {
		return false
	}
	if a.key == b.key {
		return a.Kind != Empty
	}
	for _, x := range a.Alternatives() {
		for _, y := range b.Alternatives() {
			if x.key == y.key {
				return true
			}
		}
	}
	return false
}

// Alternatives returns what v may be, one by one, without "nothing".
func (v *Value) Alternatives() []*Value {
	if v == nil {
		return nil
	}
	if v.Kind != Phi {
		return []*Value{v}
	}
	var alts []*Value
	for _, a := range v.Args {
		if a.Kind != Empty {
			alts = append(alts, a)
		}
	}
	return alts
}
