package storagestate

import (
	"strings"
	"testing"
)

func TestCDPParams(t *testing.T) {
	const base = `"name": "a", "value": "v", "domain": "x", "path": "/"`
	for cookie, want := range map[string]string{
		`{"name":"a","value":"v","domain":"x"}`:                                                         `{` + base + `}`,
		`{"name":"","value":"é \"q\", \ud83d","domain":".x"}`:                                           `{"name": "", "value": "é \"q\", \ud83d", "domain": ".x", "path": "/"}`,
		`{` + base + `,"size":2,"session":false,"mine":1,"sameParty":false,"expires":9999999999.5}`:     `{` + base + `, "expires": 9999999999.5}`,
		`{` + base + `,"expires":1e400}`:                                                                `{` + base + `, "expires": 253402300799}`,
		`{` + base + `,"secure":false,"httpOnly":true,"sameSite":"lax"}`:                                `{` + base + `, "secure": false, "httpOnly": true, "sameSite": "Lax"}`,
		`{` + base + `,"secure":true,"sameSite":"no_restriction"}`:                                      `{` + base + `, "secure": true, "sameSite": "None"}`,
		`{` + base + `,"sameSite":"unspecified"}`:                                                       `{` + base + `}`,
		`{` + base + `,"sameSite":null}`:                                                                `{` + base + `}`,
		`{` + base + `,"sameSite":"Lax","sameSiteUnset":true}`:                                          `{` + base + `}`,
		`{` + base + `,"hostOnly":false,"expirationDate":9999999999}`:                                   `{"name": "a", "value": "v", "domain": ".x", "path": "/", "expires": 9999999999}`,
		`{` + base + `,"secure":true,"partitionKey":"https://s"}`:                                       `{` + base + `, "secure": true, "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": true}}`,
		`{` + base + `,"secure":true,"partitionKey":"https://s","_crHasCrossSiteAncestor":false}`:       `{` + base + `, "secure": true, "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": false}}`,
		`{` + base + `,"secure":true,"partitionKey":{"topLevelSite":"https://s"}}`:                      `{` + base + `, "secure": true, "partitionKey": {"topLevelSite": "https://s", "hasCrossSiteAncestor": true}}`,
		`{` + base + `,"secure":true,"priority":"High","sourceScheme":"Secure","sourcePort":443}`:       `{` + base + `, "secure": true, "priority": "High", "sourceScheme": "Secure", "sourcePort": 443}`,
		`{` + base + `,"secure":true,"priority":"Highest","sourceScheme":"NonSecure","sourcePort":443}`: `{` + base + `, "secure": true}`,
		`{` + base + `,"secure":false,"sourceScheme":"NonSecure","sourcePort":-1}`:                      `{` + base + `, "secure": false, "sourceScheme": "NonSecure"}`,
		`{"name":"__Host-a","value":"","domain":"x","secure":true}`:                                     `{"name": "__Host-a", "value": "", "domain": "x", "path": "/", "secure": true}`,
		`{"name":"a","value":"` + strings.Repeat("v", 4095) + `","domain":"x"}`:                         `{"name": "a", "value": "` + strings.Repeat("v", 4095) + `", "domain": "x", "path": "/"}`,
	} {
		cookies, refused := CDPCookies(decode(t, "["+cookie+"]"), now)
		if len(cookies) != 1 || len(refused) != 0 || string(cookies[0].Param) != want {
			t.Errorf("%s:\n%v %v\nwant %s", cookie, cookies, refused, want)
		}
	}
}

func TestCDPRefusals(t *testing.T) {
	for cookie, want := range map[string]string{
		`7`: "a cookie is an object, not a number",
		`{"name":"a","value":"v","url":"https://x"}`:                                       "the cookie has no domain",
		`{"name":"a","domain":"x"}`:                                                        "its value is no text",
		`{"name":"a","value":1,"domain":"x"}`:                                              "its value is no text",
		`{"name":"","value":"","domain":"x"}`:                                              "name and value are both empty",
		`{"name":"a=b","value":"","domain":"x"}`:                                           "its name has a character that no cookie may have",
		`{"name":"a\u007f","value":"","domain":"x"}`:                                       "its name has a character that no cookie may have",
		`{"name":"a","value":"b;c","domain":"x"}`:                                          "its value has a character that no cookie may have",
		`{"name":"a","value":"\t","domain":"x"}`:                                           "its value has a character that no cookie may have",
		`{"name":"a","value":" b","domain":"x"}`:                                           "its value has a character that no cookie may have",
		`{"name":"a","value":"` + strings.Repeat("v", 4096) + `","domain":"x"}`:            "name and value are longer than 4096 bytes",
		`{"name":"a","value":"","domain":"x","path":"/` + strings.Repeat("p", 1024) + `"}`: "its path is longer than 1024 bytes, or has a character that no cookie may have",
		`{"name":"a","value":"","domain":"x","partitionKeyOpaque":true}`:                   "its partition is opaque",
		`{"name":"a","value":"","domain":"x","partitionKey":"https://s"}`:                  "partitioned without secure",
		`{"name":"a","value":"","domain":"x","sameSite":"none"}`:                           "sameSite None without secure",
		`{"name":"__Secure-a","value":"","domain":"x"}`:                                    "a name that begins so wants secure",
		`{"name":"__host-a","value":"","domain":"x"}`:                                      "a name that begins so wants secure",
		`{"name":"__Host-a","value":"","domain":".x","secure":true}`:                       "a name that begins with __Host- wants one host and the path /",
		`{"name":"__Host-a","value":"","domain":"x","secure":true,"path":"/p"}`:            "a name that begins with __Host- wants one host and the path /",
		`{"name":"a","value":"","domain":"x","expires":1600000000}`:                        ReasonExpired,
	} {
		cookies, refused := CDPCookies(decode(t, "["+cookie+"]"), now)
		if len(cookies) != 0 || len(refused) != 1 || refused[0].Reason != want {
			t.Errorf("%s: %v %v\nwant %s", cookie, cookies, refused, want)
		}
	}
}

