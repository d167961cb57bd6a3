package history

import (
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Export makes what browser-use loads: it refuses a file that has members it
// does not know in a model output or a tab, or that lacks some. Its zero value
// keeps all actions, since an agent may have any of its own, and notes those
// that browser-use itself has not. The parameters of actions are not looked at.
type Export struct {
	// OnlyActions leaves out the actions that neither browser-use has nor
	// Actions names; the elements they were aimed at go with them.
	OnlyActions bool
	// Actions are names that the reading agent knows besides.
	Actions []string
	// FullTabIDs keeps the ids of tabs as they are. browser-use writes the last
	// four characters of each, and so does Export otherwise.
	FullTabIDs bool
}

// Note says what an export left out or put in, and where it stood. Ids of tabs
// that were shortened are not noted.
type Note struct {
	Path string `json:"path"`
	Msg  string `json:"message"`
}

// String is "history[0].state.tabs[1]: what".
func (n Note) String() string { return n.Path + ": " + n.Msg }

// History returns a copy of h that browser-use loads, and what is different in
// it. h stays as it is.
func (e Export) History(h *History) (*History, []Note) {
	root := h.root.Clone()
	x := exporter{Export: e}
	var at *path
	at = at.member("history")
	for i, n := range root.Get("history").Items() {
		x.step(n, at.item(i))
	}
	return &History{root: root}, x.notes
}

// Step returns a copy of s that browser-use loads, and what is different in it.
// s stays as it is.
func (e Export) Step(s Step) (Step, []Note) {
	x := exporter{Export: e}
	n := s.node.Clone()
	x.step(n, nil)
	return Step{n}, x.notes
}

// actions are those of browser-use 0.13.
var actions = []string{
	"search", "navigate", "go_back", "wait", "click", "input", "upload_file", "switch", "close", "extract",
	"search_page", "find_elements", "scroll", "send_keys", "find_text", "screenshot", "save_as_pdf",
	"dropdown_options", "select_dropdown", "write_file", "replace_file", "read_file", "evaluate", "done",
}

type exporter struct {
	Export
	notes []Note
}

func (x *exporter) note(at *path, format string, args ...any) {
	x.notes = append(x.notes, Note{at.String(), fmt.Sprintf(format, args...)})
}

func (x *exporter) step(n *lossless.Node, at *path) {
	state := n.Get("state")
	if output := n.Get("model_output"); output.Kind() == lossless.Object {
		x.output(output, state, at.member("model_output"))
	}
	for i, r := range n.Get("result").Items() {
		x.result(r, at.member("result").item(i))
	}
	x.state(state, at.member("state"))
	if m := n.Get("metadata"); m.Kind() == lossless.Object && lacks(m, metadataNeeds) != "" {
		x.note(at.member("metadata"), "left out: %s is missing", lacks(m, metadataNeeds))
		n.Set("metadata", lossless.NewNull())
	}
}

func (x *exporter) result(n *lossless.Node, at *path) {
	success, _ := laxBool(n.Get("success"))
	done, _ := laxBool(n.Get("is_done"))
	if success && !done {
		n.Delete("success")
		x.note(at, "left out success: is_done is not true")
	}
	if j := n.Get("judgement"); j.Kind() == lossless.Object && missing(j, "verdict") {
		n.Delete("judgement")
		x.note(at, "left out judgement: it has no verdict")
	}
}

func (x *exporter) output(output, state *lossless.Node, at *path) {
	x.only(output, outputFields, at)
	list := output.Get("action")
	if list.Kind() != lossless.Array {
		x.note(at, "put in action: an empty list")
		output.Set("action", lossless.NewArray())
		return
	}
	x.actions(list, state.Get("interacted_element"), at.member("action"))
}

// actions notes those that browser-use has not, or leaves them out, each with
// its element.
func (x *exporter) actions(list, elements *lossless.Node, at *path) {
	items, aims := list.Items(), elements.Items()
	paired := len(items) == len(aims)
	var keptItems, keptAims []*lossless.Node
	for i, item := range items {
		if name, foreign := x.foreign(item); foreign {
			if x.OnlyActions {
				x.note(at.item(i), "left out the action %s: browser-use has none of that name", name)
				continue
			}
			x.note(at.item(i), "kept the action %s: only an agent that has it loads it", name)
		}
		keptItems = append(keptItems, item)
		if paired {
			keptAims = append(keptAims, aims[i])
		}
	}
	list.SetItems(keptItems)
	if paired {
		elements.SetItems(keptAims)
	}
}

// foreign returns the first name of an action that the reader does not know.
func (x *exporter) foreign(item *lossless.Node) (name string, found bool) {
	for name := range item.Members() {
		if !slices.Contains(actions, name) && !slices.Contains(x.Actions, name) {
			return name, true
		}
	}
	return "", false
}

// only leaves out the members of n that are not among fields.
func (x *exporter) only(n *lossless.Node, fields []field, at *path) {
	var others []string
	for key := range n.Members() {
		if shapeOf(fields, key) == nil {
			others = append(others, key)
		}
	}
	for _, key := range others {
		n.Delete(key)
		x.note(at, "left out %s: browser-use does not know it there", key)
	}
}

func (x *exporter) state(n *lossless.Node, at *path) {
	for i, tab := range n.Get("tabs").Items() {
		x.tab(tab, at.member("tabs").item(i))
	}
	elements := n.Get("interacted_element").Items()
	for i, e := range elements {
		if e.Kind() == lossless.Object && !x.element(e, at.member("interacted_element").item(i)) {
			elements[i] = lossless.NewNull()
		}
	}
}

// element reports whether e can stay.
func (x *exporter) element(e *lossless.Node, at *path) bool {
	if key := lackingElement(e); key != "" {
		x.note(at, "left out the element: %s is missing", key)
		return false
	}
	if kind, _ := laxInt(e.Get("node_type")); kind < 1 || kind > 12 {
		x.note(at, "left out the element: there is no node_type %d", kind)
		return false
	}
	if b := e.Get("bounds"); b.Kind() == lossless.Object && lacks(b, boundsNeeds) != "" {
		x.note(at.member("bounds"), "left out: %s is missing", lacks(b, boundsNeeds))
		e.Set("bounds", lossless.NewNull())
	}
	attributes := e.Get("attributes")
	for _, key := range nullsOf(attributes) {
		attributes.Delete(key)
		x.note(at.member("attributes"), "left out %s: null is no text", key)
	}
	return true
}

func nullsOf(n *lossless.Node) []string {
	var keys []string
	for key, v := range n.Members() {
		if v.Kind() == lossless.Null {
			keys = append(keys, key)
		}
	}
	return keys
}

func (x *exporter) tab(n *lossless.Node, at *path) {
	x.only(n, tabFields, at)
	for _, names := range [][2]string{{"target_id", "tab_id"}, {"parent_target_id", "parent_tab_id"}} {
		counts, other := names[0], names[1]
		if missing(n, counts) && !missing(n, other) {
			counts, other = other, counts
		}
		if n.Get(counts) != nil && n.Delete(other) {
			x.note(at, "left out %s: %s is there", other, counts)
		}
	}
	if missing(n, "target_id") && missing(n, "tab_id") {
		n.Delete("tab_id")
		n.Set("target_id", lossless.NewString(""))
		x.note(at, "put in target_id: an empty text")
	}
	for _, key := range []string{"url", "title"} {
		if missing(n, key) {
			n.Set(key, lossless.NewString(""))
			x.note(at, "put in %s: an empty text", key)
		}
	}
	if !x.FullTabIDs {
		shorten(n)
	}
}

// shorten cuts the ids of a tab to their last four characters.
func shorten(n *lossless.Node) {
	for _, key := range []string{"target_id", "parent_target_id", "tab_id", "parent_tab_id"} {
		if id, ok := n.Get(key).Str(); ok {
			if r := []rune(id); len(r) > 4 {
				n.Set(key, lossless.NewString(string(r[len(r)-4:])))
			}
		}
	}
}

// What browser-use does not load an object without.
var (
	metadataNeeds = []string{"step_start_time", "step_end_time", "step_number"}
	boundsNeeds   = []string{"x", "y", "width", "height"}
	elementNeeds  = []string{
		"node_id", "backend_node_id", "node_type", "node_value", "node_name", "x_path", "element_hash",
	}
)

// lacks returns the first of keys that n has not, or has as null.
func lacks(n *lossless.Node, keys []string) string {
	for _, key := range keys {
		if missing(n, key) {
			return key
		}
	}
	return ""
}

// lackingElement is lacks for an element, of which two members may be null but
// not missing.
func lackingElement(e *lossless.Node) string {
	for _, key := range []string{"frame_id", "attributes"} {
		if e.Get(key) == nil {
			return key
		}
	}
	return lacks(e, elementNeeds)
}
