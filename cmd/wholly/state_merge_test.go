package main

import (
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// An update may run again, on another content: the answer is about the last run.
func TestMergeTellsTheLastRunOnly(t *testing.T) {
	decode := func(text string) *storagestate.State {
		s, err := storagestate.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const one = `{"cookies": [{"name": "a", "value": "1", "domain": "a.example", "path": "/"}]}`
	doc, err := agent.State(filepath.Join(t.TempDir(), "state.json"), storagestate.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	m := stateMerging{app: &app{}, from: []stateInput{{name: "from", state: decode(one)}}}
	var got stateMergedJSON
	if err := m.apply(&got, doc, decode(`{"cookies": []}`)); err != nil || got.Added != 1 || !got.Written {
		t.Fatalf("first run: %+v, %v", got, err)
	}
	if err := m.apply(&got, doc, decode(one)); err == nil || got.Added != 0 || got.Written || len(got.From) != 1 {
		t.Errorf("second run, where nothing is to be done: %+v, %v", got, err)
	}
}
