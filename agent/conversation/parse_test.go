package conversation

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	user := func(texts ...string) (c Conversation) {
		for _, text := range texts {
			c.Messages = append(c.Messages, TextMessage(RoleUser, text))
		}
		return c
	}
	with := func(c Conversation, answer string) Conversation {
		c.Answer = json.RawMessage(answer)
		return c
	}
	const a = "{\n  \"a\": 1\n}"
	for name, tt := range map[string]struct {
		text  string
		want  Conversation
		warns []string // each in turn is contained in a warning
	}{
		"whole":                     {" user \nhi\n\n" + a, with(user("hi"), a), nil},
		"empty answer":              {" user \nhi\n\n{}", with(user("hi"), "{}"), nil},
		"line feeds at the end":     {" user \nhi\n\n" + a + "\n\n", with(user("hi"), a), nil},
		"CRLF":                      {" user \r\nhi\r\n\r\n{}", with(user("hi"), "{}"), nil},
		"one CR is text":            {" user \nhi\r\n\n{}", with(user("hi\r"), "{}"), nil},
		"BOM":                       {"\ufeff user \nhi\n\n{}", with(user("hi"), "{}"), nil},
		"role line in text":         {" user \nhi\n user \nho\n\n{}", with(user("hi\n user \nho"), "{}"), nil},
		"role without its spaces":   {" user \nhi\n\nuser\n\n user\n\n{}", with(user("hi\n\nuser\n\n user"), "{}"), nil},
		"role line after an empty":  {" user \nhi\n\n user \nho\n\n{}", with(user("hi", "ho"), "{}"), nil},
		"brace in text":             {" user \n{\nhi\n\n" + a, with(user("{\nhi"), a), nil},
		"text ends in an empty one": {" user \nhi\n\n\n{}", with(user("hi\n"), "{}"), nil},
		"no answer":                 {" user \nhi\n", user("hi"), []string{"line 2: no answer"}},
		"only a role line":          {" user ", user(""), []string{"line 1: no answer", "line 1: a message without a line"}},
		"no messages":               {a, with(Conversation{}, a), []string{"line 1: no messages"}},
		"torn answer": {" user \nhi\n\n{\n  \"a\":", user("hi\n\n{\n  \"a\":"),
			[]string{"line 4: no answer: what begins here is no JSON object: line 5, column 7, at a: the text ends"}},
		"answer not after an empty line": {" user \nhi\n" + a, user("hi\n" + a), []string{"line 3: no answer: before the last line"}},
		"answer laid out otherwise":      {" user \nhi\n\n{\n\"a\":1}", with(user("hi"), a), []string{"line 4: the answer is not laid out"}},
		"a key twice in the answer": {" user \nhi\n\n{\n  \"a\": 1,\n  \"a\": 2\n}", with(user("hi"), "{\n  \"a\": 1,\n  \"a\": 2\n}"),
			[]string{"line 4: in the answer: line 6, column 3, at a: the key stands twice"}},
		"two answers": {" user \nhi\n\n" + a + "\n\n" + a, with(user("hi\n\n"+a), a), []string{"line 4: this line could begin an answer; the last one, at line 8"}},
		"second system message": {" user \nhi\n\n system \nx\n\n{}",
			with(Conversation{Messages: []Message{TextMessage(RoleUser, "hi"), TextMessage(RoleSystem, "x")}}, "{}"), []string{"line 4: a system message that is not the first"}},
		"no line for the text": {" user \n\n user \nx\n\n{}", with(user("", "x"), "{}"), []string{"line 1: a message without a line for its text"}},
		"NUL in text":          {" user \na\x00b\n\n{}", with(user("a\x00b"), "{}"), []string{"line 2: a NUL byte"}},
	} {
		got, warnings, err := Parse(tt.text)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
		}
		if len(warnings) != len(tt.warns) {
			t.Errorf("%s: warnings %v; want %q", name, warnings, tt.warns)
			continue
		}
		for i, w := range warnings {
			if !strings.Contains(w.String(), tt.warns[i]) {
				t.Errorf("%s: warning %q; want %q", name, w, tt.warns[i])
			}
		}
	}
}

func TestParseRefusesWhatIsNoConversation(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":              {"", "line 1, column 1: empty"},
		"BOM alone":          {"\ufeff", "line 1, column 1: empty"},
		"UTF-16LE":           {" \x00u\x00", "line 1, column 1: text in UTF-16"},
		"UTF-16BE":           {"\x00 \x00u", "line 1, column 1: text in UTF-16"},
		"UTF-16 with a mark": {"\xff\xfe \x00", "line 1, column 1: text in UTF-16"},
		"invalid":            {" user \n\na\xffb", "line 3, column 2: byte 0xff is not UTF-8"},
		"zeros":              {"\x00\x00\x00\x00", "line 1, column 1: only NUL bytes"},
		"zero tail":          {" user \nhi\n\x00\x00", "line 3, column 1: only NUL bytes from here to the end"},
		"other text":         {"hello\n\n user \nx\n\n{}", "line 1, column 1: not a conversation"},
		"other JSON":         {`{"a":1}`, "line 1, column 1: not a conversation"},
		"line feeds":         {"\n\n", "line 1, column 1: not a conversation"},
	} {
		_, _, err := Parse(tt.text)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", name, err, tt.want)
		}
	}
}

func TestTornAnywhereIsReadOrRefused(t *testing.T) {
	text, _ := sample(t)
	for n := range len(text) {
		c, warnings, err := Parse(text[:n])
		if err == nil && len(warnings) == 0 {
			t.Errorf("cut at byte %d of %d: no warning", n, len(text))
		}
		if err == nil && c.Answer != nil {
			t.Errorf("cut at byte %d: an answer %s", n, c.Answer)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, _ := sample(f)
	f.Add(text)
	f.Add(vectorText)
	f.Add(" user \nx\n\n{\n{\n}")
	f.Add(" user \n\n user \n\n\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		c, warnings, err := Parse(text)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		again, err := c.Text()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if len(warnings) > 0 || strings.Contains(text, "\r\n") {
			return
		}
		if want := strings.TrimRight(strings.TrimPrefix(text, bom), "\n"); again != want {
			t.Fatalf("read without a warning, written as %q, was %q", again, want)
		}
	})
}
