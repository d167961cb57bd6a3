package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatAStepTells(t *testing.T) {
	h := decode(t, string(sample(t)))
	steps := slices.Collect(h.Steps())
	if len(steps) != 3 || h.Len() != 3 {
		t.Fatal(len(steps), h.Len())
	}
	s := steps[1]
	n, ok := s.Number()
	elements := s.Elements()
	for what, pair := range map[string][2]any{
		"number":      {n, 2},
		"known":       {ok, true},
		"start":       {s.Start().UTC().Format(time.RFC3339Nano), "2026-09-21T14:13:25Z"},
		"end":         {s.End().UTC().Format(time.RFC3339Nano), "2026-09-21T14:13:32.375Z"},
		"duration":    {s.Duration(), 7375 * time.Millisecond},
		"answered":    {s.Answered(), true},
		"goal":        {s.Goal(), "Fill credentials and submit."},
		"evaluation":  {s.Evaluation(), "Success: the login form is visible."},
		"memory":      {s.Memory(), "On login page; e-mail at 3, password at 4, submit at 7."},
		"thinking":    {steps[0].Thinking(), "The task names the shop, so go straight to its login page."},
		"url":         {s.URL(), "https://shop.example.com/login"},
		"title":       {s.Title(), "Anmelden – Shop"},
		"message":     {strings.Contains(s.StateMessage(), "[3]<input type=email />"), true},
		"tabs":        {fmt.Sprint(s.Tabs()), "[{https://shop.example.com/login Anmelden – Shop 9F3A } {https://chat.vendor.example/popup Chat C01D 9F3A}]"},
		"screenshot":  {strings.HasSuffix(s.ScreenshotPath(), "/screenshots/step_2.png"), true},
		"actions":     {fmt.Sprintf("%s", s.Actions()[2:]), `[{click {"index": 7}}]`},
		"results":     {len(s.Results()), 3},
		"error":       {s.Results()[2].Error, "Element with index 7 is covered by an overlay"},
		"metadata":    {string(s.Results()[0].Metadata), `{"input_x": 512.0, "input_y": 301.5}`},
		"content":     {s.Results()[0].ExtractedContent, "Typed shop_user"},
		"long term":   {s.Results()[1].LongTermMemory, "Typed shop_pass"},
		"success":     {s.Results()[0].Success == nil, true},
		"elements":    {len(elements), 3},
		"hash":        {elements[0].ElementHash, uint64(1407321098812345677)},
		"stable":      {elements[0].StableHash, uint64(16045690984833335023)},
		"stable 2^63": {elements[1].StableHash, uint64(1 << 63)},
		"node":        {fmt.Sprint(elements[0].NodeID, elements[0].BackendNodeID, elements[0].NodeType) + elements[0].NodeName, "41 118 1INPUT"},
		"attributes":  {fmt.Sprint(elements[0].Attributes), "[{type email} {id email} {autocomplete username}]"},
		"bounds":      {*elements[0].Bounds, Bounds{320, 284, 384, 35}},
		"no bounds":   {elements[2].Bounds == nil, true},
		"names":       {elements[0].AXName + elements[0].XPath + elements[0].FrameID, "E-mailhtml/body/main/form/div[1]/inputA1B2C3D4E5F60718293A4B5C6D7E8F90"},
		"no element":  {steps[0].Elements()[0] == nil, true},
		"verdict":     {*steps[2].Results()[0].Judgement.Verdict, true},
		"reasoning":   {steps[2].Results()[0].Judgement.Reasoning, "Status matches the page."},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, not %v", what, pair[0], pair[1])
		}
	}
}

func TestWhatAHistoryTells(t *testing.T) {
	h := decode(t, string(sample(t)))
	if !h.Done() || h.Success() == nil || !*h.Success() || h.FinalResult() != "Order 7781: shipped on 12 September." {
		t.Error(h.Done(), h.Success(), h.FinalResult())
	}
	if got := fmt.Sprint(h.Errors()); got != "[{1 Element with index 7 is covered by an overlay}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(h.URLs()); got != "[about:blank https://shop.example.com/login https://shop.example.com/orders/7781]" {
		t.Error(got)
	}
	if got := h.Duration(); got != (4625+7375+2500)*time.Millisecond {
		t.Error(got)
	}
	if got := h.Screenshots(); len(got) != 2 || !strings.HasSuffix(got[1], "step_3.png") {
		t.Error(got)
	}
}

