package conversation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// AppendJSON appends the JSON twin of the text, which loses nothing but the
// data of images. It is an object, indented by two, non-ASCII as it is:
//
//	agent_id  string, left out if empty
//	step      integer, left out if zero
//	messages  [{"role": string, "content": [part, …]}, …]; a part is
//	          {"type": "text", "text": string}, {"type": "image"} or
//	          {"type": "refusal", "refusal": string}
//	answer    object, left out if there is none
//
// What [Conversation.AppendText] refuses is refused here too; dst is then
// returned as it was.
func (c Conversation) AppendJSON(dst []byte) ([]byte, error) {
	answer, err := c.check()
	if err != nil {
		return dst, err
	}
	if !utf8.ValidString(c.AgentID) {
		return dst, errors.New("agent_id: not UTF-8")
	}
	if c.Step < 0 {
		return dst, fmt.Errorf("step: %d: steps count from 1", c.Step)
	}
	// Written compact, then laid out: the raw answer must pass no encoder.
	b := []byte("{")
	if c.AgentID != "" {
		b = append(appendString(append(b, `"agent_id":`...), c.AgentID), ',')
	}
	if c.Step != 0 {
		b = append(strconv.AppendInt(append(b, `"step":`...), int64(c.Step), 10), ',')
	}
	b = append(b, `"messages":[`...)
	for i, m := range c.Messages {
		if i > 0 {
			b = append(b, ',')
		}
		b = m.appendJSON(b)
	}
	b = append(b, ']')
	if answer != nil {
		b = append(append(b, `,"answer":`...), answer...)
	}
	out := bytes.NewBuffer(dst)
	if err := json.Indent(out, append(b, '}'), "", "  "); err != nil {
		return dst, err
	}
	return out.Bytes(), nil
}

func (m Message) appendJSON(b []byte) []byte {
	b = append(b, `{"role":"`+m.Role+`","content":[`...)
	for i, p := range m.Content {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"type":"`+p.Kind+`"`...)
		if p.Kind != KindImage {
			// The key of a part's text is its type.
			b = appendString(append(b, `,"`+p.Kind+`":`...), p.Text)
		}
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// appendString appends s, which is UTF-8, as JSON without the escapes that
// encoding/json adds for HTML and JavaScript.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			if at := strings.IndexByte("\b\f\n\r\t", c); at >= 0 {
				b = append(b, '\\', "bfnrt"[at])
			} else {
				b = fmt.Appendf(b, `\u%04x`, c)
			}
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// MarshalJSON returns the JSON twin; see [Conversation.AppendJSON].
func (c Conversation) MarshalJSON() ([]byte, error) { return c.AppendJSON(nil) }

// UnmarshalJSON sets c to what [ParseJSON] reads; on error c is as it was.
func (c *Conversation) UnmarshalJSON(data []byte) error {
	got, err := ParseJSON(data)
	if err == nil {
		*c = got
	}
	return err
}

// ParseJSON reads a conversation from the JSON twin, from an object with the
// keys messages and answer, or from a list of messages alone, as OpenAI's
// chat interface and browser-use spell them: content is a string, null, or a
// list of parts of type text, image_url (or image: the data is dropped) and
// refusal. Other keys of a message are not part of the log and are dropped; an
// unknown key of the object around them is refused, lest a misspelt answer be
// lost. The answer keeps its key order, number text and escapes.
//
// A byte order mark is accepted. Everything else that is wrong (no or broken
// JSON, UTF-16, a key given twice, nesting beyond 1000 levels, half a surrogate
// pair in a message, a wrong type) is an error of type [*Error].
func ParseJSON(data []byte) (Conversation, error) {
	text := strings.TrimPrefix(string(data), bom)
	if err := readable(text); err != nil {
		return Conversation{}, err
	}
	if strings.Trim(text, " \t\r\n") == "" {
		return Conversation{}, &Error{Err: errors.New("empty: nothing but white space")}
	}
	root, err := scan(text)
	if err != nil {
		return Conversation{}, err
	}
	r := reader{text: text}
	c := r.conversation(root)
	if r.err != nil {
		return Conversation{}, r.err
	}
	return c, nil
}
