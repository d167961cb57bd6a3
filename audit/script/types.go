package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/grammar"
)

// declareInterface notes what an interface asks for, by name alone: who has it
// may take and give other types of the same meaning.
func (r *reader) declareInterface(n *grammar.Node) {
	name := r.text(n.Get("name"))
	c := &effect.Class{ID: r.id(name), Name: name, Fields: map[string]string{}, Methods: map[string]string{}}
	for _, k := range kids(n.Get("body")) {
		if k.Is("method_signature") {
			c.Methods[r.text(k.Get("name"))] = ""
		}
	}
	if len(c.Methods) > 0 {
		r.names[name] = c.ID
		r.file.Classes = append(r.file.Classes, c)
	}
}

// typeOf returns the class that an annotation names.
func (r *reader) typeOf(n *grammar.Node) string {
	for k := range n.All() {
		switch {
		case k.Is("type_identifier") && r.names[r.text(k)] != "":
			return r.names[r.text(k)]
		case k.Is("nested_type_identifier") && strings.HasSuffix(r.text(k), "FileHandle"), k.Is("type_identifier") && r.text(k) == "FileHandle":
			return "file"
		case k.Is("predefined_type") && r.text(k) == "string":
			return "str"
		case k.Is("type_query") && isFS(r.required(k.Only())):
			return r.required(k.Only())
		case k.Is("array_type"):
			return ""
		}
	}
	return ""
}