func TestAPageIsListedOnce(t *testing.T) {
	at := func(url string) string {
		return `{"model_output": null, "result": [], "state": {"tabs": [], "interacted_element": [null], "url": "` + url + `", "title": "", "screenshot_path": "s` + url + `"}}`
	}
	h := decode(t, `{"history": [`+at("b")+`, `+at("a")+`, `+at("b")+`]}`)
	if got := fmt.Sprint(h.URLs(), h.Screenshots()); got != "[b a] [sb sa]" {
		t.Error(got)
	}
}

// TestSuccess: only the last result of the last step counts (3.9).
func TestSuccess(t *testing.T) {
	for results, want := range map[string]string{
		``:                                     "false none",
		`{}`:                                   "false none",
		`{"is_done": false, "success": false}`: "false none",
		`{"is_done": true}`:                    "true none",
		`{"is_done": true, "success": null}`:   "true none",
		`{"is_done": true, "success": false}`:  "true false",
		`{"is_done": "1", "success": "yes"}`:   "true true",
		`{"is_done": true, "success": true}, {"is_done": false}`: "false none",
	} {
		h := decode(t, `{"history": [`+result(results)+`]}`)
		got := "none"
		if s := h.Success(); s != nil {
			got = fmt.Sprint(*s)
		}
		if got = fmt.Sprint(h.Done(), " ", got); got != want {
			t.Errorf("%s: %s, not %s", results, got, want)
		}
	}
	if h := New(); h.Done() || h.Success() != nil || h.FinalResult() != "" {
		t.Error("an empty history is done")
	}
}

func TestNumbersOfEverySpelling(t *testing.T) {
	for text, want := range map[string]uint64{
		"18446744073709551615": 1<<64 - 1, "9223372036854775808.0": 1 << 63, `"9223372036854775809"`: 1<<63 + 1,
		"1e3": 1000, "4.0": 4, `" 7 "`: 7, "0": 0, "true": 1, "-1": 0, "18446744073709551616": 0, "1e30": 0,
	} {
		h := decode(t, `{"history": [`+element(`{"stable_hash": `+text+`}`)+`]}`)
		for s := range h.Steps() {
			if got := s.Elements()[0].StableHash; got != want {
				t.Errorf("%s is %d, not %d", text, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		"1790000000.123456": "2026-09-21T14:13:20.123456Z", `"1.5"`: "1970-01-01T00:00:01.5Z", "-0.25": "1969-12-31T23:59:59.75Z",
		"null": "0001-01-01T00:00:00Z", "1e300": "0001-01-01T00:00:00Z", `"nan"`: "0001-01-01T00:00:00Z",
	} {
		h := decode(t, `{"history": [{`+noStep+`, "metadata": {"step_start_time": `+text+`}}]}`)
		for s := range h.Steps() {
			if got := s.Start().UTC().Format(time.RFC3339Nano); got != want || s.Duration() != 0 {
				t.Errorf("%s is %s, not %s", text, got, want)
			}
		}
	}
}

func TestBothSpellingsOfATab(t *testing.T) {
	h := decode(t, `{"history": [`+tabs(`{"tab_id": "a", "parent_tab_id": "b"}, {"target_id": "c", "tab_id": "d"}, {"page_id": 3},
		{"target_id": null, "tab_id": "e"}`)+`]}`)
	for s := range h.Steps() {
		if got := fmt.Sprint(s.Tabs()); got != "[{  a b} {  c } {   } {  e }]" {
			t.Error(got)
		}
	}
}

func TestStepsWithoutMuch(t *testing.T) {
	h := decode(t, `{"history": [{"model_output": {"action": [{}, {"a": 1, "b": null}]}}, {}]}`)
	steps := slices.Collect(h.Steps())
	if got := fmt.Sprintf("%s", steps[0].Actions()); got != "[{ } {a 1} {b null}]" {
		t.Error(got)
	}
	s := steps[1]
	if _, ok := s.Number(); ok || s.Answered() || s.Goal() != "" || s.Actions() != nil || s.Results() != nil || len(s.Elements()) != 1 {
		t.Error(string(s.JSON()))
	}
}
