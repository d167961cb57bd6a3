package play

import (
	"errors"
	"fmt"
	"path"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
	"github.com/wholly-go/wholly/agent/pattern"
	"github.com/wholly-go/wholly/agent/storagestate"
	"github.com/wholly-go/wholly/journal"
)

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
