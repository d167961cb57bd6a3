package history

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

var corpus = []string{
	`{"history": []}`, `{"history": [{}]}`, `{"history": [{` + noStep + `, "metadata": {"step_interval": NaN}}], "usage": 1.50}`,
	`{"history": [{"model_output": 7, "state": null, "result": null}]}`, `{"history": [{"model_output": {"action": [{"a": "\ud800"}]}}]}`,
	"\uFEFF{\"history\": [], \"history\": []}", `{"history": [` + tabs(`{"tab_id": "aaaaaa", "target_id": "b"}`) + `]}`, `[`, `null`,
}

// FuzzDecode: what was read is written and read again, the same; only repairs
// add anything; no reader of a history, a step or an export panics.
func FuzzDecode(f *testing.F) {
	f.Add(sample(f))
	for _, text := range corpus {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := Decode(bytes.Clone(data))
		if err != nil {
			return
		}
		out := encode(t, h)
		if !json.Valid([]byte(out)) {
			t.Fatalf("invalid: %s", out)
		}
		if len(h.Warnings()) == 0 {
			was, _, _ := lossless.Parse(bytes.Clone(data), lossless.Options{NaN: true})
			if got := string(was.Bytes(layout)); got != out {
				t.Fatalf("%s became %s", got, out)
			}
		}
		again := decode(t, out)
		if encode(t, again) != out {
			t.Fatal("the second time, another text")
		}
		var b bytes.Buffer
		w := NewWriter(&b)
		for s := range h.Steps() {
			s.Number()
			s.Duration()
			s.Actions()
			s.Results()
			s.Tabs()
			s.Elements()
			if err := w.Write(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(nil); err != nil || h.root.Len() == 1 && b.String() != out {
			t.Fatalf("the writer wrote %s", b.String())
		}
		Check(h)
		exported, _ := Export{OnlyActions: true}.History(h)
		if left, notes := (Export{OnlyActions: true}).History(decode(t, encode(t, exported))); len(notes) > 0 {
			t.Fatalf("an export has to be exported again: %v\n%s", notes, encode(t, left))
		}
	})
}

// FuzzRedact: a secret of four or more characters is gone, placeholders stay,
// the document is valid and the same a second time, without secrets unchanged.
func FuzzRedact(f *testing.F) {
	f.Add(string(sample(f)), "Order", "shop")
	f.Add(plant(), `hunter2&"ü`, "hunt")
	f.Add(`{"history": [{"x": ["<secret>a</secret>abcd\\u0061bcd", "%61bcd"], "abcd": "\ud800"}]}`, "abcd", "<secret>")
	f.Add(`{"history": [], "x": "&amp;#97;aaa"}`, "aaaa", "&amp")
	f.Fuzz(func(t *testing.T, text, one, two string) {
		h, err := Decode([]byte(text))
		if err != nil || !utf8.ValidString(one) || !utf8.ValidString(two) {
			return
		}
		before := encode(t, h)
		if report, err := (Secrets{}).Redactor().History(h, ReplaceKeys); err != nil || report.Replaced > 0 || encode(t, h) != before {
			t.Fatal("changed without secrets", err)
		}
		r := Secrets{{"a", one}, {"b", two}}.Redactor()
		report, err := r.History(h, ReplaceKeys)
		if err != nil {
			t.Fatal(err)
		}
		out := encode(t, h)
		if (report.Replaced > 0) != (out != before) {
			t.Fatalf("%d replaced:\n%s\n%s", report.Replaced, before, out)
		}
		again, _, err := lossless.Parse([]byte(out), lossless.Options{})
		if err != nil {
			t.Fatal(err)
		}
		notLeft(t, again, one, two)
		if report, err := r.History(decode(t, out), ReplaceKeys); err != nil || report.Replaced > 0 {
			t.Fatal("a second time, more was found", report, err)
		}
	})
}

// notLeft looks for the secrets in the plainest way: outside of placeholders, in
// every string.
func notLeft(t *testing.T, n *lossless.Node, secrets ...string) {
	if s, ok := n.Str(); ok {
		for _, part := range strings.Split(strings.ReplaceAll(s, "<secret>b</secret>", "<secret>a</secret>"), "<secret>a</secret>") {
			for _, secret := range secrets {
				if len(secret) >= safeLength && strings.Contains(part, secret) {
					t.Fatalf("%q is left in %q", secret, s)
				}
			}
		}
	}
	for _, item := range n.Items() {
		notLeft(t, item, secrets...)
	}
	for _, v := range n.Members() {
		notLeft(t, v, secrets...)
	}
}

// FuzzParseStep: a step that was taken is a record that gives it back.
func FuzzParseStep(f *testing.F) {
	f.Add(sample(f))
	for _, text := range append(corpus, `{"result": []}`, "{\"result\": []}\n{\"state\": {}}\n", `[{"metadata": null}]`) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		steps, _, err := ParseSteps(bytes.Clone(data))
		if err != nil {
			return
		}
		for _, s := range steps {
			r, err := DecodeRecord(EncodeStep(s))
			if err != nil || !bytes.Equal(r.Step.JSON(), s.JSON()) {
				t.Fatalf("%s: %v", s.JSON(), err)
			}
			if bytes.ContainsAny(EncodeStep(s), "\n\r") {
				t.Fatal("a record of two lines")
			}
		}
	})
}

// FuzzParseSecrets: secrets are not empty and are found in themselves; an error
// shows nothing of a value, wherever it stands.
func FuzzParseSecrets(f *testing.F) {
	f.Add("password", "x")
	f.Add("a.com", "\"], {")
	f.Add("", "\\u00")
	f.Fuzz(func(t *testing.T, name, rest string) {
		value := "hunter2" + rest
		key, _ := json.Marshal(name)
		quoted, _ := json.Marshal(value)
		for _, frame := range []string{
			`{K: V}`, `{"x": {K: V}}`, `{K: [V]}`, `{"x": {K: [V]}}`, `{"x": {K: {"y": V}}}`, `[V]`, `V`, `{K: V`, `{K V}`,
			`{K: R}`, `{V}`, `{"x": 1, V, K: 1}`, `{K: {V: 1 2}}`, `R`, `{R: K}`,
		} {
			text := strings.NewReplacer("K", string(key), "V", string(quoted), "R", value).Replace(frame)
			s, err := ParseSecrets([]byte(text))
			if err != nil && (s != nil || !strings.Contains(name, "hunter2") && strings.Contains(err.Error(), "hunter2")) {
				t.Fatalf("%s: %v", text, err)
			}
			for _, secret := range s {
				if secret.Value == "" || len(s.Redactor().Found(secret.Value)) == 0 && !strings.Contains(secret.Value, openTag) {
					t.Fatalf("%q is not found", secret.Value)
				}
			}
		}
	})
}
