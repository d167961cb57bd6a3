package agent

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
)

// RedactConversation returns c without the secrets that r knows: in the texts
// and in the answer, where keys says what becomes of one in a key. c stays as
// it is. The report is complete in either case. An error says that a secret is
// left (a *history.LeftError, or one that begins in one part of a message and
// ends in the next), and c should not be saved.
func RedactConversation(c conversation.Conversation, r *history.Redactor, keys history.Keys) (conversation.Conversation, history.Report, error) {
	report := history.Report{Names: map[string]int{}, Keys: []string{}, Warnings: []string{}}
	var errs []error
	clean := c
	clean.Messages = make([]conversation.Message, len(c.Messages))
	for i, m := range c.Messages {
		parts, err := redactParts(m, r, &report)
		clean.Messages[i] = conversation.Message{Role: m.Role, Content: parts}
		if err == nil && leaksAcross(clean.Messages[i], r) {
			err = errors.New("a secret begins in one part and ends in the next")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("messages[%d]: %w", i, err))
		}
	}
	if c.Answer != nil {
		answer, more, err := r.JSON(c.Answer, keys)
		clean.Answer, report = answer, joined(report, more)
		if err != nil {
			errs = append(errs, fmt.Errorf("answer: %w", err))
		}
	}
	return clean, report, errors.Join(errs...)
}

// redactParts returns the parts of m without secrets; nil stays nil, which is a
// message without content.
func redactParts(m conversation.Message, r *history.Redactor, report *history.Report) ([]conversation.Part, error) {
	if m.Content == nil {
		return nil, nil
	}
	parts := make([]conversation.Part, len(m.Content))
	for i, p := range m.Content {
		parts[i] = p
		quoted, err := json.Marshal(p.Text)
		if err != nil {
			return nil, err
		}
		redacted, more, err := r.JSON(quoted, history.ReportKeys)
		*report = joined(*report, more)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(redacted, &parts[i].Text); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// leaksAcross reports whether the text of m, all parts together, has more
// secrets than the parts have.
func leaksAcross(m conversation.Message, r *history.Redactor) bool {
	inParts := 0
	for _, p := range m.Content {
		inParts += len(r.Found(p.Text))
	}
	return len(r.Found(m.Text())) > inParts
}
