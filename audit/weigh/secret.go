package weigh

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// credentials looks at what is written: the names by which the code calls it
// and its type.
func (w *Weight) credentials(pl *protocol.Place) {
	word := ""
	for _, c := range pl.Content {
		if word == "" {
			word = speaks(c)
		}
	}
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		if word == "" {
			word = secret(last(t))
		}
	}
	if word != "" {
		w.Credentials = true
		w.add("credentials", pl.At, "credentials ("+word+")")
	}
}

// speaks returns the word by which a content is known as credentials: its own
// name or type, or that of what it is a serialised form of. What some function
// made with the help of a secret is none.
func speaks(v *effect.Value) string {
	if v == nil || v.Kind == effect.Lit || harmless(v.Words) || v.Kind == effect.Call && harmless(v.Name) {
		return ""
	}
	names := []string{v.Words, v.Name, v.Type}
	for i, n := range v.Names {
		if i < len(v.Args) && v.Args[i] != nil && v.Args[i].Kind != effect.Lit { // a constant is no secret
			names = append(names, n)
		}
	}
	if i := strings.LastIndexByte(v.Name, '.'); v.Kind == effect.Call && i > 0 {
		names = append(names, v.Name[:i]) // made by a method of the class Credentials
	}
	for _, name := range names {
		if w := secret(name); w != "" {
			return w
		}
	}
	switch v.Kind {
	case effect.Open, effect.Wrap, effect.Temp, effect.Content:
		return ""
	case effect.Field:
		if harmless(v.Name) {
			return ""
		}
	case effect.Call:
		if !protocol.Serialises(v.Name) {
			return ""
		}
	}
	for _, a := range v.Args {
		if w := speaks(a); w != "" {
			return w
		}
	}
	return ""
}

// harmless reports whether a name says that what it gives is no secret, or no
// longer one.
func harmless(name string) bool {
	name = name[strings.LastIndexAny(name, "./")+1:]
	return slices.ContainsFunc(Words(name), func(w string) bool { return slices.Contains(innocent, w) })
}

var innocent = []string{"redact", "redacted", "mask", "masked", "strip", "scrub", "hide", "hidden", "hash", "hashed", "encrypt", "encrypted",
	"public", "pub", "count", "has", "is", "usage", "without", "request", "csr"}

var secrets = []string{"password", "passwd", "passphrase", "secret", "secrets", "credential", "credentials", "creds", "cookie", "cookies",
	"apikey", "privatekey", "private_key", "api_key", "access_token", "refresh_token", "auth_token", "authtoken", "storage_state",
	"storagestate", "token", "cloudauthconfig"}

// markers are words that make a token a place in a sequence or a piece of text.
var markers = []string{"count", "usage", "pos", "file", "sync", "page", "next", "continue", "continuation", "cursor", "resume", "start", "end",
	"cancel", "special", "pad", "eos", "bos", "stop", "type", "kind", "list"}

// secret returns the word of a name that speaks of credentials: a whole word
// of it, in camel or snake case. Plural tokens are counted, not kept.
func secret(name string) string {
	if i := strings.LastIndexAny(name, "./"); i >= 0 {
		name = name[i+1:]
	}
	words := Words(name)
	joined := strings.Join(words, "_")
	for _, s := range secrets {
		if joined == s || slices.Contains(words, s) || strings.Contains("_"+joined+"_", "_"+s+"_") {
			if s == "token" && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(markers, w) }) {
				continue
			}
			return s
		}
	}
	return ""
}

// Words splits a name at case, underscores and dashes, in lower case.
func Words(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if w := strings.Trim(name[start:end], "_-. "); w != "" {
			words = append(words, strings.ToLower(w))
		}
		start = end
	}
	for i := 1; i < len(name); i++ {
		c, prev := name[i], name[i-1]
		if c == '_' || c == '-' || c == '.' || c == ' ' || c >= 'A' && c <= 'Z' && (prev < 'A' || prev > 'Z') {
			flush(i)
		}
	}
	if name != "" {
		flush(len(name))
	}
	return words
}
