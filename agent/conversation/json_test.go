package conversation

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

const vectorTwin = `{
  "agent_id": "a-1",
  "step": 2,
  "messages": [
    {
      "role": "assistant",
      "content": [
        {
          "type": "text",
          "text": "é\u0001\n\"\\ <&> 😀"
        },
        {
          "type": "image"
        },
        {
          "type": "refusal",
          "refusal": "no"
        }
      ]
    },
    {
      "role": "user",
      "content": []
    }
  ],
  "answer": {
    "z": 1.0,
    "a": "\ud83d<"
  }
}`

func TestTwinLosesNothing(t *testing.T) {
	c := Conversation{AgentID: "a-1", Step: 2, Messages: []Message{
		{RoleAssistant, []Part{{KindText, "é\x01\n\"\\ <&> 😀"}, {Kind: KindImage}, {KindRefusal, "no"}}},
		{Role: RoleUser},
	}, Answer: json.RawMessage("{\n  \"z\": 1.0,\n  \"a\": \"\\ud83d<\"\n}")}
	twin, err := c.AppendJSON(nil)
	if err != nil || string(twin) != vectorTwin {
		t.Errorf("%v: got %s", err, twin)
	}
	if got, err := ParseJSON(twin); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%v: got %q, want %q", err, got, c)
	}
	compact, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	var again Conversation
	if err := json.Unmarshal(compact, &again); err != nil || !reflect.DeepEqual(again.Messages, c.Messages) {
		t.Errorf("through encoding/json: %v: %q", err, again)
	}
	if err := json.Unmarshal([]byte(`{"messages":1}`), &again); err == nil || again.AgentID != "a-1" {
		t.Errorf("an error (%v) must leave the value: %q", err, again)
	}
	if twin, err := (Conversation{}).AppendJSON(nil); err != nil || string(twin) != "{\n  \"messages\": []\n}" {
		t.Errorf("nothing: %s, %v", twin, err)
	}
	for _, bad := range []Conversation{{AgentID: "\xff"}, {Step: -1}} {
		if got, err := bad.AppendJSON([]byte("kept")); err == nil || string(got) != "kept" {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
}

func TestParseJSONReadsWhatChatsSend(t *testing.T) {
	user := []Message{TextMessage(RoleUser, "hi")}
	for name, tt := range map[string]struct {
		data string
		want Conversation
	}{
		"list":           {`[{"role":"user","content":"hi"}]`, Conversation{Messages: user}},
		"object":         {`{"messages":[{"role":"user","content":"hi"}],"answer":{"a":1}}`, Conversation{Messages: user, Answer: json.RawMessage("{\n  \"a\": 1\n}")}},
		"BOM":            {"\ufeff[]", Conversation{}},
		"null answer":    {`{"answer":null,"messages":[]}`, Conversation{}},
		"other keys":     {`[{"cache":true,"role":"user","content":"hi","name":null,"x":[{"y":{}}]}]`, Conversation{Messages: user}},
		"no content":     {`[{"role":"assistant"},{"role":"assistant","content":null},{"role":"user","content":""}]`, Conversation{Messages: []Message{{Role: RoleAssistant}, {Role: RoleAssistant}, {Role: RoleUser}}}},
		"escaped keys":   {`[{"r\u006fle":"user","content":"\u0068i"}]`, Conversation{Messages: user}},
		"surrogate pair": {`[{"role":"user","content":"\ud83d\ude00\\ud83d"}]`, Conversation{Messages: []Message{TextMessage(RoleUser, `😀\ud83d`)}}},
		"parts": {`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:","detail":"low"}},{"type":"refusal","refusal":"b"}]}]`,
			Conversation{Messages: []Message{{RoleAssistant, []Part{{KindText, "a"}, {Kind: KindImage}, {KindRefusal, "b"}}}}}},
		"halves of pairs as keys": {`{"messages":[],"answer":{"\ud83d":1,"\ud83e":2}}`, Conversation{Answer: json.RawMessage("{\n  \"\\ud83d\": 1,\n  \"\\ud83e\": 2\n}")}},
		"who":                     {`{"agent_id":"a","step":7,"messages":[]}`, Conversation{AgentID: "a", Step: 7}},
	} {
		if got, err := ParseJSON([]byte(tt.data)); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestParseJSONSaysWhereAndWhat(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{"", "line 1, column 1: empty"},
		{" \n", "line 2, column 1: empty"},
		{"\xff\xfe[\x00]\x00", "line 1, column 1: text in UTF-16"},
		{"[\x00]\x00", "line 1, column 1: zero bytes: text in UTF-16"},
		{"\x00[", "line 1, column 1: zero bytes: text in UTF-16"},
		{"null", "line 1, column 1: an object with the key messages, or a list of messages, is wanted here, not null"},
		{"\"x\"", "messages, is wanted here, not a string"},
		{"true", "messages, is wanted here, not a boolean"},
		{"-1.5e3", "messages, is wanted here, not a number"},
		{"{}", "line 1, column 1: the key messages is missing"},
		{`{"messages":[],"anwser":{}}`, "line 1, column 25, at anwser: unknown key"},
		{`{"messages":{}}`, "line 1, column 13, at messages: a list of messages is wanted here, not an object"},
		{`{"messages":null}`, "messages: a list of messages is wanted here, not null"},
		{"[\n  7]", "line 2, column 3, at [0]: a message (an object with role and content) is wanted here, not a number"},
		{`[{"content":""}]`, "[0]: the key role is missing"},
		{`[{"role":1}]`, "[0].role: a string is wanted here, not a number"},
		{`{"messages":[{"role":"tool","content":""}]}`, `messages[0].role: "tool": want system, user or assistant`},
		{`[{"role":"user","content":1}]`, "[0].content: a string, null or a list of parts is wanted here, not a number"},
		{`[{"role":"user","content":["x"]}]`, "[0].content[0]: a part (an object with a type) is wanted here, not a string"},
		{`[{"role":"user","content":[{"text":"x"}]}]`, "[0].content[0]: the key type is missing"},
		{`[{"role":"user","content":[{"type":"text"}]}]`, "[0].content[0]: the key text is missing"},
		{`[{"role":"user","content":[{"type":"text","text":null}]}]`, "[0].content[0].text: a string is wanted here, not null"},
		{`[{"role":"user","content":[{"type":"audio"}]}]`, `[0].content[0].type: "audio": want text`},
		{`[{"role":"user","content":[{"type":"refusal","refusal":""}]}]`, "[0].content[0]: a refusal in a message of role user"},
		{`{"messages":[],"answer":[]}`, "answer: an object or null is wanted here, not an array"},
		{`{"messages":[],"step":0}`, "step: 0: want a whole number from 1"},
		{`{"messages":[],"step":1.0}`, "step: 1.0: want a whole number from 1"},
		{`{"messages":[],"step":"1"}`, "step: a number is wanted here, not a string"},
		{`{"messages":[],"agent_id":1}`, "agent_id: a string is wanted here, not a number"},
		{`{"messages":[],"messages":[]}`, `line 1, column 16, at messages: the key stands twice`},
		{`{"messages":[],"answer":{"a":[0,{"b":1,"\u0062":2}]}}`, `line 1, column 40, at answer.a[1].b: the key stands twice`},
		{`[{"role":"user","content":"é\ud83dx"}]`, `line 1, column 27, at [0].content: line 1, column 3 of the text: U+D83D is a lone surrogate`},
		{`[{"role":"user","content":"\ude00\ud83d"}]`, `line 1, column 27, at [0].content: line 1, column 1 of the text: U+DE00 is a lone surrogate`},
		{"[\"a\nb\"]", `line 1, column 4, at [0]: control character '\n' in a string`},
		{`["\x"]`, "line 1, column 3, at [0]: unknown escape"},
		{`["\u12g4"]`, `line 1, column 3, at [0]: \u is not followed by four`},
		{`[01]`, "[0]: a number does not begin with 0"},
		{`[1.]`, "[0]: a digit is wanted here, not ']'"},
		{`{"messages":[],"answer":{"a":NaN}}`, "answer.a: NaN is not JSON"},
		{`[tru]`, "line 1, column 2, at [0]: a value is wanted here, not 't'"},
		{`[é]`, "a value is wanted here, not 'é'"},
		{`[1 2]`, "line 1, column 4, at [0]: a comma or ] is wanted here, not '2'"},
		{`[1,]`, "[1]: a value is wanted here, not ']'"},
		{`{"a":1,}`, "a key in double quotes is wanted here, not '}'"},
		{`{"a" 1}`, "a: a colon is wanted here, not '1'"},
		{`{"a":1 "b"}`, "a: a comma or } is wanted here"},
		{`[] []`, "line 1, column 4: more text after the end"},
		{"[\"\xed\xa0\xbd\"]", "line 1, column 3: invalid UTF-8"},
		{strings.Repeat("[", 10_000), "…: more than 1000 levels of nesting"},
		{strings.Repeat(`{"a":`, 1_000_000), "line 1, column 5001, at a.a."},
	} {
		_, err := ParseJSON([]byte(tt.data))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60q: %v; want %q", tt.data, err, tt.want)
		}
	}
}

func TestParseJSONRefusesWhatIsTooLarge(t *testing.T) {
	_, err := ParseJSON(make([]byte, lossless.MaxSize+1))
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "more than a document may have") {
		t.Error(err)
	}
}

// What was read stays when the bytes that it was read from are used again.
func TestParseJSONSharesNoMemory(t *testing.T) {
	data := []byte(vectorTwin)
	got, err := ParseJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if want, err := ParseJSON([]byte(vectorTwin)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: got %q, want %q", err, got, want)
	}
}

func TestTruncatedJSONIsRefusedAtEveryByte(t *testing.T) {
	for n := range len(vectorTwin) {
		_, err := ParseJSON([]byte(vectorTwin[:n]))
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
		if e.Line == 0 {
			t.Errorf("cut at byte %d: %v names no line", n, err)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(vectorTwin))
	f.Add([]byte(`[{"role":"user","content":[{"type":"image_url"}]}]`))
	f.Add([]byte(`{"messages":[],"answer":{"\ud83d":-0.0e+1,"\udc00":[null,true,false]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseJSON(data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		if !json.Valid([]byte(strings.TrimPrefix(string(data), bom))) {
			t.Fatalf("read what encoding/json refuses: %q", data)
		}
		twin, err := c.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseJSON(twin); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%v: %q became %q", err, c, again)
		}
	})
}
