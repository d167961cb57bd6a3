package history

import (
	"bytes"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// ParseStep returns the step that data holds, one JSON object, checked and
// repaired as Decode does it. data belongs to it from then on. An object that
// has not one member of a step is refused: it is something else. An error is a
// *SyntaxError or a *SchemaError.
func ParseStep(data []byte) (Step, []Warning, error) {
	root, c, err := parse(data)
	if err != nil {
		return Step{}, nil, err
	}
	s, err := c.givenStep(root, nil)
	return s, c.all(), err
}

func (c *checker) givenStep(n *lossless.Node, at *path) (Step, error) {
	if n.Kind() == lossless.Object {
		known := 0
		for key := range n.Members() {
			if key == "model_output" || shapeOf(stepFields, key) != nil {
				known++
			}
		}
		if known == 0 {
			return Step{}, &SchemaError{c.place(n, at), "no step of a history: it has none of model_output, result, state"}
		}
	}
	if err := c.step(n, at); err != nil {
		return Step{}, err
	}
	return Step{n}, nil
}

// ParseSteps returns the steps of data, in whatever way they were given: a
// single step, an array of steps, a whole history file, or lines that hold a
// step each. data belongs to them from then on. After an error there are none:
// it is a *SyntaxError or a *SchemaError, and its line is that of data.
func ParseSteps(data []byte) ([]Step, []Warning, error) {
	root, c, err := parse(data)
	if err != nil {
		if lines := stepLines(data); lines != nil {
			return parseLines(lines)
		}
		return nil, nil, err
	}
	steps, err := c.givenSteps(root)
	if err != nil {
		return nil, nil, err
	}
	return steps, c.all(), nil
}

func (c *checker) givenSteps(root *lossless.Node) ([]Step, error) {
	var at *path
	list := root
	switch {
	case root.Get("history") != nil:
		if err := c.document(root); err != nil {
			return nil, err
		}
		at, list = at.member("history"), root.Get("history")
	case root.Kind() != lossless.Array:
		s, err := c.givenStep(root, nil)
		return []Step{s}, err
	}
	var steps []Step
	for i, n := range list.Items() {
		s, err := c.givenStep(n, at.item(i))
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// line is one line of a text.
type line struct {
	before int // lines before it
	text   []byte
}

// stepLines cuts data into lines that are not empty; nil unless the first one
// is a JSON value and there are others.
func stepLines(data []byte) []line {
	var lines []line
	before := 0
	for text := range bytes.Lines(data) {
		if len(bytes.TrimSpace(text)) > 0 {
			lines = append(lines, line{before, text})
		}
		before++
	}
	if len(lines) < 2 {
		return nil
	}
	if _, _, err := lossless.Parse(lines[0].text, lossless.Options{NaN: true}); err != nil {
		return nil
	}
	return lines
}

func parseLines(lines []line) ([]Step, []Warning, error) {
	var steps []Step
	var warnings []Warning
	for _, l := range lines {
		s, more, err := ParseStep(l.text)
		if err != nil {
			return nil, nil, movedDown(err, l.before)
		}
		steps = append(steps, s)
		for _, w := range more {
			w.Line += l.before
			if len(warnings) < maxWarnings {
				warnings = append(warnings, w)
			}
		}
	}
	return steps, warnings, nil
}

// movedDown adds the lines that stood before the text an error is about.
func movedDown(err error, lines int) error {
	switch e := err.(type) {
	case *SyntaxError:
		e.Line += lines
	case *SchemaError:
		e.Line += lines
	}
	return err
}
