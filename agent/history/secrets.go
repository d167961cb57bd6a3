package history

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Secret is a value that must not be read by others, and the name that stands
// for it. It prints as its name alone.
type Secret struct {
	Name  string
	Value string `json:"-"`
}

// Format prints the name, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "secret "+s.Name) }

// LogValue is the name.
func (s Secret) LogValue() slog.Value { return slog.StringValue("secret " + s.Name) }

// Secrets are all that is to be taken out of a document, in order: where two
// names have one value, the later name stands for it. A name may have several
// values (one for each domain, say); each of them is taken out.
type Secrets []Secret

// ParseSecrets returns the secrets of a JSON object, as browser-use takes them:
// name to secret, or pattern of a domain to an object of name to secret. Domains
// do not matter here. A number or true counts as its JSON text. What Python
// takes for false (an empty text, 0, false, null, an empty list or object) is
// no secret. An error is a *SyntaxError or a *SchemaError and shows names, but
// nothing of a value. The data is not kept.
func ParseSecrets(data []byte) (Secrets, error) {
	root, _, err := lossless.Parse(data, lossless.Options{})
	if err != nil {
		return nil, blind(err)
	}
	c := &checker{data: data}
	if root.Kind() != lossless.Object {
		return nil, c.wrong(root, nil, "an object of names and secrets")
	}
	var all Secrets
	var at *path
	for name, v := range root.Members() {
		if v.Kind() != lossless.Object {
			if all, err = c.secret(all, name, v, at.member(name), "a secret or an object of names"); err != nil {
				return nil, err
			}
			continue
		}
		for inner, v := range v.Members() {
			if all, err = c.secret(all, inner, v, at.member(name).member(inner), "a secret"); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// blind takes out of an error what could be of a secret: the character that was
// not expected, and the path, whose last key may be a value without its name.
func blind(err error) error {
	if e, ok := syntaxError(err).(*SyntaxError); ok {
		return &SyntaxError{Place{Line: e.Line, Column: e.Column}, "this is not JSON (its text is not shown)"}
	}
	return err
}

func (c *checker) secret(all Secrets, name string, v *lossless.Node, at *path, want string) (Secrets, error) {
	if strings.Contains(name, openTag) || strings.Contains(name, closeTag) {
		return nil, &SchemaError{c.place(v, at), "a name may not contain " + openTag + " or " + closeTag}
	}
	value := ""
	switch kind := v.Kind(); {
	case kind == lossless.String:
		value, _ = v.Str()
	case kind == lossless.Array && v.Len() > 0, kind == lossless.Object && v.Len() > 0:
		return nil, c.wrong(v, at, want)
	case kind == lossless.Number:
		if f, _ := laxFloat(v); f != 0 {
			n, _ := v.Number()
			value = n.String()
		}
	case kind == lossless.Bool:
		if b, _ := v.Bool(); b {
			value = "true"
		}
	}
	if value == "" {
		return all, nil
	}
	return append(all, Secret{name, value}), nil
}

// safeLength is the number of characters from which on a secret is certain to
// be gone: shorter ones are taken out too, with much that is none of theirs.
const safeLength = 4

func (s Secret) short() bool { return utf8.RuneCountInString(s.Value) < safeLength }

// Warnings names the secrets that are so short that other text is taken for
// them.
func (s Secrets) Warnings() []string {
	var all []string
	for _, secret := range s {
		if secret.short() && secret.Value != "" {
			all = append(all, fmt.Sprintf("%s has fewer than %d characters: it is found in text that has nothing to do with it",
				secret.Name, safeLength))
		}
	}
	return all
}
