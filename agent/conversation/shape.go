package conversation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// reader makes a Conversation of scanned JSON. The first error stays; what is
// read after it counts for nothing.
type reader struct {
	text string
	err  error
}

func (r *reader) conversation(root node) (c Conversation) {
	if root.kind == '[' {
		c.Messages = r.messages(root, "")
		return c
	}
	if root.kind != '{' {
		r.want(root, "", "an object with the key messages, or a list of messages")
		return c
	}
	found := false
	for i, key := range root.keys {
		switch v := root.items[i]; key {
		case "agent_id":
			c.AgentID = r.string(v, key)
		case "step":
			c.Step = r.step(v, key)
		case "messages":
			found = true
			c.Messages = r.messages(v, key)
		case "answer":
			c.Answer = r.answer(v, key)
		default:
			r.fail(v.start, key, errors.New("unknown key: want agent_id, step, messages or answer"))
		}
	}
	if !found {
		r.fail(root.start, "", errors.New("the key messages is missing"))
	}
	return c
}

func (r *reader) messages(list node, path string) []Message {
	if !r.is(list, '[', path, "a list of messages") {
		return nil
	}
	var all []Message
	for i, v := range list.items {
		all = append(all, r.message(v, path+index(i)))
	}
	return all
}

func (r *reader) message(v node, path string) (m Message) {
	if !r.is(v, '{', path, "a message: an object with role and content") {
		return m
	}
	role, ok := v.get("role")
	if !ok {
		r.fail(v.start, path, errors.New("the key role is missing"))
		return m
	}
	m.Role = r.string(role, path+".role")
	if !knownRole(m.Role) {
		r.fail(role.start, path+".role", fmt.Errorf("%q: want system, user or assistant", clip(m.Role)))
	}
	if content, ok := v.get("content"); ok {
		m.Content = r.content(content, m.Role, path+".content")
	}
	return m
}

func (r *reader) content(v node, role, path string) []Part {
	switch v.kind {
	case 'n':
		return nil
	case '"':
		return TextMessage(role, r.string(v, path)).Content
	case '[':
		var parts []Part
		for i, item := range v.items {
			parts = append(parts, r.part(item, role, path+index(i)))
		}
		return parts
	}
	r.want(v, path, "a string, null or a list of parts")
	return nil
}

func (r *reader) part(v node, role, path string) (p Part) {
	if !r.is(v, '{', path, "a part: an object with a type") {
		return p
	}
	kind, ok := v.get("type")
	if !ok {
		r.fail(v.start, path, errors.New("the key type is missing"))
		return p
	}
	switch name := r.string(kind, path+".type"); name {
	case "image", "image_url":
		return Part{Kind: KindImage}
	case "refusal":
		if role != RoleAssistant {
			r.fail(v.start, path, fmt.Errorf("a refusal in a message of role %s: only an assistant refuses", clip(role)))
		}
		fallthrough
	case "text":
		text, ok := v.get(name)
		if !ok {
			r.fail(v.start, path, fmt.Errorf("the key %s is missing", name))
			return p
		}
		return Part{Kind(name), r.string(text, path+"."+name)}
	default:
		r.fail(kind.start, path+".type", fmt.Errorf("%q: want text, image_url, image or refusal", clip(name)))
		return p
	}
}

// answer returns the answer in its layout; null is none.
func (r *reader) answer(v node, path string) []byte {
	if v.kind == 'n' || !r.is(v, '{', path, "an object or null") {
		return nil
	}
	raw, err := layout([]byte(r.text[v.start:v.end]))
	if err != nil {
		r.fail(v.start, path, err)
	}
	return raw
}

func (r *reader) step(v node, path string) int {
	if !r.is(v, '0', path, "a number") {
		return 0
	}
	n, err := strconv.Atoi(r.text[v.start:v.end])
	if err != nil || n < 1 {
		r.fail(v.start, path, fmt.Errorf("%s: want a whole number from 1", clip(r.text[v.start:v.end])))
		return 0
	}
	return n
}

func (r *reader) string(v node, path string) string {
	if !r.is(v, '"', path, "a string") {
		return ""
	}
	s, err := decode(r.text[v.start:v.end])
	var lone *surrogateError
	if errors.As(err, &lone) {
		r.fail(v.start+lone.at, path, err)
	} else if err != nil {
		r.fail(v.start, path, err)
	}
	return s
}

// is tells whether v is of the kind; if not, that is the error.
func (r *reader) is(v node, kind byte, path, want string) bool {
	if v.kind != kind {
		r.want(v, path, want)
	}
	return v.kind == kind
}

func (r *reader) want(v node, path, want string) {
	names := map[byte]string{'{': "an object", '[': "a list", '"': "a string", '0': "a number", 't': "true", 'f': "false", 'n': "null"}
	r.fail(v.start, path, fmt.Errorf("%s, want %s", names[v.kind], want))
}

func (r *reader) fail(at int, path string, err error) {
	if r.err == nil {
		r.err = fail(r.text, at, path, err)
	}
}

// get returns the value of key in the object v.
func (v node) get(key string) (node, bool) {
	for i, k := range v.keys {
		if k == key {
			return v.items[i], true
		}
	}
	return node{}, false
}

// fail makes err the Error of the place at in text.
func fail(text string, at int, path string, err error) error {
	line, column := position(text, at)
	return &Error{line, column, path, err}
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// joinPath spells the steps as a key path: messages[2].content. A long one
// keeps its ends.
func joinPath(steps []string) string {
	var s strings.Builder
	for i, step := range steps {
		if len(steps) > 20 && i == 10 {
			s.WriteString("…")
		}
		if len(steps) > 20 && i >= 10 && i < len(steps)-10 {
			continue
		}
		if i > 0 && !strings.HasPrefix(step, "[") {
			s.WriteByte('.')
		}
		s.WriteString(clip(step))
	}
	return s.String()
}
