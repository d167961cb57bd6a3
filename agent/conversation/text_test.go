package conversation

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// sample returns the text of the sample log file and its name.
func sample(t testing.TB) (text, name string) {
	t.Helper()
	files, err := filepath.Glob("testdata/conversation_*.txt")
	if err != nil || len(files) != 1 {
		t.Fatalf("samples: %q, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(data), filepath.Base(files[0])
}

// vector is the one of the format's description: measured on the Python code.
var vector = Conversation{
	Messages: []Message{
		TextMessage(RoleSystem, "You are an agent.\nRules."),
		{RoleUser, []Part{{KindText, "<agent_state>é</agent_state>"}, {Kind: KindImage}, {KindText, "Current screenshot:"}}},
		{Role: RoleAssistant},
		TextMessage(RoleUser, "retry"),
	},
	Answer: json.RawMessage(`{"evaluation_previous_goal": "ok — é","memory":"m", "next_goal":"g","action":[{"done":{"text":"hi"}}]}`),
}

const vectorText = ` system 
You are an agent.
Rules.

 user 
<agent_state>é</agent_state>
Current screenshot:

 assistant 


 user 
retry

{
  "evaluation_previous_goal": "ok — é",
  "memory": "m",
  "next_goal": "g",
  "action": [
    {
      "done": {
        "text": "hi"
      }
    }
  ]
}`

func TestTextIsWhatPythonWrites(t *testing.T) {
	answer := json.RawMessage(`{"a":1}`)
	for name, tt := range map[string]struct {
		c    Conversation
		want string
	}{
		"vector": {vector, vectorText},
		"parts of an assistant have no separator": {Conversation{Messages: []Message{{RoleAssistant,
			[]Part{{KindText, "a"}, {Kind: KindImage}, {KindText, "b"}, {KindRefusal, "no"}, {KindRefusal, ""}}}}},
			" assistant \nab[Refusal] no[Refusal] \n"},
		"empty parts of a user are lines": {Conversation{Messages: []Message{{RoleUser,
			[]Part{{KindText, ""}, {KindText, "b"}, {KindText, ""}}}}, Answer: answer},
			" user \n\nb\n\n\n{\n  \"a\": 1\n}"},
		"no messages": {Conversation{Answer: answer}, "{\n  \"a\": 1\n}"},
		"nothing":     {Conversation{}, ""},
		"two messages, no answer": {Conversation{Messages: []Message{TextMessage(RoleUser, "a"), {Role: RoleAssistant}}},
			" user \na\n\n assistant \n\n"},
		"the answer is laid out, else untouched": {Conversation{Answer: json.RawMessage(
			" {\"z\":1.50e+05,\"a\":[ ],\"o\":{ },\"s\":\"\\ud83d \\u00e9 <&>\u2028\\/\",\"n\":null,\"big\":18446744073709551617}\n")},
			"{\n  \"z\": 1.50e+05,\n  \"a\": [],\n  \"o\": {},\n  \"s\": \"\\ud83d \\u00e9 <&>\u2028\\/\",\n  \"n\": null,\n  \"big\": 18446744073709551617\n}"},
		"an empty answer": {Conversation{Messages: []Message{TextMessage(RoleUser, "a")}, Answer: json.RawMessage("{ }")},
			" user \na\n\n{}"},
	} {
		got, err := tt.c.Text()
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestSampleSurvivesByteForByte(t *testing.T) {
	text, name := sample(t)
	c, warnings, err := Parse(text)
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if len(c.Messages) != 2 || c.Messages[1].Role != RoleUser || !strings.HasPrefix(c.Messages[1].Text(), "<user_request>Check order 7781") {
		t.Errorf("messages: %q", c.Messages)
	}
	if got, err := c.Text(); err != nil || got != text {
		t.Errorf("%v: text changed to %q", err, got)
	}
	twin, err := c.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseJSON(twin)
	if err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("through the twin: %v, %v; want %v", again, err, c)
	}
	if id, step, ok := ParseFileName(name); id != "0198f3c2-7a1e-7c55-8000-9b1d2e3f4a5b" || step != 2 || !ok {
		t.Errorf("name %s: %q %d %v", name, id, step, ok)
	}
}

func TestWhatCannotBeWrittenLeavesDstAsItWas(t *testing.T) {
	part := func(role string, p Part) Conversation {
		return Conversation{Messages: []Message{{Role: RoleUser}, {role, []Part{p}}}}
	}
	for _, tt := range []struct {
		c    Conversation
		want string
	}{
		{part("tool", Part{KindText, "x"}), `messages[1]: role "tool": want system, user or assistant`},
		{part("", Part{KindText, "x"}), `messages[1]: role ""`},
		{part(RoleUser, Part{KindRefusal, "x"}), "messages[1].content[0]: a refusal in a message of role user"},
		{part(RoleUser, Part{"audio", "x"}), `messages[1].content[0]: kind "audio"`},
		{part(RoleUser, Part{KindImage, "x"}), "messages[1].content[0]: an image with a text"},
		{part(RoleUser, Part{KindText, "é\nab\xff"}), "line 2, column 3 of the text: byte 0xff is not UTF-8"},
		{part(RoleUser, Part{KindText, "\xed\xa0\xbd"}), "U+D83D is a lone surrogate"},
		{Conversation{Answer: json.RawMessage("")}, "answer: line 1, column 1: empty"},
		{Conversation{Answer: json.RawMessage("null")}, "answer: an object is wanted here, not null"},
		{Conversation{Answer: json.RawMessage(`{"a":`)}, "answer: line 1, column 6, at a: the text ends in the middle of a value"},
		{Conversation{Answer: json.RawMessage("{\"a\":\"\xff\"}")}, "answer: line 1, column 7: invalid UTF-8"},
		{Conversation{Answer: json.RawMessage(strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001))}, "more than 1000 levels of nesting"},
	} {
		for name, write := range map[string]func([]byte) ([]byte, error){"text": tt.c.AppendText, "twin": tt.c.AppendJSON} {
			got, err := write([]byte("kept"))
			if err == nil || !strings.Contains(err.Error(), tt.want) || string(got) != "kept" {
				t.Errorf("%s: %q, %v; want error %q", name, got, err, tt.want)
			}
		}
	}
}

// doubtful tells whether the layout cannot keep the text of a message apart
// from what stands around it. It is written apart from Parse on purpose.
func doubtful(c Conversation) bool {
	for _, m := range c.Messages {
		text := "\n" + m.Text()
		for _, role := range []string{RoleSystem, RoleUser, RoleAssistant} {
			if strings.Contains(text+"\n", "\n\n "+role+" \n") {
				return true
			}
		}
		// Without an answer, or before {}, text may pass for one.
		if strings.Contains(text+"\n", "\n{\n") || strings.Contains(text+"\n", "\n{}\n") {
			return true
		}
	}
	return false
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("You are an agent.\nRules.", "é", "\n\n", `{"a":[1.0,"\ud83d"]}`)
	f.Add(" user ", "{", "", `{}`)
	f.Add("x\n\n user \ny", "\n", " assistant ", "")
	f.Fuzz(func(t *testing.T, a, b, last, answer string) {
		c := Conversation{Messages: []Message{TextMessage(RoleSystem, a), TextMessage(RoleAssistant, b), TextMessage(RoleUser, last)}}
		if answer != "" {
			root, _, err := object([]byte(answer))
			if err != nil {
				return
			}
			c.Answer = root.Bytes(lossless.Indent2)
		}
		text, err := c.Text()
		if err != nil {
			return // not UTF-8
		}
		got, warnings, err := Parse(text)
		if err != nil {
			t.Fatalf("what was written is not read: %v: %q", err, text)
		}
		if !doubtful(c) && !reflect.DeepEqual(got, c) {
			t.Fatalf("%q read as %q (%v)", c, got, warnings)
		}
		twin, err := c.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		// Keys given twice, and an answer too deep by the one level of the twin, are refused.
		if got, err := ParseJSON(twin); err == nil && !reflect.DeepEqual(got, c) {
			t.Fatalf("%q through the twin is %q", c, got)
		} else if err != nil && answer == "" {
			t.Fatal(err)
		}
	})
}

func BenchmarkAppendText(b *testing.B) {
	c := vector
	c.Messages = append(c.Messages, TextMessage(RoleUser, strings.Repeat("a line of the page\n", 5000)))
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = c.AppendText(dst[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(dst)))
}
