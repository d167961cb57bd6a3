package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// cookieJSON is one cookie as show lists it. Value is there with --reveal only.
type cookieJSON struct {
	Name      string     `json:"name"`
	Domain    string     `json:"domain"`
	Path      string     `json:"path"`
	Partition string     `json:"partition,omitempty"`
	Expires   *time.Time `json:"expires,omitempty"` // absent for a session cookie
	Expired   bool       `json:"expired"`
	HTTPOnly  bool       `json:"http_only"`
	Secure    bool       `json:"secure"`
	SameSite  string     `json:"same_site,omitempty"` // absent if it is not set
	Value     *string    `json:"value,omitempty"`
}

// storedJSON is one item of an origin, with its value.
type storedJSON struct {
	Origin string `json:"origin"`
	Kind   string `json:"kind"`
	Key    string `json:"key"`
	Value  string `json:"value"`
}

// contents are the items of a state that make sense, in the order of the file.
type contents struct {
	cookies []cookieJSON // with values
	stored  []storedJSON
}

// contentsOf reads s in the form of one dialect, so that the others need not be
// known here.
func contentsOf(s *storagestate.State, now time.Time) (contents, error) {
	one, report := storagestate.Convert(s, storagestate.BrowserUse)
	var text bytes.Buffer
	if err := storagestate.Encode(&text, one); err != nil {
		return contents{}, err
	}
	dec := json.NewDecoder(&text)
	dec.UseNumber()
	var root any
	if err := dec.Decode(&root); err != nil {
		return contents{}, err
	}
	senseless := map[int]bool{}
	for _, c := range report.Changes {
		if c.Action == storagestate.Invalid && c.Item.Kind == storagestate.KindCookie {
			senseless[c.Item.Index-1] = true
		}
	}
	c := contents{cookies: []cookieJSON{}, stored: []storedJSON{}}
	for i, cookie := range itemsOf(member(root, "cookies")) {
		if !senseless[i] {
			c.cookies = append(c.cookies, cookieOf(cookie, now))
		}
	}
	for _, origin := range itemsOf(member(root, "origins")) {
		c.addOrigin(origin)
	}
	return c, nil
}

// member is what an object has under key; nil of anything else.
func member(v any, key string) any {
	m, _ := v.(map[string]any)
	return m[key]
}

func itemsOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

func cookieOf(v any, now time.Time) cookieJSON {
	value := textOf(member(v, "value"))
	c := cookieJSON{
		Name: textOf(member(v, "name")), Domain: textOf(member(v, "domain")), Path: textOf(member(v, "path")),
		Partition: textOf(member(member(v, "partitionKey"), "topLevelSite")),
		SameSite:  textOf(member(v, "sameSite")),
		Value:     &value,
	}
	if opaque, _ := member(v, "partitionKeyOpaque").(bool); opaque {
		c.Partition = storagestate.Opaque
	}
	c.HTTPOnly, _ = member(v, "httpOnly").(bool)
	c.Secure, _ = member(v, "secure").(bool)
	if n, ok := member(v, "expires").(json.Number); ok {
		if t, _ := strconv.ParseFloat(n.String(), 64); t > 0 {
			end := moment(t)
			c.Expires, c.Expired = &end, !end.After(now)
		}
	}
	return c
}

// moment is seconds of Unix time, to the microsecond of browsers. The year 9999
// is the last that JSON can tell.
func moment(seconds float64) time.Time {
	const last = 253402300799
	whole, part := math.Modf(min(seconds, last))
	return time.Unix(int64(whole), int64(part*1e9)).Round(time.Microsecond).UTC()
}

func (c *contents) addOrigin(v any) {
	origin := textOf(member(v, "origin"))
	if origin == "" {
		return
	}
	for _, kind := range []storagestate.Kind{storagestate.KindLocalStorage, storagestate.KindSessionStorage} {
		for _, e := range itemsOf(member(v, string(kind))) {
			c.stored = append(c.stored, storedJSON{origin, string(kind), textOf(member(e, "name")), textOf(member(e, "value"))})
		}
	}
	for _, db := range itemsOf(member(v, string(storagestate.KindIndexedDB))) {
		for _, store := range itemsOf(member(db, "stores")) {
			key := textOf(member(db, "name")) + "/" + textOf(member(store, "name"))
			for _, record := range itemsOf(member(store, "records")) {
				c.stored = append(c.stored, storedJSON{origin, string(storagestate.KindIndexedDB), key, compact(record)})
			}
		}
	}
}

func compact(v any) string {
	var b bytes.Buffer
	if err := writeJSON(&b, v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// host is the domain of a cookie as summaries list it.
func (c cookieJSON) host() string { return strings.TrimPrefix(c.Domain, ".") }

// login reports whether a cookie is named as those are that keep one logged in.
// It is a guess: nothing but the server knows.
func (c cookieJSON) login() bool {
	name := strings.ToLower(c.Name)
	if strings.Contains(name, "csrf") || strings.Contains(name, "xsrf") {
		return false
	}
	for _, word := range []string{"sess", "auth", "token", "jwt", "login", "remember", "credential"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "sid")
}

// sooner reports whether c ends, and before other does. Nothing ends later than
// what is over or never ends.
func (c cookieJSON) sooner(other *cookieJSON) bool {
	if c.Expires == nil || c.Expired {
		return false
	}
	return other == nil || c.Expires.Before(*other.Expires)
}
