package conversation

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
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
	twin := lossless.NewObject()
	if c.AgentID != "" {
		twin.Set("agent_id", lossless.NewString(c.AgentID))
	}
	if c.Step != 0 {
		twin.Set("step", lossless.NewInt(int64(c.Step)))
	}
	messages := make([]*lossless.Node, len(c.Messages))
	for i, m := range c.Messages {
		messages[i] = m.node()
	}
	twin.Set("messages", lossless.NewArray(messages...))
	if answer != nil {
		twin.Set("answer", answer)
	}
	return twin.Append(dst, lossless.Indent2), nil
}

func (m Message) node() *lossless.Node {
	parts := make([]*lossless.Node, len(m.Content))
	for i, p := range m.Content {
		parts[i] = lossless.NewObject()
		parts[i].Set("type", lossless.NewString(string(p.Kind)))
		if p.Kind != KindImage {
			// The key of a part's text is its type.
			parts[i].Set(string(p.Kind), lossless.NewString(p.Text))
		}
	}
	n := lossless.NewObject()
	n.Set("role", lossless.NewString(m.Role))
	n.Set("content", lossless.NewArray(parts...))
	return n
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
// JSON, UTF-16, a key given twice, nesting beyond 1000 levels, more than 128
// MiB, half a surrogate pair in a message, a wrong type) is an error of type
// [*Error]. The result shares no memory with data.
func ParseJSON(data []byte) (Conversation, error) {
	root, twice, err := value(data)
	if err != nil {
		return Conversation{}, err
	}
	if twice != nil {
		return Conversation{}, twice
	}
	r := reader{data: data}
	c := r.conversation(root)
	if r.err != nil {
		return Conversation{}, r.err
	}
	return c, nil
}

// value reads data as one JSON value. If a key stands twice in an object, twice
// says where: in an answer that is told, anywhere else it is an error. err is
// of type *Error.
func value(data []byte) (root *lossless.Node, twice *Error, err error) {
	root, tolerated, err := lossless.Parse(data, lossless.Options{})
	var e *lossless.Error
	if errors.As(err, &e) {
		return nil, nil, ofJSON(e)
	}
	for _, w := range tolerated {
		// A byte order mark, the only other thing tolerated, has no path.
		if w.Path != "" {
			return root, &Error{w.Line, w.Column, w.Path, errors.New("the key stands twice")}, nil
		}
	}
	return root, nil, err
}

// object reads data as a JSON object.
func object(data []byte) (root *lossless.Node, twice *Error, err error) {
	root, twice, err = value(data)
	if err == nil && root.Kind() != lossless.Object {
		err = fmt.Errorf("an object is wanted here, not %s", root.Kind())
	}
	return root, twice, err
}
