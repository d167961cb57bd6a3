package play

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/store"
)

// documents are typed files: what a save writes is the codec's.
func documents() []Play {
	step := judge.Rules{Log: true}
	return []Play{
		document(Play{Name: "store", Title: "update of a JSON document", Model: true}, "doc.json", saveDoc),
		document(Play{Name: "agent-patterns", Title: "an agent's patterns", Small: true}, "patterns.json", savePatterns),
		document(Play{Name: "agent-state", Title: "an agent's cookies and storage"}, "storage_state.json", saveState),
		document(Play{Name: "agent-history", Title: "an agent's history file"}, "AgentHistory.json", saveHistory),
		onDisk(our(Play{Name: "agent-log", Title: "an agent's log of steps", Calls: "F", Small: true,
			Promise: keptRecords, Rules: step, Prepare: emptySteps, Run: appendSteps})),
		onDisk(our(Play{Name: "agent-conversations", Title: "an agent's conversations, three at a time",
			Prepare: nothing, Run: saveTalks})),
	}
}

// onDisk is p where it needs a path, so that it cannot run on the model.
func onDisk(p Play) Play {
	p.Model = false
	return p
}

// document is a play whose saves make name generation gen. What they write is
// known when they have.
func document(p Play, name string, save func(s *Stage, path string, gen int) error) Play {
	model := p.Model
	p.Rules.Keep = 1
	p.Prepare = func(s *Stage) error {
		if err := save(s, s.Path(name), 0); err != nil {
			return err
		}
		data, err := s.in(wholly.Policy{}).ReadFile(name)
		if err != nil {
			return err
		}
		return s.Begin(name, 0, data)
	}
	p.Run = func(s *Stage) error {
		for gen := 1; gen <= s.Commits; gen++ {
			if err := s.saved(name, gen, func() error { return save(s, s.Path(name), gen) }); err != nil {
				return err
			}
		}
		return nil
	}
	p = our(p)
	p.Model = model
	return p
}

// saved is Commit where only the file tells what was written. One that is as it
// was is an error.
func (s *Stage) saved(name string, gen int, save func() error) error {
	in := s.in(wholly.Policy{})
	before, err := in.ReadFile(name)
	if err != nil {
		return err
	}
	if err := s.Begin(name, gen, nil); err != nil {
		return err
	}
	if err := save(); err != nil {
		return fmt.Errorf("save %d of %s: %w", gen, name, err)
	}
	after, err := in.ReadFile(name)
	switch {
	case err != nil:
		return err
	case bytes.Equal(after, before):
		return fmt.Errorf("save %d of %s changed nothing", gen, name)
	}
	if err := s.Ack(name, gen, after); err != nil {
		return err
	}
	return s.Pause()
}

// text is what generation gen has to say: some hundred bytes to 16 KiB.
func (s *Stage) text(gen int) string {
	n := 1
	if s.Size == 0 {
		n = 10 + s.Rand.IntN(500)
	}
	return strings.Repeat(fmt.Sprintf("generation %d saves this text. ", gen), n)
}

func saveDoc(s *Stage, name string, gen int) error {
	type settings struct {
		Saves int
		Text  string
	}
	policy := wholly.Policy{Keep: 1}
	doc := store.OpenIn(s.in(policy), policy, path.Base(name), store.JSON[settings]())
	_, err := doc.Update(s.Context, func(v *settings) error {
		*v = settings{Saves: gen, Text: s.text(gen)}
		return nil
	})
	return err
}
