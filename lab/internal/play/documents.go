package play

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
	"github.com/wholly-go/wholly/journal"
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

func savePatterns(s *Stage, path string, gen int) error {
	doc, err := agent.Patterns(path)
	if err != nil {
		return err
	}
	_, err = doc.Update(s.Context, func(f *pattern.File) error {
		f.Put("shop.example.com", fmt.Sprintf("task %d", gen), pattern.Entry{Actions: []string{s.text(gen)}, LastSuccess: "2026-11-26"})
		return nil
	})
	return err
}

func saveState(s *Stage, path string, gen int) error {
	doc, err := agent.State(path, storagestate.BrowserUse)
	if err != nil {
		return err
	}
	cookie, err := storagestate.Decode(fmt.Appendf(nil,
		`{"cookies": [{"name": "sid-%d", "value": %q, "domain": ".example.com", "path": "/", "expires": -1}]}`, gen, s.text(gen)))
	if err != nil {
		return err
	}
	_, err = doc.Update(s.Context, func(state *storagestate.State) error {
		merged, _ := storagestate.Merge(state, cookie, storagestate.Options{})
		*state = *merged
		return nil
	})
	return err
}

func saveHistory(s *Stage, path string, gen int) error {
	doc, err := agent.History(path)
	if err != nil {
		return err
	}
	h, err := doc.Load()
	if err != nil {
		return err
	}
	step, err := s.step(gen)
	if err != nil {
		return err
	}
	h.Append(step)
	return doc.Save(s.Context, h)
}

func (s *Stage) step(gen int) (history.Step, error) {
	step, _, err := history.ParseStep(fmt.Appendf(nil, `{"model_output": null, "result": [{"extracted_content": %q}],
		"state": {"url": "https://example.com/%d", "title": "", "tabs": [], "interacted_element": [null]}, "metadata": null}`, s.text(gen), gen))
	return step, err
}

const agentID = "0198f3c2"

// emptySteps is a log with its header, which is its generation 0.
func emptySteps(s *Stage) error {
	if err := s.Begin(logName, 0, history.EncodeHeader(history.Header{AgentID: agentID})); err != nil {
		return err
	}
	return s.withSteps(func(*agent.Log) error { return nil })
}

func (s *Stage) withSteps(do func(l *agent.Log) error) error {
	l, err := agent.OpenLog(s.Context, s.Path(logName), agentID, journal.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

func appendSteps(s *Stage) error {
	return s.withSteps(func(l *agent.Log) error {
		for gen := 1; gen <= s.Commits; gen++ {
			step, err := s.step(gen)
			if err != nil {
				return err
			}
			err = s.commit(logName, gen, history.EncodeStep(step), func() error {
				_, err := l.Append(s.Context, step)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// saveTalks saves the conversations of three steps at a time.
func saveTalks(s *Stage) error {
	for n := range s.Commits {
		var talks []agent.Talk
		for step := 3*n + 1; step <= 3*n+3; step++ {
			talks = append(talks, agent.Talk{AgentID: agentID, Step: step, Conversation: conversation.Conversation{
				Messages: []conversation.Message{conversation.TextMessage(conversation.RoleUser, s.text(step))},
			}})
		}
		if err := s.saveTalks("log", talks); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) saveTalks(dir string, talks []agent.Talk) error {
	names := make([]string, len(talks))
	for i, t := range talks {
		base, err := conversation.FileName(t.AgentID, t.Step)
		if err != nil {
			return err
		}
		names[i] = path.Join(dir, base)
		if err := s.Begin(names[i], 1, nil); err != nil {
			return err
		}
	}
	if _, err := agent.SaveConversations(s.Context, agent.Private(), s.Path(dir), talks, ""); err != nil {
		return err
	}
	for i, t := range talks {
		text, err := t.Conversation.Text()
		if err != nil {
			return err
		}
		if err := s.Ack(names[i], 1, []byte(text)); err != nil {
			return err
		}
	}
	return s.Pause()
}
