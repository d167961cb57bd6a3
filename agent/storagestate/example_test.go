package storagestate_test

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// decode is for constant texts.
func decode(text string) *storagestate.State {
	s, err := storagestate.Decode([]byte(text))
	if err != nil {
		panic(err)
	}
	return s
}

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A fresh state is the whole truth for what it covers: the cookie that a logout
// removed does not come back, the storage of an origin that was not open stays.
func ExampleMerge() {
	old := decode(`{"cookies": [
		{"name": "sid", "value": "8f2c", "domain": "shop.example", "path": "/", "expires": 4102444800.0},
		{"name": "lang", "value": "en", "domain": "shop.example", "path": "/"}],
		"origins": [{"origin": "https://shop.example", "localStorage": [{"name": "theme", "value": "dark"}]}]}`)
	live := decode(`{"cookies": [{"name": "lang", "value": "de", "domain": "shop.example", "path": "/"}], "origins": []}`)

	merged, report := storagestate.Merge(old, live, storagestate.Options{Mode: storagestate.Replace, Now: now})
	for _, c := range report.Changes {
		fmt.Println(c)
	}
	storagestate.Encode(os.Stdout, merged)
	// Output:
	// dropped cookie sid of shop.example/: not in the new state
	// updated cookie lang of shop.example/
	// {
	//   "cookies": [
	//     {
	//       "name": "lang",
	//       "value": "de",
	//       "domain": "shop.example",
	//       "path": "/"
	//     }
	//   ],
	//   "origins": [
	//     {
	//       "origin": "https://shop.example",
	//       "localStorage": [
	//         {
	//           "name": "theme",
	//           "value": "dark"
	//         }
	//       ]
	//     }
	//   ]
	// }
}

// Two writers began with the same file. What each of them did survives.
func ExampleMerge3() {
	base := decode(`{"cookies": [{"name": "a", "value": "1", "domain": "x"}, {"name": "b", "value": "1", "domain": "x"}]}`)
	ours := decode(`{"cookies": [{"name": "a", "value": "2", "domain": "x"}, {"name": "b", "value": "1", "domain": "x"}]}`)
	theirs := decode(`{"cookies": [{"name": "a", "value": "1", "domain": "x"}, {"name": "c", "value": "1", "domain": "x"}]}`)

	merged, report := storagestate.Merge3(base, ours, theirs, storagestate.Options{Now: now})
	for _, c := range report.Changes {
		fmt.Println(c)
	}
	fmt.Println(storagestate.Summarize(merged, now).Cookies.Total, "cookies")
	// Output:
	// updated cookie a of x/
	// dropped cookie b of x/: deleted
	// 2 cookies
}

func ExampleConvert() {
	s := decode(`{"cookies": [{"name": "w", "value": "7", "domain": "chat.example", "path": "/", "expires": -1, "size": 2, "httpOnly": true,
		"secure": true, "session": true, "sameSite": "None", "partitionKey": {"topLevelSite": "https://example.com", "hasCrossSiteAncestor": true}}],
		"origins": []}`)
	p, _ := storagestate.Convert(s, storagestate.Playwright)
	storagestate.Encode(os.Stdout, p)
	// Output:
	// {
	//   "cookies": [
	//     {
	//       "name": "w",
	//       "value": "7",
	//       "domain": "chat.example",
	//       "path": "/",
	//       "expires": -1,
	//       "httpOnly": true,
	//       "secure": true,
	//       "sameSite": "None",
	//       "_crHasCrossSiteAncestor": true,
	//       "partitionKey": "https://example.com"
	//     }
	//   ],
	//   "origins": []
	// }
}

func ExampleRedact() {
	s := decode(`[{"name": "sid", "value": "8f2c", "domain": "x"}, {"name": "theme", "value": "dark", "domain": "x"}]`)
	var b bytes.Buffer
	storagestate.Encode(&b, storagestate.Redact(s, storagestate.RedactOptions{Keep: []string{"theme"}}))
	fmt.Println(&b)
	// Output:
	// [
	//     {
	//         "name": "sid",
	//         "value": "REDACTED",
	//         "domain": "x"
	//     },
	//     {
	//         "name": "theme",
	//         "value": "dark",
	//         "domain": "x"
	//     }
	// ]
}

func ExampleCheck() {
	s := decode("[\n  {\"name\": \"a\", \"value\": \"1\", \"domain\": \"x\", \"sameSite\": \"None\"},\n  {\"name\": \"b\"}\n]")
	for _, f := range storagestate.Check(s, now) {
		fmt.Println(f.Severity, f)
	}
	// Output:
	// error line 2, column 26, at [0].value: cookie a of x/: the browser will not store it: sameSite None without secure
	// error line 3, column 3, at [1]: the cookie has no domain
}

func ExampleCDPCookies() {
	s := decode(`[{"name": "sid", "value": "1", "domain": ".x.example", "expires": -1, "size": 4, "sameSite": "lax"},
		{"name": "old", "value": "1", "domain": ".x.example", "expires": 1600000000}]`)
	cookies, refused := storagestate.CDPCookies(s, now)
	for _, c := range cookies {
		fmt.Printf("%s\n", c.Param)
	}
	for _, c := range refused {
		fmt.Println(c)
	}
	// Output:
	// {"name": "sid", "value": "1", "domain": ".x.example", "path": "/", "sameSite": "Lax"}
	// dropped cookie old of .x.example/: expired
}

func ExampleDecode() {
	_, err := storagestate.Decode([]byte("{\"cookies\": [],\n \"origins\": 5}"))
	fmt.Println(err)
	// Output: line 2, column 13, at origins: origins must be a list, not a number
}
