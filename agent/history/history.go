// Package history reads, redacts and writes the history of a browser agent: the
// file that browser-use saves as AgentHistory.json.
//
//	h, err := history.Decode(data) // *SyntaxError or *SchemaError say where
//	for step := range h.Steps() { … step.Goal(), step.Actions(), step.Results() }
//	report, err := secrets.Redactor().History(h)
//	err = history.Encode(w, h)
//
// What was read is written again: key order, unknown keys, unknown actions,
// usage, the text of numbers (element hashes have 64 bits), both spellings of a
// tab's id. What older files lack is filled in, and a [Warning] says so.
//
// The package knows four things: the document ([History], [Step]), what another
// reader would refuse in it ([Export]), how secrets are taken out of it
// ([Secrets], [Redactor]), and the records of a log that grows by one step at a
// time ([EncodeStep], [FromRecords], [Writer]). It touches no disk.
//
// The format: browser-use 0.13, agent/views.py and browser/views.py.
package history

import (
	"bytes"
	"errors"
	"io"
	"iter"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// layout is how browser-use writes the file; no line end follows.
var layout = lossless.Indent2

// History is one document. It is for one goroutine, reading included.
type History struct {
	root     *lossless.Node
	warnings []Warning
}

// New returns a history without steps.
func New() *History {
	root := lossless.NewObject()
	root.Set("history", lossless.NewArray())
	return &History{root: root}
}

// Decode returns the history that data holds. data belongs to it from then on
// and must not be changed. An error is a *SyntaxError (not UTF-8, not JSON, too
// large or too deep) or a *SchemaError (JSON, but no history), and there is no
// history then. What was repaired or tolerated is in Warnings.
func Decode(data []byte) (*History, error) {
	root, c, err := parse(data)
	if err != nil {
		return nil, err
	}
	if err := c.document(root); err != nil {
		return nil, err
	}
	return &History{root: root, warnings: c.all()}, nil
}

// Encode writes h in the layout of browser-use: two spaces a level, what is not
// ASCII as it is, no line end behind it. NaN is written as null.
// An error is the writer's.
func Encode(w io.Writer, h *History) error { return h.root.Print(w, layout) }

// parse reads JSON as Python does, NaN included.
func parse(data []byte) (*lossless.Node, *checker, error) {
	root, tolerated, err := lossless.Parse(data, lossless.Options{NaN: true})
	if err != nil {
		return nil, nil, syntaxError(err)
	}
	c := &checker{data: data}
	for _, w := range tolerated {
		c.add(Place{w.Line, w.Column, w.Path}, w.Msg)
	}
	return root, c, nil
}

func syntaxError(err error) error {
	var e *lossless.Error
	if !errors.As(err, &e) {
		return err
	}
	return &SyntaxError{Place{e.Line, e.Column, e.Path}, e.Msg}
}

// Codec is the document's codec for a store. Its zero value is ready.
type Codec struct{}

// New is the function [New].
func (Codec) New() *History { return New() }

// Decode is the function [Decode].
func (Codec) Decode(data []byte) (*History, error) { return Decode(data) }

// Encode is the function [Encode].
func (Codec) Encode(w io.Writer, h *History) error { return Encode(w, h) }

// Warnings says what was repaired or tolerated on reading, in the order of the
// document; at most a hundred, and then how many more there were.
func (h *History) Warnings() []Warning { return h.warnings }

// Len is the number of steps.
func (h *History) Len() int { return h.root.Get("history").Len() }

// Steps yields the steps in order. The history must not be appended to
// meanwhile.
func (h *History) Steps() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for _, n := range h.root.Get("history").Items() {
			if !yield(Step{n}) {
				return
			}
		}
	}
}

// Append puts steps at the end.
func (h *History) Append(steps ...Step) {
	list := h.root.Get("history")
	items := list.Items()
	for _, s := range steps {
		items = append(items, s.node)
	}
	list.SetItems(items)
}

// Usage returns the member usage as JSON, nil if there is none. browser-use
// accepts it and forgets it.
func (h *History) Usage() []byte {
	if usage := h.root.Get("usage"); usage.Kind() > lossless.Null {
		return usage.Bytes(lossless.OneLine)
	}
	return nil
}

// SetUsage makes data, one JSON value, the member usage. An error is a
// *SyntaxError and changes nothing.
func (h *History) SetUsage(data []byte) error {
	n, _, err := lossless.Parse(bytes.Clone(data), lossless.Options{NaN: true})
	if err != nil {
		return syntaxError(err)
	}
	h.root.Set("usage", n)
	return nil
}
