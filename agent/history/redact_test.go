package history

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// planted has the password hunter2&"ü in 24 places, in URLs and texts in their
// forms.
const planted = `{"history": [{
  "model_output": {
    "evaluation_previous_goal": "typed PW", "memory": "the password is PW", "next_goal": "use PW", "thinking": "PW?",
    "plan_update": ["type PW"],
    "action": [
      {"input": {"index": 1, "text": "PW"}},
      {"own_action": {"rows": [["a", ["PW"]], {"cell": "PW"}]}},
      {"navigate": {"url": "https://x.example/?q=1&p=URLPW"}}
    ]
  },
  "result": [{"is_done": false, "extracted_content": "saw PW", "long_term_memory": "PW", "error": "PW refused",
    "metadata": {"query": {"p": "PW"}}}],
  "state": {
    "tabs": [{"url": "https://x.example/PATHPW", "title": "PW - mail", "target_id": "AAAA", "parent_target_id": null}],
    "screenshot_path": null,
    "interacted_element": [{"node_id": 1, "backend_node_id": 1, "frame_id": null, "node_type": 1, "node_value": "PW",
      "node_name": "INPUT", "attributes": {"value": "PW"}, "x_path": "html", "element_hash": 1}, null, null],
    "url": "https://x.example/?p=URLPW#PATHPW", "title": "PW"
  },
  "metadata": null,
  "state_message": "<input value=HTMLPW /> {\"p\": \"JSONPW\"}",
  "unknown": [["PW"]]
}], "usage": {"note": "PW"}}`

func plant() string {
	return strings.NewReplacer("HTMLPW", `hunter2&amp;&#34;&#xfc;`, "JSONPW", `hunter2&\\\"\\u00fc`,
		"URLPW", "hunter2%26%22%C3%BC", "PATHPW", "hunter2&%22%c3%bc", "PW", `hunter2&\"\u00fc`).
		Replace(planted)
}

func TestNoneOfThePlantedSecretsIsLeft(t *testing.T) {
	h := decode(t, plant())
	r := Secrets{{"password", `hunter2&"ü`}}.Redactor()
	report, err := r.History(h, ReportKeys)
	if err != nil {
		t.Fatal(err)
	}
	out := encode(t, h)
	if strings.Contains(out, "hunter2") || strings.Contains(out, "ü") {
		t.Errorf("left in\n%s", out)
	}
	want := strings.Count(planted, "PW")
	if report.Replaced != want || report.Names["password"] != want || want < 20 {
		t.Errorf("%d occurrences were planted, %v replaced", want, report)
	}
	if n := strings.Count(out, "<secret>password</secret>"); n != want {
		t.Errorf("%d placeholders for %d occurrences:\n%s", n, want, out)
	}
	// Nothing but the secret is gone.
	same := strings.NewReplacer("URLPW", "X", "PATHPW", "X", "HTMLPW", "X", "JSONPW", "X", "PW", "X").Replace(planted)
	if got := strings.ReplaceAll(out, "<secret>password</secret>", "X"); got != encode(t, decode(t, same)) {
		t.Errorf("more than the secret was changed:\n%s", got)
	}
	again, err := r.History(h, ReportKeys)
	if err != nil || again.Replaced != 0 {
		t.Error("a second time", again, err)
	}
}

func TestWithoutSecretsNothingChanges(t *testing.T) {
	for _, s := range []Secrets{nil, {{"empty", ""}}, {{"other", "not in there"}}} {
		h := decode(t, string(sample(t)))
		report, err := s.Redactor().History(h, ReplaceKeys)
		if err != nil || report.Replaced != 0 || encode(t, h) != string(sample(t)) {
			t.Error(s, report, err)
		}
	}
}

func TestNumbersThatAreSecrets(t *testing.T) {
	const doc = `{"history": [{"model_output": {"action": [{"input": {"index": 1234, "text": 1234}},
		{"own": {"pin": 1234, "list": [[1234, 12345, 1234.0]], "short": 123}}], "current_plan_item": 1234},
		"result": [{"metadata": {"pin": 1234, "input_x": 1234}}],
		"state": {"tabs": [], "interacted_element": [{"node_id": 1234, "element_hash": 1234}, null], "url": "", "title": ""},
		"metadata": {"step_number": 1234, "step_start_time": 1234}, "other": 1234}], "usage": {"tokens": 1234}}`
	h := decode(t, doc)
	report, err := secrets(t, `{"pin": 1234, "short": 123}`).Redactor().History(h, ReportKeys)
	if err != nil || report.Names["pin"] != 4 || report.Names["short"] != 0 {
		t.Error(report, err)
	}
	want := doc
	for _, n := range []string{`"text": 1234`, `"pin": 1234`, `[[1234`} {
		want = strings.ReplaceAll(want, n, strings.ReplaceAll(n, "1234", `"<secret>pin</secret>"`))
	}
	if got := encode(t, h); got != encode(t, decode(t, want)) {
		t.Errorf("%s", got)
	}
}

