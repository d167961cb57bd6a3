package conversation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Text returns the text of the log file. See [Conversation.AppendText].
func (c Conversation) Text() (string, error) {
	b, err := c.AppendText(nil)
	return string(b), err
}

// AppendText appends the text of the log file, in UTF-8. If c cannot be written
// (an unknown role, a refusal that is not an assistant's, text that is not
// UTF-8, an answer that is no JSON object) the error says where and dst is
// returned as it was.
func (c Conversation) AppendText(dst []byte) ([]byte, error) {
	answer, err := c.check()
	if err != nil {
		return dst, err
	}
	for i, m := range c.Messages {
		if i > 0 {
			dst = append(dst, "\n\n"...)
		}
		dst = append(dst, ' ')
		dst = append(dst, m.Role...)
		dst = append(dst, " \n"...)
		dst = append(dst, m.Text()...)
	}
	// The lines are joined: after the last message stand its own line feed and
	// that of the empty line, if anything follows.
	if len(c.Messages) > 0 {
		dst = append(dst, '\n')
		if answer != nil {
			dst = append(dst, '\n')
		}
	}
	return append(dst, answer...), nil
}

// check reports what keeps c from being written, and returns the answer in its
// layout.
func (c Conversation) check() (answer []byte, err error) {
	for i, m := range c.Messages {
		if !knownRole(m.Role) {
			return nil, fmt.Errorf("messages[%d]: role %q: want system, user or assistant", i, m.Role)
		}
		for j, p := range m.Content {
			if err := p.check(m.Role); err != nil {
				return nil, fmt.Errorf("messages[%d].content[%d]: %w", i, j, err)
			}
		}
	}
	if c.Answer == nil {
		return nil, nil
	}
	if answer, err = layout(c.Answer); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	return answer, nil
}

func (p Part) check(role string) error {
	switch p.Kind {
	case KindText:
	case KindRefusal:
		if role != RoleAssistant {
			return fmt.Errorf("a refusal in a message of role %s: only an assistant refuses", role)
		}
	case KindImage:
		if p.Text != "" {
			return errors.New("an image with a text")
		}
	default:
		return fmt.Errorf("kind %q: want text, image or refusal", p.Kind)
	}
	if n := validPrefix(p.Text); n < len(p.Text) {
		line, column := position(p.Text, n)
		return fmt.Errorf("line %d, column %d of the text: %s", line, column, invalid(p.Text[n:]))
	}
	return nil
}

// layout returns the JSON object v indented by two, as Python's json.dumps
// does it; all else stays as it is. A decoded value in between would sort the
// keys, round the numbers and replace lone surrogates.
func layout(v []byte) ([]byte, error) {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || v[0] != '{' {
		return nil, errors.New("not a JSON object")
	}
	if !utf8.Valid(v) {
		return nil, errors.New("not UTF-8")
	}
	var b bytes.Buffer
	err := json.Indent(&b, v, "", "  ")
	if err == nil {
		return b.Bytes(), nil
	}
	// The scanner says where, but is stricter: it is asked only then.
	if _, placed := scan(string(v)); placed != nil {
		err = placed
	}
	return nil, err
}
