package storagestate

import (
	"encoding/json"
	"fmt"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Text returns what a JSON string literal stands for, in its one normal form: a
// Go string in UTF-8 in which a lone surrogate is its three bytes of WTF-8. Two
// literals that a browser takes for the same text have the same Text, and
// [Literal] brings the text back. An error does not hold the literal.
func Text(literal json.RawMessage) (string, error) {
	n, _, err := lossless.Parse(literal, lossless.Options{})
	if err != nil {
		return "", fmt.Errorf("read a string: %w", syntaxError(err))
	}
	s, ok := n.Str()
	if !ok {
		return "", fmt.Errorf("read a string: it is %s", n.Kind())
	}
	return s, nil
}

// Literal returns the JSON string literal of a text as [Text] returns it: UTF-8,
// with escapes for lone surrogates.
func Literal(text string) json.RawMessage {
	return lossless.NewString(text).Bytes(lossless.OneLine)
}
