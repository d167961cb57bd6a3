package pattern_test

import (
	"fmt"
	"os"

	"github.com/wholly-go/wholly/agent/pattern"
)

func Example() {
	f, err := pattern.Decode([]byte(`{"version": 1, "patterns": {"shop.com": {"search_box": {"actions": ["type"], "last_success": null}}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	session := []byte(`{"patterns": {"WWW.Shop.com": {
		"pagination": {"actions": ["click 'Next'"]},
		"search_box": {"actions": ["press /"], "success": false}}}}`)

	r := f.MergeSession(session, "2026-02-03", pattern.Limits{})
	for _, item := range r.Items {
		fmt.Printf("%s %s, %s (%s)\n", item.Outcome, item.Domain, item.Name, item.Why)
	}
	pattern.Encode(os.Stdout, f)
	// Output:
	// added shop.com, pagination ()
	// skipped shop.com, search_box (a failure does not replace a success)
	// {
	//   "version": 2,
	//   "patterns": {
	//     "shop.com": {
	//       "search_box": {
	//         "actions": [
	//           "type"
	//         ],
	//         "last_success": null
	//       },
	//       "pagination": {
	//         "actions": [
	//           "click 'Next'"
	//         ],
	//         "last_success": "2026-02-03",
	//         "success": true
	//       }
	//     }
	//   },
	//   "workflows": {}
	// }
}

func ExampleNormalizeDomain() {
	for _, url := range []string{"https://www.Amazon.COM/path", "localhost:8080", "https://user:pw@[::1]/", "https://[::1/"} {
		domain, err := pattern.NormalizeDomain(url)
		fmt.Printf("%q %v\n", domain, err)
	}
	// Output:
	// "amazon.com" <nil>
	// "localhost:8080" <nil>
	// "[::1]" <nil>
	// "" brackets in a host that are no IPv6 address
}

func ExampleCodec() {
	c := pattern.Codec{Name: "patterns.json"}
	_, err := c.Decode([]byte(`{"patterns": {"shop.com": {"login_form": {"actions": "click"}}}}`))
	fmt.Println(err)
	// Output:
	// Invalid patterns file schema patterns.json: line 1, column 54, at patterns["shop.com"].login_form.actions: an array is wanted here, not a string
}

func ExampleFile_Offered() {
	f := pattern.New()
	f.Put("shop.com", "login_form", pattern.Entry{Actions: []string{"fill", "press Enter"}})
	f.Put("shop.com", "pagination", pattern.Entry{Actions: []string{"scroll"}, Failed: true})
	for kind, e := range f.Offered("https://www.shop.com/cart") {
		fmt.Println(kind, e.Actions)
	}
	// Output:
	// login_form [fill press Enter]
}
