package history

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
)

func step(t testing.TB, text string) Step {
	t.Helper()
	s, _, err := ParseStep([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func records(all ...[]byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, r := range all {
			if !yield(bytes.Clone(r), nil) {
				return
			}
		}
	}
}

func TestALogBecomesTheFile(t *testing.T) {
	h := decode(t, string(sample(t)))
	all := [][]byte{EncodeHeader(Header{AgentID: "0198f3c2"})}
	for s := range h.Steps() {
		all = append(all, EncodeStep(s))
	}
	got, err := FromRecords(records(all...))
	if err != nil || len(got.Warnings()) > 0 || encode(t, got) != string(sample(t)) {
		t.Error(err, got.Warnings(), encode(t, got))
	}
	for _, usage := range []string{`{"total_tokens": 1}`, `{"total_tokens": 12345678901234567890}`} {
		r, err := EncodeUsage([]byte(usage))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	all = append(all, []byte(`{"later": [1]}`))
	for i, r := range all {
		if bytes.ContainsAny(r, "\n\r") {
			t.Errorf("record %d has a line end: %s", i, r)
		}
	}
	got, err = FromRecords(records(all...))
	if err != nil || string(got.Usage()) != `{"total_tokens": 12345678901234567890}` || got.Len() != 3 {
		t.Error(err, string(got.Usage()))
	}
}

func TestARecordKeepsWhatWasGiven(t *testing.T) {
	const step = `{"model_output": {"action": [{"own": {"n": 1.50e1, "s": "\ud83d \u00fc / \/"}}], "x": 1}, "result": [], ` +
		`"state": {"tabs": [{"url": "", "title": "", "target_id": "0123456789ABCDEF", "parent_target_id": null}], "interacted_element": [null], ` +
		`"url": "", "title": ""}, "more": {"b": 1, "a": 2}}`
	s, warnings, err := ParseStep([]byte(strings.ReplaceAll(step, ", ", ",\n ")))
	if err != nil || warnings != nil {
		t.Fatal(err, warnings)
	}
	if got := string(EncodeStep(s)); got != `{"step": `+step+`}` {
		t.Errorf("%s\nwant %s", got, step)
	}
	r, err := DecodeRecord(EncodeStep(s))
	if err != nil || string(r.Step.JSON()) != step || r.Step.Tabs()[0].ID != "0123456789ABCDEF" {
		t.Error(err, string(r.Step.JSON()))
	}
	r, err = DecodeRecord(EncodeHeader(Header{AgentID: "a\n\"b"}))
	if err != nil || r.Header.AgentID != "a\n\"b" || r.Step != nil || r.Usage != nil {
		t.Error(err, r)
	}
}

func TestBadRecords(t *testing.T) {
	for text, want := range map[string]string{
		``:                         "line 1, column 1: empty, not a JSON value",
		`{"step": {"result": 1}`:   "line 1, column 23, at step: the text ends in the middle of a value",
		`[]`:                       "line 1, column 1: an object is wanted here, not an array",
		`{"step": 1}`:              "line 1, column 10, at step: an object is wanted here, not a number",
		`{"step": {"result": 1}}`:  "line 1, column 21, at step.result: an array is wanted here, not a number",
		`{"step": {}}`:             "line 1, column 10, at step: no step of a history: it has none of model_output, result, state",
		`{"log": 1}`:               "line 1, column 9, at log: an object is wanted here, not a number",
		`{"log": {"format": "x"}}`: `line 1, column 9, at log: a log of the format "x", not "wholly agent history"`,
		`{"log": {"format": "wholly agent history", "version": 2}}`: "line 1, column 9, at log: version 2 of the log is not known here, only 1",
	} {
		_, err := DecodeRecord([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
	good := EncodeHeader(Header{})
	h, err := FromRecords(records(good, []byte(`{"step": {"result": []}}`), []byte(`{`), []byte(`{"step": {"result": []}}`)))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), "record 3: line 1") || h.Len() != 1 {
		t.Error(err, h.Len())
	}
	if w := h.Warnings(); len(w) != 2 || w[0].Line != 2 || w[0].Path != "step" {
		t.Error(w)
	}
	cut := errors.New("cut")
	_, err = FromRecords(func(yield func([]byte, error) bool) { yield(nil, cut) })
	if !errors.Is(err, cut) {
		t.Error(err)
	}
}

func TestStepsInEveryShape(t *testing.T) {
	const a, b = `{"result": [], "state_message": "a"}`, `{"result": [], "state_message": "b"}`
	for text, want := range map[string]string{
		a:                                     "a",
		"[" + a + ",\n" + b + "]":             "a b",
		`{"history": [` + a + `, ` + b + `]}`: "a b",
		a + "\n" + b + "\n":                   "a b",
		"\n" + a + "\r\n\n" + b:               "a b",
		"[]":                                  "",
	} {
		steps, warnings, err := ParseSteps([]byte(text))
		var got []string
		for _, s := range steps {
			got = append(got, s.StateMessage())
		}
		if err != nil || strings.Join(got, " ") != want || len(warnings) != 2*len(steps) {
			t.Errorf("%q: %q, %v, %v", text, got, warnings, err)
		}
	}
	for text, want := range map[string]string{
		``:                        "line 1, column 1: empty, not a JSON value",
		`{"a": 1}`:                "line 1, column 1: no step of a history: it has none of model_output, result, state",
		`7`:                       "line 1, column 1: an object is wanted here, not a number",
		`[` + a + `, {}]`:         "line 1, column 40, at [1]: no step of a history: it has none of model_output, result, state",
		a + "\n\n{\"result\": 1}": "line 3, column 12, at result: an array is wanted here, not a number",
		a + "\n" + `{"result"`:    "line 2, column 10, at result: the text ends in the middle of a value",
		a + " " + b:               "line 1, column 38: more text after the end of the value",
		"{\n\"result\": [}\n}":    "line 2, column 12, at result[0]: a value is wanted here, not '}'",
		`{"history": 1}`:          "line 1, column 13, at history: an array is wanted here, not a number",
	} {
		steps, _, err := ParseSteps([]byte(text))
		if steps != nil || err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	_, warnings, err := ParseSteps([]byte(a + "\n" + b))
	if err != nil || warnings[2].Line != 2 {
		t.Error(err, warnings)
	}
}

// TestTheWriterIsEncode: step by step or at once, the bytes are the same.
func TestTheWriterIsEncode(t *testing.T) {
	h := decode(t, string(sample(t)))
	for n := range 4 {
		for _, usage := range []string{"", `{"a": [1, {}], "b": []}`, "7"} {
			want, got := New(), bytes.Buffer{}
			w := NewWriter(&got)
			for _, s := range slices.Collect(h.Steps())[:n] {
				want.Append(s)
				if err := w.Write(s); err != nil {
					t.Fatal(err)
				}
			}
			var data []byte
			if usage != "" {
				data = []byte(usage)
				if err := want.SetUsage(data); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(data); err != nil || got.String() != encode(t, want) {
				t.Errorf("%d steps, usage %q: %v\n%s", n, usage, err, got.String())
			}
			if err := w.Write(step(t, `{"result": []}`)); err == nil {
				t.Error("a step was written after the end")
			}
		}
	}
}

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestTheWriterTellsEachError(t *testing.T) {
	for step := range decode(t, string(sample(t))).Steps() {
		w := NewWriter(&full{left: 3000})
		if err := w.Write(step); err != nil {
			t.Fatal(err)
		}
		if err := w.Close([]byte("{")); err == nil {
			t.Error("a usage that is no JSON was taken")
		}
		err := error(nil)
		for range 3 {
			err = errors.Join(err, w.Write(step))
		}
		if !errors.Is(err, io.ErrShortWrite) || !errors.Is(w.Close(nil), io.ErrShortWrite) {
			t.Error(err)
		}
		break
	}
	if err := New().SetUsage([]byte("{")); err == nil || fmt.Sprintf("%T", err) != "*history.SyntaxError" {
		t.Error(err)
	}
}
