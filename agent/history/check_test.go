package history

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheSampleHasNoFindings(t *testing.T) {
	if got := Check(decode(t, string(sample(t)))); len(got) > 0 {
		t.Error(got)
	}
}

func TestCheck(t *testing.T) {
	numbered := func(numbers ...string) string {
		var steps []string
		for _, n := range numbers {
			steps = append(steps, `{`+noStep+`, "metadata": {"step_start_time": 1, "step_end_time": 2, "step_number": `+n+`}}`)
		}
		return `{"history": [` + strings.Join(steps, ", ") + `]}`
	}
	for doc, want := range map[string]string{
		numbered("0", "1", "2"):           "",
		numbered("3", "4"):                "",
		numbered("1", "3"):                "number-missing history[1]: step number 3 comes after 1",
		numbered("1", "2", "2"):           "number-repeated history[2]: step number 2 is also that of history[1]",
		numbered("2", "1"):                "number-order history[1]: step number 1 comes after 2",
		`{"history": [{` + noStep + `}]}`: "number-missing history[0]: the step has no number",
		`{"history": [{"result": [], "state": ` + empty + `}]}`: "repaired history[0]: model_output is missing: null stands for it; " +
			"number-missing history[0]: the step has no number",
		`{"history": [{"model_output": {"action": [{}, {}]}, ` + fine + `}]}`: "number-missing history[0]: the step has no number; " +
			"elements history[0].state.interacted_element: 1 elements for 2 actions",
		`{"history": [{"model_output": null, "result": [], "state": {"tabs": [], "interacted_element": [], "url": "", "title": ""}}]}`: "number-missing history[0]: the step has no number",
		`{"history": [{"model_output": {"action": [{"fly": {}}]}, ` + fine + `}]}`: "number-missing history[0]: the step has no number; " +
			"upstream history[0].model_output.action[0]: for browser-use: kept the action fly: only an agent that has it loads it",
		"\uFEFF" + numbered(): "repaired a byte order mark in front was skipped",
	} {
		var got []string
		for _, f := range Check(decode(t, doc)) {
			got = append(got, fmt.Sprint(f.Kind, " ", f))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: found\n%s\nnot\n%s", doc, strings.Join(got, "; "), want)
		}
	}
}
