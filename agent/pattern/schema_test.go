package pattern

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// The table of lax validation, and what pydantic does beyond its rows.
func TestVersionIsLax(t *testing.T) {
	for text, want := range map[string]int{
		`"2"`: 2, `2.0`: 2, `true`: 1, `false`: 0, `99`: 99, `1e2`: 100, `-0`: 0, `-3`: -3,
		`" 2 "`: 2, `"+2"`: 2, `"-2"`: -2, `"2.00"`: 2, `"2."`: 2, `"1_000"`: 1000, `"007"`: 7,
		`2147483647`: 2147483647, `"12345678901234567890"`: math.MaxInt,
	} {
		f, err := Decode([]byte(`{"version": ` + text + `}`))
		if err != nil || f.Version() != want {
			t.Errorf("%s: %v, want %d", text, err, want)
		}
	}
	for _, text := range []string{
		`2.5`, `null`, `NaN`, `-Infinity`, `1e400`, `1e19`, `9223372036854775808.0`, `[]`, `{}`, `[2]`,
		`""`, `"two"`, `"2.5"`, `"+-2"`, `"-+2"`, `"--2"`, `"- 2"`, `"_2"`, `"2__0"`, `"2_"`, `"0x2"`, `"2e0"`, `".0"`, `"NaN"`,
		`"` + strings.Repeat("9", 4301) + `"`, strings.Repeat("9", 4301),
	} {
		wantSchemaError(t, `{"version": `+text+`}`, "version")
	}
}

func TestSuccessIsLax(t *testing.T) {
	entry := func(success string) string {
		return `{"patterns": {"a": {"x": {"actions": [], "success": ` + success + `}}}}`
	}
	for want, texts := range map[bool]string{
		true:  `true 1 1.0 1e0 "1" "t" "T" "y" "on" "yes" "Yes" "YES" "true" "tRuE"`,
		false: `false 0 0.0 -0.0 -0 "0" "f" "n" "N" "no" "off" "Off" "false" "FALSE"`,
	} {
		for text := range strings.FieldsSeq(texts) {
			f, err := Decode([]byte(entry(text)))
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			if e, ok := f.Lookup("a", "x"); !ok || e.Failed == want {
				t.Errorf("success %s is read as failed %v", text, e.Failed)
			}
		}
	}
	for _, text := range []string{
		`null`, `2`, `-1`, `0.5`, `1e400`, `12345678901234567890`, `""`, `" yes"`, `"yes "`, `"1.0"`, `"ja"`, `"ye\u017f"`,
		`[]`, `{}`, `[true]`, `NaN`,
	} {
		wantSchemaError(t, entry(text), "patterns.a.x.success")
	}
}

func TestSchema(t *testing.T) {
	for text, path := range map[string]string{
		`null`: "", `[]`: "", `NaN`: "", `"x"`: "", `1`: "", `true`: "",
		`{"patterns": null}`:                                                               "patterns",
		`{"patterns": []}`:                                                                 "patterns",
		`{"patterns": {"a": null}}`:                                                        "patterns.a",
		`{"patterns": {"a.b": {"x": null}}}`:                                               `patterns["a.b"].x`,
		`{"patterns": {"a": {"x": {}}}}`:                                                   "patterns.a.x",
		`{"patterns": {"a": {"x": {"actions": "click"}}}}`:                                 "patterns.a.x.actions",
		`{"patterns": {"a": {"x": {"actions": null}}}}`:                                    "patterns.a.x.actions",
		`{"patterns": {"a": {"x": {"actions": ["", 1]}}}}`:                                 "patterns.a.x.actions[1]",
		`{"patterns": {"a": {"x": {"actions": [], "last_success": 1}}}}`:                   "patterns.a.x.last_success",
		`{"workflows": null}`:                                                              "workflows",
		`{"workflows": {"a": []}}`:                                                         "workflows.a",
		`{"workflows": {"a": {"w": {"id": "w", "description": ""}}}}`:                      "workflows.a.w",
		`{"workflows": {"a": {"w": {"id": 1, "description": "", "steps": []}}}}`:           "workflows.a.w.id",
		`{"workflows": {"a": {"w": {"description": "", "steps": []}}}}`:                    "workflows.a.w",
		`{"workflows": {"a": {"w": {"id": "w", "description": null, "steps": []}}}}`:       "workflows.a.w.description",
		workflow(`"domain": null`):                                                         "workflows.a.w.domain",
		workflow(`"last_success": false`):                                                  "workflows.a.w.last_success",
		workflow(`"success": null`):                                                        "workflows.a.w.success",
		workflow(`"steps": [{"environment_state": "", "reasoning": ""}]`):                  "workflows.a.w.steps[0]",
		workflow(`"steps": [{"environment_state": "", "reasoning": "", "action": ["x"]}]`): "workflows.a.w.steps[0].action",
		workflow(`"steps": {}`):                                                            "workflows.a.w.steps",
	} {
		wantSchemaError(t, text, path)
	}
	for _, text := range []string{
		`{}`,
		`{"patterns": {"": {"": {"actions": []}}, "empty": {}}}`,
		`{"patterns": {"a": {"x": {"actions": [""], "last_success": "last week", "Success": null}}}}`,
		`{"patterns": {"a": {"x": {"actions": 1, "actions": []}}}}`,
		`{"version": null, "version": 1, "unknown": NaN}`,
		workflow(`"domain": ""`),
		workflow(`"steps": [{"environment_state": "", "reasoning": "", "action": "", "x": null}]`),
	} {
		if _, err := Decode([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// workflow is a document with one workflow; the last of equal keys counts.
func workflow(more string) string {
	return `{"workflows": {"a": {"w": {"id": "w", "description": "", "steps": [], ` + more + `}}}}`
}

func TestErrorsSayWhereAndWhat(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"version\": 2.5}":                                      "Invalid patterns file schema: line 2, column 14, at version: a whole number is wanted here, not 2.5",
		`{"version": "` + strings.Repeat("x", 50) + `"}`:              `Invalid patterns file schema: line 1, column 13, at version: a whole number is wanted here, not "` + strings.Repeat("x", 39) + "…",
		"{\"patterns\": {\"a\":\n{\"x\": {\"last_success\": null}}}}": "Invalid patterns file schema: line 2, column 7, at patterns.a.x: actions is missing",
		"\uFEFF[]":                            "Invalid patterns file schema: line 1, column 4: an object is wanted here, not an array",
		"{\"patterns\": {\"a\": {\n\"x\": {]": "Invalid JSON in patterns: line 2, column 7, at patterns.a.x: a key in double quotes is wanted here, not ']'",
		"":                                    "Invalid JSON in patterns: line 1, column 1: empty, not a JSON value",
	} {
		if _, err := Decode([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func wantSchemaError(t *testing.T, text, path string) {
	t.Helper()
	f, err := Decode([]byte(text))
	var e *SchemaError
	if !errors.As(err, &e) {
		t.Errorf("%.100s: error %v, want a schema error", text, err)
		return
	}
	if e.Path != path || e.Line != 1 || e.Column < 1 || e.Msg == "" || f != nil {
		t.Errorf("%.100s: %s, want the path %q", text, fmt.Sprintf("%+v", *e), path)
	}
}
