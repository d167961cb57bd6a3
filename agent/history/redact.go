package history

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Report says what a redaction did. It shows names of secrets, no values.
type Report struct {
	Replaced int            `json:"replaced"` // occurrences, all names together
	Names    map[string]int `json:"names"`    // occurrences by name
	// Keys are the paths of members whose key contains a secret. The key was
	// not changed.
	Keys []string `json:"keys"`
	// Warnings are about secrets that are too short.
	Warnings []string `json:"warnings"`
}

// LeftError says that secrets of four or more characters are still in a
// document, all else in which was redacted.
type LeftError struct {
	Paths []string // of what contains one; a secret in a key is shown as its placeholder
}

// Error names the first place.
func (e *LeftError) Error() string {
	more := ""
	if n := len(e.Paths) - 1; n > 0 {
		more = fmt.Sprintf(" and at %d other places", n)
	}
	return "a secret is left at " + e.Paths[0] + more
}

// Keys says what happens to a secret in a key of an object.
type Keys uint8

// The names of the format itself and of the actions of browser-use, with their
// parameters, are no secrets and stay in either case.
const (
	ReportKeys  Keys = iota // the key stays, the Report tells, the result is a *LeftError
	ReplaceKeys             // the key is redacted like a string
)

// History takes the secrets out of every string of h, at any depth, and then
// looks for what is left. Numbers stay, except in the parameters of actions and
// in the metadata of results: there a number that is a secret of four or more
// characters, digit for digit, becomes the placeholder, a string. Numbers that
// the format knows (hashes, times, ids of nodes, index and coordinates of an
// action) always stay.
//
// The report is complete in either case. An error is a *LeftError: h should not
// be saved.
func (r *Redactor) History(h *History, keys Keys) (Report, error) {
	_, report, err := r.tree(h.root, inRoot, keys, layout)
	return report, err
}

// Step does for one step what History does for all.
func (r *Redactor) Step(s Step, keys Keys) (Report, error) {
	_, report, err := r.tree(s.node, inStep, keys, lossless.OneLine)
	return report, err
}

// JSON takes the secrets out of any JSON document and returns it on one line,
// or, if data has several, with two spaces a level. Each number counts as one of
// the parameters of an action does in History. data must not be changed
// meanwhile. An error is a *SyntaxError or a *LeftError; with the latter the
// document and the report are complete.
func (r *Redactor) JSON(data []byte, keys Keys) ([]byte, Report, error) {
	root, _, err := lossless.Parse(data, lossless.Options{NaN: true})
	if err != nil {
		return nil, Report{}, blind(err)
	}
	style := lossless.OneLine
	if bytes.ContainsRune(bytes.TrimSpace(data), '\n') {
		style = layout
	}
	return r.tree(root, inFree, keys, style)
}

// tree redacts what is in root, and returns the document.
func (r *Redactor) tree(root *lossless.Node, in place, keys Keys, style lossless.Style) ([]byte, Report, error) {
	w := redaction{Redactor: r, keys: keys, report: Report{
		Names: map[string]int{}, Keys: []string{}, Warnings: r.secrets.Warnings(),
	}}
	out := w.value(root, nil, "", in).Bytes(style)
	left, err := r.left(out)
	if err == nil && len(left) > 0 {
		err = &LeftError{left}
	}
	return out, w.report, err
}

// redaction is one walk over a document.
type redaction struct {
	*Redactor
	keys   Keys
	report Report
}

func (w *redaction) hit(secret int) {
	w.report.Replaced++
	w.report.Names[w.secrets[secret].Name]++
}

// node redacts what is in an object or array.
func (w *redaction) node(n *lossless.Node, at *path, in place) {
	var keys map[string]bool
	if w.keys == ReplaceKeys {
		keys = map[string]bool{}
		for key := range n.Members() {
			keys[key] = true
		}
	}
	object := n.Kind() == lossless.Object
	here := path{up: at, any: object, i: -1} // one for all: nobody keeps it
	n.Rewrite(func(key string, v *lossless.Node) (string, *lossless.Node) {
		here.key = key
		here.i++
		if !object {
			return "", w.value(v, &here, "", in.item())
		}
		v = w.value(v, &here, key, in.member(key))
		return w.key(key, keys, &here), v
	})
}

// value returns what stands in the place of v.
func (w *redaction) value(v *lossless.Node, at *path, key string, in place) *lossless.Node {
	switch v.Kind() {
	case lossless.Object, lossless.Array:
		w.node(v, at, in)
	case lossless.String:
		s, _ := v.Str()
		if out := w.replace(s, w.hit); out != s {
			return lossless.NewString(out)
		}
	case lossless.Number:
		if secret, ok := w.number(v); ok && in.numbers(key) {
			w.hit(secret)
			return lossless.NewString(openTag + w.secrets[secret].Name + closeTag)
		}
	}
	return v
}

// number returns the secret whose text the number is.
func (r *Redactor) number(v *lossless.Node) (secret int, ok bool) {
	text, _ := v.Number()
	for _, p := range r.byFirst[text[0]] {
		if p.value == text.String() && !r.secrets[p.secret].short() {
			return p.secret, true
		}
	}
	return 0, false
}

// key returns the key in which no secret stands, if keys are to be replaced. It
// is none that the object has.
func (w *redaction) key(key string, used map[string]bool, at *path) string {
	if ownNames[key] || len(w.find(key)) == 0 {
		return key
	}
	if w.keys == ReportKeys {
		w.report.Keys = append(w.report.Keys, at.text(w.String))
		return key
	}
	base := w.replace(key, w.hit)
	clean := base
	for n := 2; used[clean]; n++ {
		clean = fmt.Sprintf("%s %d", base, n)
	}
	used[clean] = true
	return clean
}

// left looks for secrets in a document as it will be saved, from its bytes on.
func (r *Redactor) left(data []byte) ([]string, error) {
	root, _, err := lossless.Parse(data, lossless.Options{})
	if err != nil {
		return nil, blind(err)
	}
	var all []string
	var visit func(n *lossless.Node, at *path)
	visit = func(n *lossless.Node, at *path) {
		n = n.Peek()
		if s, ok := n.Str(); ok && r.leaks(s) {
			all = append(all, at.text(r.String))
		}
		for i, item := range n.Items() {
			visit(item, at.item(i))
		}
		for key, v := range n.Members() {
			here := at.member(key)
			if !ownNames[key] && r.leaks(key) {
				all = append(all, here.text(r.String))
			}
			visit(v, here)
		}
	}
	visit(root, nil)
	return all, nil
}

// leaks reports whether a secret of four or more characters is in s.
func (r *Redactor) leaks(s string) bool {
	for _, hit := range r.find(s) {
		if utf8.RuneCountInString(r.secrets[hit.secret].Value) >= safeLength {
			return true
		}
	}
	return false
}
