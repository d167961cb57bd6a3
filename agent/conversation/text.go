package conversation

import (
	"errors"
	"fmt"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Text returns the text of the log file. See [Conversation.AppendText].
func (c Conversation) Text() (string, error) {
	b, err := c.AppendText(nil)
	return string(b), err
}

// AppendText appends the text of the log file, in UTF-8. If c cannot be written
// (an unknown role, a refusal that is not an assistant's, text that is not
// UTF-8, an answer that is no JSON object or nests beyond 1000 levels) the error
// says where and dst is returned as it was.
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
	if answer != nil {
		dst = answer.Append(dst, lossless.Indent2)
	}
	return dst, nil
}

// check reports what keeps c from being written, and returns the answer, nil if
// there is none.
func (c Conversation) check() (answer *lossless.Node, err error) {
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
	if answer, _, err = object(c.Answer); err != nil {
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
	return plain(p.Text)
}
