package history

import (
	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Action is one thing that the model asked for.
type Action struct {
	Name   string // navigate, click, …, or one of the agent's own; empty for an empty object
	Params []byte // JSON on one line; nil for an empty object
}

// Actions are those of the step, in order. Of an action with several names, each
// is one.
func (s Step) Actions() []Action {
	var all []Action
	for _, item := range s.output().Get("action").Items() {
		if item.Len() == 0 {
			all = append(all, Action{})
		}
		for name, params := range item.Members() {
			all = append(all, Action{name, params.Bytes(lossless.OneLine)})
		}
	}
	return all
}

// Result is what came of one action.
type Result struct {
	IsDone           bool
	Success          *bool // nil if nothing was said
	Error            string
	ExtractedContent string
	LongTermMemory   string
	Attachments      []string
	Images           []string // their names
	Judgement        *Judgement
	Metadata         []byte // JSON on one line, nil for none
}

// Judgement is what a second model thought of the outcome.
type Judgement struct {
	Verdict                    *bool // nil if nothing was said
	Reasoning, FailureReason   string
	ImpossibleTask, SawCaptcha bool
}

// Results are those of the step, in order; fewer than Actions where one failed.
func (s Step) Results() []Result {
	var all []Result
	for _, n := range s.node.Get("result").Items() {
		all = append(all, resultOf(n))
	}
	return all
}

func resultOf(n *lossless.Node) Result {
	done, _ := laxBool(n.Get("is_done"))
	r := Result{
		IsDone:           done,
		Success:          maybe(n, "success"),
		Error:            str(n, "error"),
		ExtractedContent: str(n, "extracted_content"),
		LongTermMemory:   str(n, "long_term_memory"),
		Attachments:      strs(n, "attachments"),
	}
	for _, image := range n.Get("images").Items() {
		r.Images = append(r.Images, str(image, "name"))
	}
	if m := n.Get("metadata"); m.Kind() == lossless.Object {
		r.Metadata = m.Bytes(lossless.OneLine)
	}
	if j := n.Get("judgement"); j.Kind() == lossless.Object {
		impossible, _ := laxBool(j.Get("impossible_task"))
		captcha, _ := laxBool(j.Get("reached_captcha"))
		r.Judgement = &Judgement{
			maybe(j, "verdict"), str(j, "reasoning"), str(j, "failure_reason"), impossible, captcha,
		}
	}
	return r
}

func maybe(n *lossless.Node, key string) *bool {
	if b, ok := laxBool(n.Get(key)); ok {
		return &b
	}
	return nil
}

// Tab is one open tab. In the file of browser-use the ids are the last four
// characters of the real ones, and so not unique.
type Tab struct {
	URL, Title   string
	ID, ParentID string // empty if there is none
}

// Tabs are those that were open when the step began.
func (s Step) Tabs() []Tab {
	var all []Tab
	for _, n := range s.state().Get("tabs").Items() {
		all = append(all, Tab{
			URL: str(n, "url"), Title: str(n, "title"),
			ID: either(n, "target_id", "tab_id"), ParentID: either(n, "parent_target_id", "parent_tab_id"),
		})
	}
	return all
}

// either returns the member first if it is there, else second.
func either(n *lossless.Node, first, second string) string {
	if !missing(n, first) {
		return str(n, first)
	}
	return str(n, second)
}

// Element is what an action was aimed at.
type Element struct {
	NodeID, BackendNodeID int
	FrameID               string
	NodeType              int // as in the DOM: 1 is an element
	NodeName, NodeValue   string
	Attributes            []Attribute // in the order of the file
	XPath                 string
	ElementHash           uint64
	StableHash            uint64 // without what changes with the focus or the mouse; 0 if not known
	Bounds                *Bounds
	AXName                string // of the accessibility tree
}

// Attribute is one of an element.
type Attribute struct{ Name, Value string }

// Bounds is a place on the page, in CSS pixels.
type Bounds struct{ X, Y, Width, Height float64 }

// Elements has one entry an action, nil for an action without an element.
func (s Step) Elements() []*Element {
	var all []*Element
	for _, n := range s.state().Get("interacted_element").Items() {
		all = append(all, elementOf(n))
	}
	return all
}

func elementOf(n *lossless.Node) *Element {
	if n.Kind() != lossless.Object {
		return nil
	}
	e := &Element{
		FrameID: str(n, "frame_id"), NodeName: str(n, "node_name"), NodeValue: str(n, "node_value"),
		XPath: str(n, "x_path"), AXName: str(n, "ax_name"),
	}
	e.NodeID, _ = laxInt(n.Get("node_id"))
	e.BackendNodeID, _ = laxInt(n.Get("backend_node_id"))
	e.NodeType, _ = laxInt(n.Get("node_type"))
	e.ElementHash, _ = laxUint(n.Get("element_hash"))
	e.StableHash, _ = laxUint(n.Get("stable_hash"))
	for name, v := range n.Get("attributes").Members() {
		value, _ := v.Str()
		e.Attributes = append(e.Attributes, Attribute{name, value})
	}
	if b := n.Get("bounds"); b.Kind() == lossless.Object {
		e.Bounds = &Bounds{}
		e.Bounds.X, _ = laxFloat(b.Get("x"))
		e.Bounds.Y, _ = laxFloat(b.Get("y"))
		e.Bounds.Width, _ = laxFloat(b.Get("width"))
		e.Bounds.Height, _ = laxFloat(b.Get("height"))
	}
	return e
}
