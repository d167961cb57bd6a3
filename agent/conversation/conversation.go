package conversation

import (
	"encoding/json"
	"strings"
)

// Conversation is one call of a model. The zero value is empty.
type Conversation struct {
	// AgentID and Step say whose call it was. The text does not hold them (the
	// file's name does, see [FileName]); the JSON twin does. Empty and zero
	// mean not known.
	AgentID string
	Step    int
	// Messages are what the model was sent, oldest first.
	Messages []Message
	// Answer is the JSON object the model returned, nil if there is none. Key
	// order, number text and escapes are as given; explicit nulls too.
	Answer json.RawMessage
}

// Message is one message to the model.
type Message struct {
	Role    string // RoleSystem, RoleUser or RoleAssistant
	Content []Part // nil if the message has no content
}

// The roles that the text can hold.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// Part is a piece of a message.
type Part struct {
	Kind Kind
	Text string // empty for an image
}

// Kind is what a Part is; the value is its "type" in JSON.
type Kind string

// The kinds of parts. An image is only a mark that one was there: its data is
// in no file. A refusal stands in an assistant's message only.
const (
	KindText    Kind = "text"
	KindImage   Kind = "image"
	KindRefusal Kind = "refusal"
)

// TextMessage returns a message of one text; of no content if text is empty.
func TextMessage(role, text string) Message {
	if text == "" {
		return Message{Role: role}
	}
	return Message{Role: role, Content: []Part{{KindText, text}}}
}

// Text returns the message as the log shows it: an assistant's parts without a
// separator, those of others joined by line feeds; images left out.
func (m Message) Text() string {
	sep := "\n"
	if m.Role == RoleAssistant {
		sep = ""
	}
	var texts []string
	for _, p := range m.Content {
		switch p.Kind {
		case KindText:
			texts = append(texts, p.Text)
		case KindRefusal:
			texts = append(texts, "[Refusal] "+p.Text)
		}
	}
	return strings.Join(texts, sep)
}

func knownRole(role string) bool {
	return role == RoleSystem || role == RoleUser || role == RoleAssistant
}
