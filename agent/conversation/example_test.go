package conversation_test

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/agent/conversation"
)

func Example() {
	c, err := conversation.ParseJSON([]byte(`{
		"messages": [
			{"role": "system", "content": "Answer with JSON only."},
			{"role": "user", "content": [
				{"type": "text", "text": "What is on the page?"},
				{"type": "image_url", "image_url": {"url": "data:image/png;base64,…"}}
			]}
		],
		"answer": {"memory": "a login form", "action": []}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	name, err := conversation.FileName("task-7", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := c.Text()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(name)
	// The space that ends a role line is made visible.
	fmt.Println(strings.ReplaceAll(text, " \n", "␠\n"))
	// Output:
	// conversation_task-7_1.txt
	//  system␠
	// Answer with JSON only.
	//
	//  user␠
	// What is on the page?
	//
	// {
	//   "memory": "a login form",
	//   "action": []
	// }
}

func ExampleParse() {
	c, warnings, err := conversation.Parse(" user \nhi\n\n assistant \n\n\n{\n  \"done\": tr")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range c.Messages {
		fmt.Printf("%s: %q\n", m.Role, m.Text())
	}
	fmt.Println(warnings[0])
	// Output:
	// user: "hi"
	// assistant: "\n\n{\n  \"done\": tr"
	// line 7: no answer: what begins here is no JSON object: line 8, column 13, at done: the text ends in the middle of a value
}

func ExampleEncode() {
	data, err := conversation.Encode("10 €", "cp1252")
	fmt.Printf("%q %v\n", data, err)
	data, err = conversation.Encode("price:\n10 €", "latin-1")
	fmt.Printf("%q %v\n", data, err)
	_, err = conversation.Encode("", "utf9")
	fmt.Println(err)
	// Output:
	// "10 \x80" <nil>
	// "" line 2, column 4: latin_1 has no character U+20AC '€'
	// unknown encoding "utf9"; near it are utf_8, utf_16, utf_32
}
