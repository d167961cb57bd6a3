package conversation

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// reader makes a Conversation of JSON in which no key stands twice. The first
// error stays; what is read after it counts for nothing. It looks over the text
// once and takes as little apart as it can: of thousands of messages most is
// thrown away again.
type reader struct {
	data []byte
	err  error
}

func (r *reader) conversation(root *lossless.Node) (c Conversation) {
	switch root.Kind() {
	case lossless.Array:
		c.Messages = r.messages(root, nil)
		return c
	case lossless.Object:
	default:
		r.wrong(root, nil, "an object with the key messages, or a list of messages,")
		return c
	}
	found := false
	for key, v := range root.Each() {
		at := &path{key: key}
		switch key {
		case "agent_id":
			c.AgentID = r.string(v, at)
		case "step":
			c.Step = r.step(v, at)
		case "messages":
			found = true
			c.Messages = r.messages(v, at)
		case "answer":
			c.Answer = r.answer(v, at)
		default:
			r.fail(v, at, errors.New("unknown key: want agent_id, step, messages or answer"))
		}
	}
	if !found {
		r.missing(root, nil, "messages")
	}
	return c
}

func (r *reader) messages(list *lossless.Node, at *path) (all []Message) {
	if !r.is(list, lossless.Array, at, "a list of messages") {
		return nil
	}
	for _, v := range list.Each() {
		all = append(all, r.message(v, at.item(len(all))))
	}
	return all
}

func (r *reader) message(v *lossless.Node, at *path) (m Message) {
	if !r.is(v, lossless.Object, at, "a message (an object with role and content)") {
		return m
	}
	var role, content *lossless.Node
	for key, field := range v.Each() {
		switch key {
		case "role":
			role = field.Peek()
		case "content":
			content = field.Peek()
		}
	}
	if role == nil {
		r.missing(v, at, "role")
		return m
	}
	m.Role = r.string(role, at.member("role"))
	if !knownRole(m.Role) {
		r.fail(role, at.member("role"), fmt.Errorf("%q: want system, user or assistant", clip(m.Role)))
	}
	m.Content = r.content(content, m.Role, at.member("content"))
	return m
}

func (r *reader) content(v *lossless.Node, role string, at *path) (parts []Part) {
	switch v.Kind() {
	case lossless.Absent, lossless.Null:
	case lossless.String:
		return TextMessage(role, r.string(v, at)).Content
	case lossless.Array:
		for _, item := range v.Each() {
			parts = append(parts, r.part(item, role, at.item(len(parts))))
		}
	default:
		r.wrong(v, at, "a string, null or a list of parts")
	}
	return parts
}

func (r *reader) part(v *lossless.Node, role string, at *path) (p Part) {
	if !r.is(v, lossless.Object, at, "a part (an object with a type)") {
		return p
	}
	var kind, text, refusal *lossless.Node
	for key, field := range v.Each() {
		switch key {
		case "type":
			kind = field.Peek()
		case "text":
			text = field.Peek()
		case "refusal":
			refusal = field.Peek()
		}
	}
	if kind == nil {
		r.missing(v, at, "type")
		return p
	}
	switch name := r.string(kind, at.member("type")); name {
	case "image", "image_url":
		return Part{Kind: KindImage}
	case "refusal":
		if role != RoleAssistant {
			r.fail(v, at, fmt.Errorf("a refusal in a message of role %s: only an assistant refuses", clip(role)))
		}
		return Part{KindRefusal, r.spoken(v, refusal, at, name)}
	case "text":
		return Part{KindText, r.spoken(v, text, at, name)}
	default:
		r.fail(kind, at.member("type"), fmt.Errorf("%q: want text, image_url, image or refusal", clip(name)))
		return p
	}
}

// spoken returns the text of the part v, which is its member key.
func (r *reader) spoken(v, text *lossless.Node, at *path, key string) string {
	if text == nil {
		r.missing(v, at, key)
		return ""
	}
	return r.string(text, at.member(key))
}

// answer returns the answer in its layout; null is none.
func (r *reader) answer(v *lossless.Node, at *path) []byte {
	if v.Kind() == lossless.Null || !r.is(v, lossless.Object, at, "an object or null") {
		return nil
	}
	return v.Bytes(lossless.Indent2)
}

func (r *reader) step(v *lossless.Node, at *path) int {
	if !r.is(v, lossless.Number, at, "a number") {
		return 0
	}
	text, _ := v.Number()
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		r.fail(v, at, fmt.Errorf("%s: want a whole number from 1", clip(string(text))))
		return 0
	}
	return n
}

// string returns the text of a string that can stand in the log: one with half
// a surrogate pair cannot.
func (r *reader) string(v *lossless.Node, at *path) string {
	if !r.is(v, lossless.String, at, "a string") {
		return ""
	}
	s, _ := v.Str()
	if err := plain(s); err != nil {
		r.fail(v, at, err)
	}
	return s
}

func (r *reader) missing(v *lossless.Node, at *path, key string) {
	r.fail(v, at, fmt.Errorf("the key %s is missing", key))
}

// is tells whether v is of the kind; if not, that is the error.
func (r *reader) is(v *lossless.Node, kind lossless.Kind, at *path, want string) bool {
	if v.Kind() != kind {
		r.wrong(v, at, want)
	}
	return v.Kind() == kind
}

func (r *reader) wrong(v *lossless.Node, at *path, want string) {
	r.fail(v, at, fmt.Errorf("%s is wanted here, not %s", want, v.Kind()))
}

func (r *reader) fail(v *lossless.Node, at *path, err error) {
	if r.err == nil {
		line, column := lossless.Position(r.data, v.Offset())
		r.err = &Error{line, column, at.String(), err}
	}
}

// path is where the reader stands; it becomes text when something is wrong
// there.
type path struct {
	up   *path
	key  string
	i    int
	list bool // it is the item i of a list, not the member key
}

func (p *path) member(key string) *path { return &path{up: p, key: key} }
func (p *path) item(i int) *path        { return &path{up: p, i: i, list: true} }

// String is the path as errors tell it; empty for nil, the root.
func (p *path) String() string {
	switch {
	case p == nil:
		return ""
	case p.list:
		return lossless.Index(p.up.String(), p.i)
	}
	return lossless.Join(p.up.String(), p.key)
}
