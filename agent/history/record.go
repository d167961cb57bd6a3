package history

import (
	"fmt"
	"iter"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// A log of a history grows by one record a step, so that saving a step costs
// what the step is long. A record is one line of JSON without its line end, an
// object with one member that says what it is:
//
//	{"log": {"format": "wholly agent history", "version": 1, "agent_id": "0198f3c2-…"}}
//	{"step": {"model_output": …, "result": […], "state": {…}, "metadata": {…}, "state_message": …}}
//	{"usage": {…}}
//
// A step stands in it as it was given: unknown keys, number text and the full
// ids of tabs included. Of several usages the last one counts. Records of other
// kinds are for later versions to define; a reader steps over them.

const (
	logFormat  = "wholly agent history"
	logVersion = 1
)

// Header begins a log.
type Header struct {
	AgentID string // may be empty
}

// Record is one record of a log. Exactly one member is set; none, if the record
// is of a kind that this version does not know.
type Record struct {
	Header   *Header
	Step     *Step
	Usage    []byte // JSON
	Warnings []Warning
}

// EncodeHeader returns the record that begins a log.
func EncodeHeader(h Header) []byte {
	n := lossless.NewObject()
	n.Set("format", lossless.NewString(logFormat))
	n.Set("version", lossless.NewInt(logVersion))
	n.Set("agent_id", lossless.NewString(h.AgentID))
	return record("log", n)
}

// EncodeStep returns the record of a step.
func EncodeStep(s Step) []byte { return record("step", s.node) }

// EncodeUsage returns the record of a usage, given as one JSON value. An error
// is a *SyntaxError.
func EncodeUsage(data []byte) ([]byte, error) {
	n, _, err := lossless.Parse(data, lossless.Options{NaN: true})
	if err != nil {
		return nil, syntaxError(err)
	}
	return record("usage", n), nil
}

func record(kind string, n *lossless.Node) []byte {
	r := lossless.NewObject()
	r.Set(kind, n)
	return r.Bytes(lossless.OneLine)
}

// DecodeRecord returns the record that data holds. data belongs to it from then
// on. An error is a *SyntaxError or a *SchemaError: a log of another format or
// of a later version is one.
func DecodeRecord(data []byte) (Record, error) {
	root, c, err := parse(data)
	if err != nil {
		return Record{}, err
	}
	if root.Kind() != lossless.Object {
		return Record{}, c.wrong(root, nil, "an object")
	}
	var at *path
	var r Record
	for kind, n := range root.Members() {
		switch kind {
		case "log":
			r.Header, err = c.header(n, at.member(kind))
		case "step":
			var s Step
			s, err = c.givenStep(n, at.member(kind))
			r.Step = &s
		case "usage":
			r.Usage = n.Bytes(lossless.OneLine)
		}
		if err != nil {
			return Record{}, err
		}
	}
	r.Warnings = c.all()
	return r, nil
}

func (c *checker) header(n *lossless.Node, at *path) (*Header, error) {
	if n.Kind() != lossless.Object {
		return nil, c.wrong(n, at, "an object")
	}
	if format := str(n, "format"); format != logFormat {
		return nil, &SchemaError{c.place(n, at), fmt.Sprintf("a log of the format %.40q, not %q", format, logFormat)}
	}
	if version, ok := laxInt(n.Get("version")); !ok || version != logVersion {
		return nil, &SchemaError{c.place(n, at), fmt.Sprintf("version %.20s of the log is not known here, only %d",
			n.Get("version").Bytes(lossless.OneLine), logVersion)}
	}
	return &Header{AgentID: str(n, "agent_id")}, nil
}

// FromRecords returns the history that the records of a log make, which must
// not be changed afterwards. The first
// error, of the sequence or of a record, ends it: what was read before is
// returned with it. Errors and warnings about a record give its number, from 1,
// as their line.
func FromRecords(records iter.Seq2[[]byte, error]) (*History, error) {
	h := New()
	var warnings []Warning
	n := 0
	for data, err := range records {
		n++
		var r Record
		if err == nil {
			r, err = DecodeRecord(data)
		}
		if err != nil {
			h.warnings = warnings
			return h, fmt.Errorf("record %d: %w", n, err)
		}
		for _, w := range r.Warnings {
			w.Line = n
			warnings = append(warnings, w)
		}
		h.take(r)
	}
	h.warnings = warnings[:min(len(warnings), maxWarnings)]
	return h, nil
}

func (h *History) take(r Record) {
	if r.Step != nil {
		h.Append(*r.Step)
	}
	if r.Usage != nil {
		// It came out of a document that was parsed.
		_ = h.SetUsage(r.Usage)
	}
}