func TestSecretsInKeys(t *testing.T) {
	const doc = `{"history": [{"model_output": {"action": [{"own": {"hunter2": 1, "hunt\u0065r2\u0000": {"text": 2}, "a": "hunter2",
		"<secret>p</secret>": 3, "text": 4}}]}, "result": [], "state": {"tabs": [], "interacted_element": [null], "url": "", "title": ""}}]}`
	s := Secrets{{"p", "hunter2"}, {"q", "text"}}
	h := decode(t, doc)
	report, err := s.Redactor().History(h, ReportKeys)
	keys := []string{
		`history[0].model_output.action[0].own["<secret>p</secret>"]`,
		`history[0].model_output.action[0].own["<secret>p</secret>\x00"]`,
	}
	var left *LeftError
	if !errors.As(err, &left) || !slices.Equal(left.Paths, keys) || !slices.Equal(report.Keys, keys) || report.Replaced != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if text := fmt.Sprint(err, report); strings.Contains(text, "hunter2") {
		t.Error("the secret is told: ", text)
	}
	h = decode(t, doc)
	report, err = s.Redactor().History(h, ReplaceKeys)
	if err != nil || report.Replaced != 3 || len(report.Keys) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
	const want = `{"<secret>p</secret> 2": 1, "<secret>p</secret>\u0000": {"text": 2}, "a": "<secret>p</secret>", "<secret>p</secret>": 3, "text": 4}`
	for step := range h.Steps() {
		if got := string(step.Actions()[0].Params); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestTheCheckNoticesWhatIsLeft(t *testing.T) {
	r := Secrets{{"p", "hunter2"}, {"short", "abc"}}.Redactor()
	for doc, want := range map[string]string{
		`{"a": ["hunter2"]}`:                  "[a[0]]",
		`{"a": {"b.c": "x%68unter2"}}`:        `[a["b.c"]]`,
		`{"xhunter2": 1}`:                     "[[\"x<secret>p</secret>\"]]",
		`["abc"]`:                             "[]",
		`["<secret>p</secret>", "hunter", 1]`: "[]",
	} {
		left, err := r.left([]byte(doc))
		if err != nil || fmt.Sprint(left) != want {
			t.Errorf("%s: %v, %v", doc, left, err)
		}
	}
}

func TestAnyJSON(t *testing.T) {
	r := secrets(t, `{"p": "hunter2", "pin": 1234}`).Redactor()
	for text, want := range map[string]string{
		`{"a":["hunter2",1.50],"b":"\ud800 hunter2"}`: `{"a": ["<secret>p</secret>", 1.50], "b": "\ud800 <secret>p</secret>"}`,
		"{\"a\":\n\"hunter2\"}\n":                     "{\n  \"a\": \"<secret>p</secret>\"\n}",
		`"hunter2"`:                                   `"<secret>p</secret>"`,
		`[1234, {"index": 1234}]`:                     `["<secret>pin</secret>", {"index": 1234}]`,
		`1234`:                                        `"<secret>pin</secret>"`,
	} {
		got, _, err := r.JSON([]byte(text), ReportKeys)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	if _, _, err := r.JSON([]byte(`{"a": hunter2`), ReportKeys); err == nil || strings.Contains(err.Error(), "'h'") {
		t.Error(err)
	}
}

func TestAStepIsRedacted(t *testing.T) {
	s, _, err := ParseStep([]byte(`{"state_message": "hunter2", "result": [{"metadata": {"pin": 1234}}], "metadata": {"step_number": 1234}}`))
	if err != nil {
		t.Fatal(err)
	}
	report, err := secrets(t, `{"p": "hunter2", "pin": 1234}`).Redactor().Step(s, ReportKeys)
	if err != nil || report.Replaced != 2 || s.StateMessage() != "<secret>p</secret>" ||
		string(s.Results()[0].Metadata) != `{"pin": "<secret>pin</secret>"}` {
		t.Error(report, err, string(s.JSON()))
	}
	if n, ok := s.Number(); n != 1234 || !ok {
		t.Error(n, ok)
	}
}
