package agent_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
	"github.com/wholly-go/wholly/journal"
)

var ctx = context.Background()

func ExamplePatterns() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	doc, err := agent.Patterns(filepath.Join(dir, "patterns.json"))
	if err != nil {
		log.Fatal(err)
	}
	session := []byte(`{"version": 1, "patterns": {"shop.example.com": {"login": {"actions": ["click Sign in"]}}}}`)
	f, err := doc.Update(ctx, func(f *pattern.File) error {
		return f.MergeSession(session, "2026-11-26", pattern.Limits{}).Ignored
	})
	if err != nil {
		log.Fatal(err)
	}
	known, ok := f.Lookup("https://shop.example.com/cart", "login")
	fmt.Println(known.Actions, known.LastSuccess, ok)
	// Output: [click Sign in] 2026-11-26 true
}

func ExampleState() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	doc, err := agent.State(filepath.Join(dir, "state.json"), storagestate.BrowserUse)
	if err != nil {
		log.Fatal(err)
	}
	fresh, err := storagestate.Decode([]byte(`{"cookies": [{"name": "sid", "value": "1", "domain": ".example.com", "path": "/", "expires": -1}]}`))
	if err != nil {
		log.Fatal(err)
	}
	_, err = doc.Update(ctx, func(s *storagestate.State) error {
		merged, _ := storagestate.Merge(s, fresh, storagestate.Options{})
		*s = *merged
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	info, err := os.Stat(doc.Path())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(filepath.Base(doc.Path()), info.Size() > 0)
	// Output: state.json true
}

func ExampleOpenLog() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	path := filepath.Join(dir, "run.log")
	steps, err := agent.OpenLog(ctx, path, "0198f3c2", journal.Options{})
	if err != nil {
		log.Fatal(err)
	}
	step, _, err := history.ParseStep([]byte(`{"model_output": null, "result": [{"is_done": true, "success": true}],
		"state": {"url": "https://example.com", "title": "Example", "tabs": [], "interacted_element": [null]}, "metadata": null}`))
	if err != nil {
		log.Fatal(err)
	}
	record, err := steps.Append(ctx, step) // on the disk when it returns
	if err != nil {
		log.Fatal(err)
	}
	if err := steps.Close(); err != nil {
		log.Fatal(err)
	}

	done, err := agent.ExportLog(ctx, agent.Private(), path, filepath.Join(dir, "AgentHistory.json"), agent.Exporting{})
	fmt.Println(record, done.Steps, len(done.Lost), err)
	// Output: 2 1 0 <nil>
}

func ExampleSaveConversation() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	talk := agent.Talk{AgentID: "0198f3c2", Step: 1, Conversation: conversation.Conversation{
		Messages: []conversation.Message{conversation.TextMessage(conversation.RoleUser, "What does it cost?")},
		Answer:   []byte(`{"memory": "5 €"}`),
	}}
	_, err = agent.SaveConversation(ctx, filepath.Join(dir, "log"), talk, "latin-1")
	fmt.Println(err)
	path, err := agent.SaveConversation(ctx, filepath.Join(dir, "log"), talk, "")
	fmt.Println(filepath.Base(path), err)
	// Output:
	// write conversation_0198f3c2_1.txt: line 5, column 16: latin_1 has no character U+20AC '€'
	// conversation_0198f3c2_1.txt <nil>
}
