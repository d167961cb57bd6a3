package history_test

import (
	"bytes"
	"fmt"
	"log"
	"strings"

	"github.com/wholly-go/wholly/agent/history"
)

const file = `{"history": [{
  "model_output": {"next_goal": "Sign in.", "action": [{"navigate": {"url": "https://shop.example/?key=hunter2%21"}}], "mood": "good"},
  "result": [{"is_done": true, "success": true, "extracted_content": "Signed in with hunter2!"}],
  "state": {"tabs": [], "url": "about:blank", "title": ""},
  "metadata": {"step_start_time": 1790000000.125, "step_end_time": 1790000004.75, "step_number": 1}
}]}`

func Example() {
	h, err := history.Decode([]byte(file))
	if err != nil {
		log.Fatal(err)
	}
	for step := range h.Steps() {
		n, _ := step.Number()
		fmt.Println(n, step.Duration(), step.Goal())
		for _, a := range step.Actions() {
			fmt.Printf("  %s %s\n", a.Name, a.Params)
		}
	}
	fmt.Println("done:", h.Done(), "successful:", *h.Success())
	for _, w := range h.Warnings() {
		fmt.Println(w)
	}
	// Output:
	// 1 4.625s Sign in.
	//   navigate {"url": "https://shop.example/?key=hunter2%21"}
	// done: true successful: true
	// line 4, column 12, at history[0].state: interacted_element is missing: one null for each action stands for it
}

func ExampleRedactor_History() {
	secrets, err := history.ParseSecrets([]byte(`{"https://shop.example": {"password": "hunter2!"}, "pin": 123}`))
	if err != nil {
		log.Fatal(err)
	}
	h, err := history.Decode([]byte(file))
	if err != nil {
		log.Fatal(err)
	}
	report, err := secrets.Redactor().History(h, history.ReportKeys)
	if err != nil {
		log.Fatal(err) // a *LeftError: do not save
	}
	fmt.Println(report.Replaced, "replaced:", report.Names)
	fmt.Println(strings.Join(report.Warnings, "\n"))
	for step := range h.Steps() {
		fmt.Printf("%s\n", step.Actions()[0].Params)
		fmt.Println(step.Results()[0].ExtractedContent)
	}
	// Output:
	// 2 replaced: map[password:2]
	// pin has fewer than 4 characters: it is found in text that has nothing to do with it
	// {"url": "https://shop.example/?key=<secret>password</secret>"}
	// Signed in with <secret>password</secret>
}

func ExampleRedactor_String() {
	r := history.Secrets{{Name: "password", Value: `p"w`}}.Redactor()
	fmt.Println(r.String(`p"w, {"k": "p\"w"}, ?k=p%22w, <input value="p&quot;w">`))
	// Output:
	// <secret>password</secret>, {"k": "<secret>password</secret>"}, ?k=<secret>password</secret>, <input value="<secret>password</secret>">
}

func ExampleExport() {
	h, err := history.Decode([]byte(file))
	if err != nil {
		log.Fatal(err)
	}
	_, notes := history.Export{}.History(h)
	for _, n := range notes {
		fmt.Println(n)
	}
	// Output:
	// history[0].model_output: left out mood: browser-use does not know it there
}

// A log holds one record a step; the file is made from it when it is wanted,
// with one step in memory.
func ExampleWriter() {
	var records [][]byte
	step, _, err := history.ParseStep([]byte(`{"model_output": null, "result": [],
		"state": {"tabs": [], "interacted_element": [null], "url": "", "title": ""}}`))
	if err != nil {
		log.Fatal(err)
	}
	records = append(records, history.EncodeHeader(history.Header{AgentID: "0198f3c2"}), history.EncodeStep(step))

	var file bytes.Buffer
	w := history.NewWriter(&file)
	for _, data := range records {
		r, err := history.DecodeRecord(data)
		if err != nil {
			log.Fatal(err)
		}
		if r.Step != nil {
			if err := w.Write(*r.Step); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := w.Close(nil); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", records[0])
	fmt.Println(file.String())
	// Output:
	// {"log": {"format": "wholly agent history", "version": 1, "agent_id": "0198f3c2"}}
	// {
	//   "history": [
	//     {
	//       "model_output": null,
	//       "result": [],
	//       "state": {
	//         "tabs": [],
	//         "interacted_element": [
	//           null
	//         ],
	//         "url": "",
	//         "title": ""
	//       }
	//     }
	//   ]
	// }
}

func ExampleParseSteps() {
	steps, warnings, err := history.ParseSteps([]byte("{\"result\": [], \"state_message\": \"one\"}\n{\"result\": 2}\n"))
	fmt.Println(len(steps), len(warnings), err)
	// Output:
	// 0 0 line 2, column 12, at result: an array is wanted here, not a number
}