// Chromium stored five of the six cookies of each sample, once they were told
// in its words.
func TestCDPOfTheSamples(t *testing.T) {
	for _, name := range []string{watchdogSample, playwrightSample} {
		cookies, refused := CDPCookies(mustRead(t, name), now)
		if len(cookies) != 5 || len(refused) != 1 || refused[0].Item.Name != "old_promo" || refused[0].Action != Dropped {
			t.Errorf("%s: %d cookies, %v", name, len(cookies), refused)
		}
	}
}

// Each of these made Chromium 156 refuse a whole call.
func TestCDPRefusalsOfPlaces(t *testing.T) {
	const host, site = "its domain is no host", "its partition is no site (scheme://host)"
	for field, want := range map[string]string{
		`"domain":"."`:                                host,
		`"domain":"..x"`:                              host,
		`"domain":".a b"`:                             host,
		`"domain":"x.."`:                              host,
		`"domain":"::1"`:                              host,
		`"domain":"[::1"`:                             host,
		`"domain":"[1.2.3.4]"`:                        host,
		`"domain":"[::1%eth0]"`:                       host,
		`"domain":"256.1.1.1"`:                        host,
		`"domain":"x.0x"`:                             host,
		`"domain":"x:y"`:                              host,
		`"domain":":80"`:                              host,
		`"domain":"x<y"`:                              host,
		`"domain":"x%"`:                               host,
		`"domain":"a\u0000b"`:                         host,
		`"domain":"\ud800"`:                           host,
		`"partitionKey":"x.com"`:                      site,
		`"partitionKey":"null"`:                       site,
		`"partitionKey":"https://"`:                   site,
		`"partitionKey":"about:blank"`:                site,
		`"partitionKey":"foo://x"`:                    site,
		`"partitionKey":"https://x:1e"`:               site,
		`"path":"p"`:                                  "its path does not begin with /",
		`"path":"/p "`:                                "its path is longer than 1024 bytes, or has a character that no cookie may have",
		`"path":"/` + strings.Repeat(`\"`, 400) + `"`: "its path is longer than 1024 bytes, or has a character that no cookie may have",
		`"name":" a"`:                                 "its name has a character that no cookie may have",
		`"name":"a "`:                                 "its name has a character that no cookie may have",
		`"name":"","value":"a=b"`:                     "it has no name, and its value would be taken for one",
		`"name":"","value":"__secure-a"`:              "it has no name, and its value would be taken for one",
		`"name":"__Http-a"`:                           "a name that begins so wants httpOnly",
		`"name":"__host-http-a"`:                      "a name that begins so wants httpOnly",
		`"name":"__Http-a","secure":false`:            "a name that begins so wants secure",
		`"name":"__Host-Http-a","httpOnly":true`:      "",
	} {
		cookie := `{"name":"a","value":"v","domain":"x","secure":true,` + field + `}` // of a key twice the last counts
		cookies, refused := CDPCookies(decode(t, "["+cookie+"]"), now)
		switch {
		case want == "" && len(cookies) == 1:
		case want == "" || len(cookies) != 0 || len(refused) != 1 || refused[0].Reason != want:
			t.Errorf("%s: %v %v\nwant %s", field, cookies, refused, want)
		}
	}
}

func TestCDPPlaces(t *testing.T) {
	for _, field := range []string{
		`"domain":".x.com."`, `"domain":"x:80"`, `"domain":"127.0.0.1"`, `"domain":"[::1]"`, `"domain":"[::1]:80"`,
		`"domain":"x_y.münchen.de"`, `"domain":"1.com"`, `"partitionKey":"http://x.com:80"`, `"partitionKey":"file://"`,
		`"partitionKey":"chrome-extension://abc"`, `"partitionKey":"https://[::1]"`, `"path":"/a b"`,
	} {
		cookie := `{"name":"a","value":"v","domain":"x","secure":true,` + field + `}`
		if cookies, refused := CDPCookies(decode(t, "["+cookie+"]"), now); len(cookies) != 1 {
			t.Errorf("%s: %v", field, refused)
		}
	}
}
