package storagestate

import (
	"strings"
	"testing"
)

// secretive has s3cret in every place that a value can stand in.
const secretive = `{
  "cookies": [
    {"name": "sid", "value": "s3cret", "domain": "x", "path": "/", "expires": 4102444800.5, "httpOnly": true, "mine": ["s3cret", {"k": "s3cret", "pin": 1234}], "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": true, "x": "s3cret"}},
    {"name": "theme", "value": "dark", "domain": "x"},
    {"value": "s3cret"}, "s3cret", ["s3cret"], 1234
  ],
  "origins": [
    {"origin": "k", "localStorage": [{"name": "token", "value": "s3cret"}, {"name": "theme", "value": "dark"}, "s3cret"], "sessionStorage": "s3cret",
     "indexedDB": [{"name": "db", "version": 3, "x": "s3cret", "stores": [{"name": "st", "autoIncrement": false, "keyPath": "id", "keyPathArray": ["a"], "indexes": [{"name": "i", "keyPath": "p", "keyPathArray": ["q"], "multiEntry": false, "unique": true}],
       "records": [{"key": "s3cret", "value": {"s3cret": "s3cret"}}, {"keyEncoded": {"o": [{"k": "a", "v": "s3cret"}]}, "valueEncoded": {"v": "null"}}, {"value": null}]}]}],
     "opfs": [{"path": "f", "type": "file", "base64": "s3cret"}], "x": {"y": "s3cret"}},
    "s3cret", {"origin": {"o": "s3cret"}, "localStorage": []}
  ],
  "credentials": [{"id": "i", "rpId": "r", "userHandle": "s3cret", "privateKey": "s3cret", "publicKey": "pub", "signCount": 7}],
  "keeper": {"version": 1, "savedAt": "2026-01-01", "tabs": [{"url": "https://x/?s3cret"}]},
  "mine": "s3cret"
}`

const redacted = `{
  "cookies": [
    {"name": "sid", "value": "REDACTED", "domain": "x", "path": "/", "expires": 4102444800.5, "httpOnly": true, "mine": ["REDACTED", {"k": "REDACTED", "pin": 0}], "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": true, "x": "REDACTED"}},
    {"name": "theme", "value": "dark", "domain": "x"},
    {"value": "REDACTED"}, "REDACTED", ["REDACTED"], 0
  ],
  "origins": [
    {"origin": "k", "localStorage": [{"name": "token", "value": "REDACTED"}, {"name": "theme", "value": "dark"}, "REDACTED"], "sessionStorage": "REDACTED",
     "indexedDB": [{"name": "db", "version": 3, "x": "REDACTED", "stores": [{"name": "st", "autoIncrement": false, "keyPath": "id", "keyPathArray": ["a"], "indexes": [{"name": "i", "keyPath": "p", "keyPathArray": ["q"], "multiEntry": false, "unique": true}],
       "records": [{"key": "REDACTED", "value": "REDACTED"}, {"keyEncoded": "REDACTED", "valueEncoded": "REDACTED"}, {"value": null}]}]}],
     "opfs": [{"path": "f", "type": "file", "base64": "REDACTED"}], "x": {"y": "REDACTED"}},
    "REDACTED", {"origin": {"o": "REDACTED"}, "localStorage": []}
  ],
  "credentials": [{"id": "i", "rpId": "r", "userHandle": "REDACTED", "privateKey": "REDACTED", "publicKey": "pub", "signCount": 7}],
  "keeper": {"version": 1, "savedAt": "2026-01-01", "tabs": [{"url": "REDACTED"}]},
  "mine": "REDACTED"
}`

func TestRedactLeavesNoSecret(t *testing.T) {
	s := decode(t, secretive)
	before := encode(t, s)
	got := Redact(s, RedactOptions{Keep: []string{"theme"}})
	if want := encode(t, decode(t, redacted)); encode(t, got) != want {
		t.Errorf("%s\nwant %s", encode(t, got), want)
	}
	if encode(t, s) != before {
		t.Error("the state itself was redacted")
	}
	if got.Dialect() != s.Dialect() || strings.Contains(encode(t, Redact(s, RedactOptions{})), "dark") {
		t.Error("a value is kept that nobody asked for")
	}
	if text := encode(t, Redact(s, RedactOptions{Placeholder: "<é>"})); strings.Contains(text, "REDACTED") || !strings.Contains(text, `"<é>"`) {
		t.Error("another placeholder is not used")
	}
}

func TestRedactedSamplesAreValid(t *testing.T) {
	for _, name := range samples {
		s := mustRead(t, name)
		got := decode(t, encode(t, Redact(s, RedactOptions{})))
		a, b := Summarize(s, now), Summarize(got, now)
		if len(got.Warnings()) > 0 || a.Dialect != b.Dialect || a.Cookies.Total != b.Cookies.Total || a.Cookies.Expired != b.Cookies.Expired || len(a.Origins) != len(b.Origins) {
			t.Errorf("%s: %v", name, got.Warnings())
		}
		if text := encode(t, got); strings.Contains(text, "8f2c1d") || strings.Contains(text, "eyJ") || strings.Contains(text, "u-42") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
