package table

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// usual are the verbs that users describe their calls with, and the parts that
// each may have. What else the built-in lines say is between them and the front
// ends.
var usual = map[string][]string{
	"writer": {"path", "content", "perm", "kind", "word"},
	"write":  {"path", "content", "perm", "mode", "enc", "any"},
	"append": {"path", "content", "perm", "mode", "enc", "any"},
	"open":   {"path", "mode", "perm", "enc", "buffered", "text", "binary", "any"},
	"read":   {"path", "enc", "parses", "any"},
	"rename": {"from", "to", "any"},
	"move":   {"from", "to", "any"},
	"copy":   {"from", "to", "any"},
	"link":   {"from", "to", "any"},
	"remove": {"path", "any"},
	"rmtree": {"path", "any"},
	"mkdir":  {"path", "any"},
	"exists": {"path", "any"},
}

// needs are the parts without which a line says nothing.
var needs = map[string][]string{
	"rename": {"from", "to"}, "move": {"from", "to"}, "copy": {"from", "to"}, "link": {"from", "to"},
}

var kinds = []string{"durable", "synced", "renamed"}

// users reads the words of a user's line: what would do nothing is an error.
func users(f []string) (*Entry, error) {
	if len(f) > 1 && usual[f[1]] == nil {
		return nil, fmt.Errorf("%q is no verb: there are %s", f[1], strings.Join(slices.Sorted(maps.Keys(usual)), ", "))
	}
	e, err := entry(f)
	if err != nil {
		return nil, err
	}
	parts := usual[e.Verb]
	for _, key := range slices.Sorted(maps.Keys(e.at)) {
		if !slices.Contains(parts, key) {
			return nil, fmt.Errorf("%s has no part %q: there are %s", e.Verb, key, strings.Join(parts, ", "))
		}
		if err := sound(key, e.at[key]); err != nil {
			return nil, err
		}
	}
	need := needs[e.Verb]
	if need == nil {
		need = []string{"path"}
	}
	for _, key := range need {
		if !e.Has(key) {
			return nil, fmt.Errorf("%s wants %s=, a position or a keyword", e.Verb, key)
		}
	}
	if e.Verb == "writer" && !e.Has("kind") {
		return nil, fmt.Errorf("writer wants kind=, one of %s", strings.Join(kinds, ", "))
	}
	return e, nil
}

// sound says what is wrong with where a part is to be found.
func sound(key string, where []string) error {
	switch key {
	case "kind":
		if len(where) != 1 || !slices.Contains(kinds, where[0]) {
			return fmt.Errorf("kind=%s: there are %s", strings.Join(where, "|"), strings.Join(kinds, ", "))
		}
		return nil
	case "any":
		if len(where) != 1 || where[0] != "sure" && where[0] != "unsure" {
			return fmt.Errorf("any=%s: there are sure, unsure", strings.Join(where, "|"))
		}
		return nil
	case "buffered", "text", "binary", "parses":
		return nil
	}
	for _, w := range where {
		if n, err := strconv.Atoi(w); w == "" || err == nil && n < 0 {
			return fmt.Errorf("%s=%s: a position (from 0), a keyword, self, or a constant in quotes is wanted", key, strings.Join(where, "|"))
		}
	}
	return nil
}
