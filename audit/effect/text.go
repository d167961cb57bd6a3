package effect

import "strings"

// Text is v as people read it: a field as s.path, a join with slashes. It
// holds no places, so that it stays when lines move; different values may have
// the same text.
func (v *Value) Text() string {
	if v == nil {
		return "?"
	}
	switch v.Kind {
	case Lit:
		return v.Name
	case Empty:
		return "nothing"
	case Param:
		return or(v.Words, "argument")
	case Self:
		return or(v.Words, "self")
	case Field:
		if v.Args[0].Kind == Call || v.Args[0].Kind == Unknown || v.Args[0].Kind == Open {
			return "…." + v.Name
		}
		return v.Args[0].Text() + "." + v.Name
	case Global:
		return v.Name[strings.LastIndexByte(v.Name, '/')+1:]
	case Call:
		return v.Name[strings.LastIndexByte(v.Name, '/')+1:] + "()"
	case Temp:
		if v.Args[0] == nil {
			return "a new temp file"
		}
		return v.Args[0].Text() + "/a new temp file"
	case Random:
		return "{" + v.Name + "}"
	case Join:
		text := texts(v.Args, "/")
		for strings.Contains(text, "//") { // an element may be the root
			text = strings.ReplaceAll(text, "//", "/")
		}
		return text
	case Concat:
		return texts(v.Args, "")
	case Suffix:
		return v.Args[0].Text() + " as " + v.Name
	case Dir, Base:
		return map[Kind]string{Dir: "the folder of ", Base: "the name of "}[v.Kind] + v.Args[0].Text()
	case Phi:
		return texts(v.Alternatives(), " or ")
	}
	return or(v.Words, "?")
}

func texts(vs []*Value, sep string) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = v.Text()
	}
	return strings.Join(parts, sep)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
