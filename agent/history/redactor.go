package history

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

const (
	openTag  = "<secret>"
	closeTag = "</secret>"
)

// Redactor puts <secret>NAME</secret> in the place of secrets.
//
// As in browser-use, secrets are literal text, upper and lower case differ, a
// text is read from left to right, and of several that begin at one place the
// longest is taken. A complete <secret>NAME</secret> with one of the given
// names is left as it is.
//
// Unlike there, a secret is also found in the forms in which it gets into the
// texts of a history: escaped as in JSON, JavaScript or Python strings (p\"w,
// \u00fc, \x41, \/), percent-encoded as in the path or the query of a URL, as
// character references of HTML (&quot;, &#39;), each mixed with plain
// characters and up to five deep in each other. It is not found in base64,
// compressed, reversed, or cut in pieces.
//
// A name is put in as it is, also within a text that is JSON or a URL itself.
//
// A Redactor does not change and may be used by many goroutines.
type Redactor struct {
	secrets Secrets
	byFirst [256][]pattern // by the first byte, the longest first
	names   []string       // each once
	spaces  bool           // there is a secret with a space: "+" may stand for it
	seed    maphash.Seed
}

// pattern is the value of a secret, with its index.
type pattern struct {
	value  string
	secret int
}

// Redactor returns one for the secrets; empty values count for nothing.
func (s Secrets) Redactor() *Redactor {
	r := &Redactor{secrets: slices.Clone(s), seed: maphash.MakeSeed()}
	last := map[string]int{}
	for i, secret := range r.secrets {
		if secret.Value == "" {
			continue
		}
		last[secret.Value] = i
		r.spaces = r.spaces || strings.Contains(secret.Value, " ")
		if !slices.Contains(r.names, secret.Name) {
			r.names = append(r.names, secret.Name)
		}
	}
	for value, i := range last {
		r.byFirst[value[0]] = append(r.byFirst[value[0]], pattern{value, i})
	}
	for _, patterns := range r.byFirst {
		slices.SortFunc(patterns, func(a, b pattern) int {
			return cmp.Or(len(b.value)-len(a.value), cmp.Compare(a.value, b.value))
		})
	}
	return r
}

// Format prints the number of secrets, whatever the verb.
func (r *Redactor) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "redactor of %d secrets", len(r.secrets))
}

// String returns s with each secret replaced; s itself if it has none.
func (r *Redactor) String(s string) string { return r.replace(s, nil) }

// Found returns the names of the secrets that are in s, in the order of their
// places; nil if there is none. What stands in a placeholder does not count.
func (r *Redactor) Found(s string) []string {
	var names []string
	for _, hit := range r.find(s) {
		names = append(names, r.secrets[hit.secret].Name)
	}
	return names
}

// rounds ends a replacement that would go on for ever, which a name made of
// tags can bring about. The check of a whole document notices what is left.
const rounds = 8

// replace tells count the secret of each hit.
func (r *Redactor) replace(s string, count func(secret int)) string {
	for range rounds {
		hits := r.find(s)
		if len(hits) == 0 {
			break
		}
		var b strings.Builder
		done := 0
		for _, hit := range hits {
			b.WriteString(s[done:hit.start])
			b.WriteString(openTag + r.secrets[hit.secret].Name + closeTag)
			done = hit.end
			if count != nil {
				count(hit.secret)
			}
		}
		b.WriteString(s[done:])
		s = b.String()
	}
	return s
}
