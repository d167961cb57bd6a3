package history

import (
	"strings"
	"testing"
)

func TestTheSampleNeedsNoExport(t *testing.T) {
	h := decode(t, string(sample(t)))
	out, notes := Export{OnlyActions: true}.History(h)
	if len(notes) > 0 || encode(t, out) != string(sample(t)) {
		t.Error(notes, encode(t, out))
	}
}

// TestExport has one row for each thing that browser-use does not load (4.4).
func TestExport(t *testing.T) {
	actions := func(list, aims string) string {
		return `{"model_output": {"action": [` + list + `]}, "result": [], "state": {"tabs": [], "interacted_element": [` + aims + `], "url": "", "title": ""}}`
	}
	const aim = `{"node_id": 1, "backend_node_id": 1, "frame_id": null, "node_type": 1, "node_value": "", "node_name": "A", "attributes": null, "x_path": "", "element_hash": 1`
	for _, c := range []struct {
		name              string
		export            Export
		step, want, noted string
	}{
		{"unknown keys elsewhere stay", Export{}, `{` + noStep + `, "x": 1}`, ``, ``},
		{"model_output", Export{}, `{"model_output": {"mood": 1, "action": [{"done": {"x": 1}}], "feel": 2}, ` + fine + `}`,
			`{"model_output": {"action": [{"done": {"x": 1}}]}, ` + fine + `}`,
			".model_output: left out mood: browser-use does not know it there; .model_output: left out feel: browser-use does not know it there"},
		{"no action", Export{}, `{"model_output": {"memory": "m"}, ` + fine + `}`, `{"model_output": {"memory": "m", "action": []}, ` + fine + `}`,
			".model_output: put in action: an empty list"},
		{"own action", Export{}, actions(`{"fly": {}}, {"wait": {}}, {}`, `null, null, null`), ``,
			".model_output.action[0]: kept the action fly: only an agent that has it loads it"},
		{"own action left out", Export{OnlyActions: true, Actions: []string{"swim"}},
			actions(`{"swim": {}}, {"fly": {}}, {"wait": {}}`, aim+`}, `+aim+`, "ax_name": "B"}, null`),
			actions(`{"swim": {}}, {"wait": {}}`, aim+`}, null`),
			".model_output.action[1]: left out the action fly: browser-use has none of that name"},
		{"own action left out, elements of another number", Export{OnlyActions: true},
			actions(`{"fly": {}}`, `null, null`), actions(``, `null, null`),
			".model_output.action[0]: left out the action fly: browser-use has none of that name"},
		{"success", Export{}, result(`{"success": true}, {"success": true, "is_done": true}, {"success": false}`),
			result(`{}, {"success": true, "is_done": true}, {"success": false}`),
			".result[0]: left out success: is_done is not true"},
		{"judgement", Export{}, result(`{"judgement": {"reasoning": "r", "verdict": null}}`), result(`{}`),
			".result[0]: left out judgement: it has no verdict"},
		{"attribute", Export{}, element(strings.Replace(aim, `"attributes": null`, `"attributes": {"a": null, "b": ""}`, 1) + `}`),
			element(strings.Replace(aim, `"attributes": null`, `"attributes": {"b": ""}`, 1) + `}`),
			".state.interacted_element[0].attributes: left out a: null is no text"},
		{"tab", Export{}, tabs(`{"url": "", "title": "", "page_id": 1, "x": 2}`), tabs(`{"url": "", "title": "", "target_id": ""}`),
			".state.tabs[0]: left out page_id: browser-use does not know it there; " +
				".state.tabs[0]: left out x: browser-use does not know it there; .state.tabs[0]: put in target_id: an empty text"},
		{"tab without address", Export{}, tabs(`{"tab_id": "b"}`), tabs(`{"tab_id": "b", "url": "", "title": ""}`),
			".state.tabs[0]: put in url: an empty text; .state.tabs[0]: put in title: an empty text"},
		{"both ids", Export{}, tabs(`{"url": "", "title": "", "target_id": "a", "tab_id": "b", "parent_target_id": null, "parent_tab_id": "c"}`),
			tabs(`{"url": "", "title": "", "target_id": "a", "parent_tab_id": "c"}`),
			".state.tabs[0]: left out tab_id: target_id is there; .state.tabs[0]: left out parent_target_id: parent_tab_id is there"},
		{"no id", Export{}, tabs(`{"url": "", "title": "", "tab_id": null}`), tabs(`{"url": "", "title": "", "target_id": ""}`),
			".state.tabs[0]: put in target_id: an empty text"},
		{"full ids", Export{}, tabs(`{"url": "", "title": "", "tab_id": "0123456789ABCDEF", "parent_tab_id": "éüöäß"}`),
			tabs(`{"url": "", "title": "", "tab_id": "CDEF", "parent_tab_id": "üöäß"}`), ``},
		{"full ids kept", Export{FullTabIDs: true}, tabs(`{"url": "", "title": "", "tab_id": "0123456789ABCDEF"}`), ``, ``},
		{"element", Export{}, element(aim + `}`), ``, ``},
		{"old element", Export{}, element(`{"node_id": 1}`), element(`null`),
			".state.interacted_element[0]: left out the element: frame_id is missing"},
		{"element without hash", Export{}, element(strings.Replace(aim, `"element_hash": 1`, `"element_hash": null`, 1) + `}`), element(`null`),
			".state.interacted_element[0]: left out the element: element_hash is missing"},
		{"element of no type", Export{}, element(strings.Replace(aim, `"node_type": 1`, `"node_type": 13`, 1) + `}`), element(`null`),
			".state.interacted_element[0]: left out the element: there is no node_type 13"},
		{"bounds", Export{}, element(aim + `, "bounds": {"x": 1, "y": 2, "width": 3}}`), element(aim + `, "bounds": null}`),
			".state.interacted_element[0].bounds: left out: height is missing"},
		{"metadata", Export{}, `{` + noStep + `, "metadata": {"step_number": 1, "step_start_time": NaN, "step_end_time": 1}}`,
			`{` + noStep + `, "metadata": null}`, ".metadata: left out: step_start_time is missing"},
	} {
		if c.want == "" {
			c.want = c.step
		}
		h := decode(t, `{"history": [`+c.step+`]}`)
		before := encode(t, h)
		out, notes := c.export.History(h)
		var noted []string
		for _, n := range notes {
			noted = append(noted, strings.TrimPrefix(n.String(), "history[0]"))
		}
		if got := strings.Join(noted, "; "); got != c.noted {
			t.Errorf("%s: noted\n%s\nnot\n%s", c.name, got, c.noted)
		}
		for s := range out.Steps() {
			if got := string(s.JSON()); got != c.want {
				t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
			}
		}
		if encode(t, h) != before {
			t.Errorf("%s: the history itself was changed", c.name)
		}
		for s := range h.Steps() {
			one, notes := c.export.Step(s)
			if string(one.JSON()) != c.want || len(notes) != len(noted) {
				t.Errorf("%s: the step alone is %s", c.name, one.JSON())
			}
		}
	}
}
