package history

import (
	"bytes"
	"errors"
	"io"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Writer writes the file step by step, byte for byte as Encode writes the same
// steps, and holds one step at a time.
type Writer struct {
	w     io.Writer
	steps int
	buf   []byte
	err   error
}

// NewWriter returns a Writer to w. Nothing is written before the first step.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

const (
	opening = "{\n  \"history\": ["
	indent  = "\n    " // of a step
)

// Write adds a step. After an error, which is the writer's, each call returns
// it.
func (w *Writer) Write(s Step) error {
	w.buf = w.buf[:0]
	if w.steps == 0 {
		w.buf = append(w.buf, opening...)
	} else {
		w.buf = append(w.buf, ',')
	}
	w.steps++
	w.buf = append(w.buf, indent...)
	w.indented(s.node, indent)
	return w.flush()
}

// indented adds a value in which each line begins further right. A string has
// no line ends of its own.
func (w *Writer) indented(n *lossless.Node, indent string) {
	for i, line := range bytes.Split(n.Bytes(layout), []byte("\n")) {
		if i > 0 {
			w.buf = append(w.buf, indent...)
		}
		w.buf = append(w.buf, line...)
	}
}

func (w *Writer) flush() error {
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	return w.err
}

var errClosed = errors.New("the history is closed")

// Close ends the document, with the member usage if usage, one JSON value, is
// not nil. Without Close the document is not whole. An error is the writer's,
// or a *SyntaxError of usage, after which Close may be called again.
func (w *Writer) Close(usage []byte) error {
	var n *lossless.Node
	if usage != nil {
		var err error
		if n, _, err = lossless.Parse(usage, lossless.Options{NaN: true}); err != nil {
			return syntaxError(err)
		}
	}
	w.buf = w.buf[:0]
	if w.steps == 0 {
		w.buf = append(w.buf, opening...)
	} else {
		w.buf = append(w.buf, "\n  "...)
	}
	w.buf = append(w.buf, ']')
	if n != nil {
		w.buf = append(w.buf, ",\n  \"usage\": "...)
		w.indented(n, "\n  ")
	}
	w.buf = append(w.buf, "\n}"...)
	err := w.flush()
	if w.err == nil {
		w.err = errClosed
	}
	return err
}
