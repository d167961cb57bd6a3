package history

import (
	"errors"
	"strings"
	"testing"
)

const (
	fine   = `"result": [], "state": {"tabs": [], "screenshot_path": null, "interacted_element": [null], "url": "", "title": ""}`
	empty  = `{"tabs": [], "screenshot_path": null, "interacted_element": [null], "url": "", "title": ""}`
	noStep = `"model_output": null, ` + fine
)

// TestWhatOlderFilesLack has the rows of 4.4 in the formats: step is the one
// step of the file, want how it is written again (empty: as it was read), warn
// the warnings, each from its path on.
func TestWhatOlderFilesLack(t *testing.T) {
	for _, c := range []struct{ name, step, want, warn string }{
		{"as written", `{` + noStep + `, "metadata": null, "state_message": null}`, "", ""},
		{"interacted_element missing",
			`{"model_output": {"action": [{"wait": {}}, {"done": {}}]}, "result": [], "state": {"tabs": [], "url": "u", "title": ""}}`,
			`{"model_output": {"action": [{"wait": {}}, {"done": {}}]}, "result": [], "state": {"tabs": [], "url": "u", "title": "", "interacted_element": [null, null]}}`,
			"history[0].state: interacted_element is missing: one null for each action stands for it"},
		{"interacted_element null, no model_output",
			`{"model_output": null, "result": [], "state": {"tabs": [], "interacted_element": null, "url": "u", "title": ""}}`,
			`{"model_output": null, "result": [], "state": {"tabs": [], "interacted_element": [null], "url": "u", "title": ""}}`,
			"history[0].state: interacted_element is missing: one null for each action stands for it"},
		{"no action, no element",
			`{"model_output": {}, "result": [], "state": {"tabs": [], "url": "u", "title": ""}}`,
			`{"model_output": {}, "result": [], "state": {"tabs": [], "url": "u", "title": "", "interacted_element": []}}`,
			"history[0].model_output: there is no action; history[0].state: interacted_element is missing: one null for each action stands for it"},
		{"state missing", `{"model_output": null, "result": []}`, `{"model_output": null, "result": [], "state": ` + empty + `}`,
			"history[0]: state is missing: an empty state stands for it"},
		{"state null", `{"model_output": null, "result": [], "state": null}`, `{"model_output": null, "result": [], "state": ` + empty + `}`,
			"history[0]: state is missing: an empty state stands for it"},
		{"state empty", `{"model_output": null, "result": [], "state": {"url": null}}`,
			`{"model_output": null, "result": [], "state": {"url": "", "tabs": [], "interacted_element": [null], "title": ""}}`,
			"history[0].state: tabs is missing: an empty list stands for it; " +
				"history[0].state: interacted_element is missing: one null for each action stands for it; " +
				"history[0].state: url is missing: an empty text stands for it; " +
				"history[0].state: title is missing: an empty text stands for it"},
		{"model_output missing", `{` + fine + `}`, `{` + fine + `, "model_output": null}`,
			"history[0]: model_output is missing: null stands for it"},
		{"model_output no object", `{"model_output": "text", ` + fine + `}`, `{` + noStep + `}`,
			"history[0].model_output: a string is no model output: null stands for it"},
		{"model_output false", `{"model_output": [], ` + fine + `}`, `{` + noStep + `}`,
			"history[0].model_output: an array is no model output: null stands for it"},
		{"result missing", `{"model_output": null, "state": ` + empty + `}`, `{"model_output": null, "state": ` + empty + `, "result": []}`,
			"history[0]: result is missing: an empty list stands for it"},
		{"result null", `{"model_output": null, "result": null, "state": ` + empty + `}`, `{"model_output": null, "result": [], "state": ` + empty + `}`,
			"history[0]: result is missing: an empty list stands for it"},
		{"unknown key in model_output", `{"model_output": {"action": [{}], "mood": 1}, ` + fine + `}`, "", ""},
		{"unknown action", `{"model_output": {"action": [{"fly": {"to": [1.50]}}]}, ` + fine + `}`, "", ""},
		{"unknown key in a tab", tabs(`{"url": "u", "title": "t", "page_id": 7, "x": null}`), "", ""},
		{"tab_id", tabs(`{"url": "u", "title": "t", "tab_id": "AAAA", "parent_tab_id": null}`), "", ""},
		{"both ids", tabs(`{"url": "u", "title": "t", "tab_id": "AAAA", "target_id": "BBBB"}`), "",
			"history[0].state.tabs[0]: both target_id and tab_id: target_id counts"},
		{"unknown keys", `{` + noStep + `, "screenshot": "iVBO", "x": {"y": [1e2]}}`, "", ""},
		{"bounds null", element(`{"node_id": 1, "bounds": null, "stable_hash": 18446744073709551615, "more": 1}`), "", ""},
		{"metadata null", `{` + noStep + `, "metadata": null}`, "", ""},
		{"success without is_done", result(`{"success": true, "is_done": false}`), "",
			"history[0].result[0]: success without is_done: browser-use refuses it"},
		{"no success", result(`{"success": false}`), "", ""},
		{"lax", `{` + noStep + `, "metadata": {"step_number": "7", "step_start_time": " 1.5 ", "step_end_time": 2, "step_interval": true}}`, "", ""},
		{"lax element", element(`{"node_id": "1", "node_type": 1.0, "element_hash": 1e3, "attributes": {"a": null}}`), "", ""},
		{"lax booleans", result(`{"is_done": "yes", "success": 1, "include_in_memory": "off"}`), "", ""},
		{"NaN", `{` + noStep + `, "metadata": {"step_interval": NaN}}`, `{` + noStep + `, "metadata": {"step_interval": null}}`,
			"history[0].metadata.step_interval: NaN is read as null"},
	} {
		h, err := Decode([]byte(`{"history": [` + c.step + `]}`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.want == "" {
			c.want = c.step
		}
		for step := range h.Steps() {
			if got := string(step.JSON()); got != c.want {
				t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
			}
		}
		var warn []string
		for _, w := range h.Warnings() {
			if w.Line != 1 || w.Column < 13 {
				t.Errorf("%s: no place: %v", c.name, w)
			}
			warn = append(warn, w.Path+": "+w.Msg)
		}
		if got := strings.Join(warn, "; "); got != c.warn {
			t.Errorf("%s: warned of\n%s\nnot\n%s", c.name, got, c.warn)
		}
		if again := decode(t, encode(t, h)); len(again.Warnings()) > 0 && c.want != c.step && !strings.Contains(c.want, "model_output\": {}") {
			t.Errorf("%s: not mended for good: %v", c.name, again.Warnings())
		}
	}
}

func tabs(items string) string {
	return `{"model_output": null, "result": [], "state": {"tabs": [` + items + `], "interacted_element": [null], "url": "", "title": ""}}`
}

func element(item string) string {
	return `{"model_output": null, "result": [], "state": {"tabs": [], "interacted_element": [` + item + `], "url": "", "title": ""}}`
}

func result(item string) string {
	return `{"model_output": null, "result": [` + item + `], "state": ` + empty + `}`
}

func TestDocumentsThatAreNoHistory(t *testing.T) {
	in := func(step string) string { return `{"history": [` + step + `]}` }
	for _, c := range []struct{ doc, want string }{
		{`null`, "line 1, column 1: an object is wanted here, not null"},
		{`[]`, "line 1, column 1: an object is wanted here, not an array"},
		{`"history"`, "line 1, column 1: an object is wanted here, not a string"},
		{`NaN`, "line 1, column 1: an object is wanted here, not null"},
		{"\n {}", "line 2, column 2: the member history is missing"},
		{"{\"usage\": null,\n\"history\": {}}", "line 2, column 12, at history: an array is wanted here, not an object"},
		{`{"history": null}`, "line 1, column 13, at history: an array is wanted here, not null"},
		{in(`null`), "line 1, column 14, at history[0]: an object is wanted here, not null"},
		{in(`{` + noStep + `}, 7`), "line 1, column 154, at history[1]: an object is wanted here, not a number"},
		{in(`{"result": {}}`), "at history[0].result: an array is wanted here, not an object"},
		{in(`{"result": [null]}`), "at history[0].result[0]: an object is wanted here, not null"},
		{in(`{"result": [{"is_done": "maybe"}]}`), "at history[0].result[0].is_done: a boolean is wanted here, not a string"},
		{in(`{"result": [{"success": 2}]}`), "at history[0].result[0].success: a boolean is wanted here, not a number"},
		{in(`{"result": [{"error": 1}]}`), "at history[0].result[0].error: a string is wanted here, not a number"},
		{in(`{"result": [{"attachments": [1]}]}`), "at history[0].result[0].attachments[0]: a string is wanted here, not a number"},
		{in(`{"result": [{"metadata": []}]}`), "at history[0].result[0].metadata: an object is wanted here, not an array"},
		{in(`{"result": [{"judgement": {"verdict": "?"}}]}`), "at history[0].result[0].judgement.verdict: a boolean is wanted here, not a string"},
		{in(`{"model_output": {"action": {}}}`), "at history[0].model_output.action: an array is wanted here, not an object"},
		{in(`{"model_output": {"action": ["done"]}}`), "at history[0].model_output.action[0]: an object is wanted here, not a string"},
		{in(`{"model_output": {"memory": []}}`), "at history[0].model_output.memory: a string is wanted here, not an array"},
		{in(`{"model_output": {"current_plan_item": 1.5}}`), "at history[0].model_output.current_plan_item: a whole number is wanted here, not a number"},
		{in(`{"model_output": {"current_plan_item": "two"}}`), "at history[0].model_output.current_plan_item: a whole number is wanted here, not a string"},
		{in(`{"model_output": {"plan_update": "x"}}`), "at history[0].model_output.plan_update: an array is wanted here, not a string"},
		{in(`{"state": []}`), "at history[0].state: an object is wanted here, not an array"},
		{in(`{"state": {"url": 1}}`), "at history[0].state.url: a string is wanted here, not a number"},
		{in(tabs(`"t"`)), "at history[0].state.tabs[0]: an object is wanted here, not a string"},
		{in(tabs(`{"target_id": 5}`)), "at history[0].state.tabs[0].target_id: a string is wanted here, not a number"},
		{in(element(`7`)), "at history[0].state.interacted_element[0]: an object is wanted here, not a number"},
		{in(element(`{"element_hash": "x"}`)), "at history[0].state.interacted_element[0].element_hash: a whole number is wanted here, not a string"},
		{in(element(`{"element_hash": 0.5}`)), "at history[0].state.interacted_element[0].element_hash: a whole number is wanted here, not a number"},
		{in(element(`{"node_id": 1e400}`)), "at history[0].state.interacted_element[0].node_id: a whole number is wanted here, not a number"},
		{in(element(`{"attributes": {"a": 1}}`)), "at history[0].state.interacted_element[0].attributes.a: a string is wanted here, not a number"},
		{in(element(`{"bounds": {"x": "left"}}`)), "at history[0].state.interacted_element[0].bounds.x: a number is wanted here, not a string"},
		{in(`{"metadata": []}`), "at history[0].metadata: an object is wanted here, not an array"},
		{in(`{"metadata": {"step_number": 1.5}}`), "at history[0].metadata.step_number: a whole number is wanted here, not a number"},
		{in(`{"metadata": {"step_start_time": "now"}}`), "at history[0].metadata.step_start_time: a number is wanted here, not a string"},
		{in(`{"state_message": 1}`), "at history[0].state_message: a string is wanted here, not a number"},
	} {
		h, err := Decode([]byte(c.doc))
		var schema *SchemaError
		if h != nil || !errors.As(err, &schema) || !strings.HasSuffix(err.Error(), c.want) || schema.Line == 0 {
			t.Errorf("%s: %v\nwant %s", c.doc, err, c.want)
		}
	}
}

func TestTextsThatAreNoJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "line 1, column 1: empty, not a JSON value",
		"\n\n":                         "line 3, column 1: empty, not a JSON value",
		"hello":                        "line 1, column 1: a value is wanted here, not 'h'",
		`{"history": []} x`:            "line 1, column 17: more text after the end of the value",
		"\xff\xfe{\x00}\x00":           "line 1, column 1: text in UTF-16, not in UTF-8",
		"{\x00}\x00":                   "line 1, column 1: zero bytes: text in UTF-16, or no text at all",
		"{\"history\":\n[\"\xff\"]}":   "line 2, column 3: invalid UTF-8",
		`{"history": [{"result": [}]}`: "line 1, column 26, at history[0].result[0]: a value is wanted here, not '}'",
	} {
		h, err := Decode([]byte(text))
		var syntax *SyntaxError
		if h != nil || !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	deep := strings.Repeat("[", 10000) + strings.Repeat("]", 10000)
	_, err := Decode([]byte(`{"history": [], "x": ` + deep + `}`))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || !strings.Contains(err.Error(), "more than 1000 levels") {
		t.Error(err)
	}
	_, err = Decode(make([]byte, 128<<20+1))
	if !errors.As(err, &syntax) || !strings.Contains(err.Error(), "134217729 bytes are more than") {
		t.Error(err)
	}
}

func TestTheSampleCutAtEachByte(t *testing.T) {
	whole := sample(t)
	for n := range len(whole) {
		_, err := Decode(whole[:n:n])
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Line < 1 {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if _, _, err := ParseSteps(whole[:n:n]); !errors.As(err, &syntax) || syntax.Line < 1 {
			t.Fatalf("%d bytes as steps: %v", n, err)
		}
	}
}

func TestWhatIsToleratedIsTold(t *testing.T) {
	h := decode(t, "\uFEFF{\"history\": [1],\n\"history\": []}")
	if got := h.Warnings(); len(got) != 2 || !strings.Contains(got[0].String(), "byte order mark") ||
		got[1].String() != "line 2, column 1, at history: the key stands twice: the last one counts" {
		t.Error(got)
	}
	if got := encode(t, h); got != "{\n  \"history\": []\n}" {
		t.Error(got)
	}
	h = decode(t, `{"history": [`+strings.Repeat("{}, ", 300)+`{}]}`)
	if got := h.Warnings(); len(got) != 101 || got[100].String() != "and 803 more" {
		t.Error(len(got), got[100])
	}
}
