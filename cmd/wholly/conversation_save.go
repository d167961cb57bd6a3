package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/conversation"
	"github.com/wholly-go/wholly/agent/history"
)

// saving is one `wholly conversation save`.
type saving struct {
	*app
	from     string
	agentID  string
	step     int
	encoding string
	redactor *history.Redactor
	keys     history.Keys
}

func (a *app) conversationSave() *cobra.Command {
	s := saving{app: a}
	cmd := &cobra.Command{
		Use:   "save DIR",
		Short: "Save calls of the model into a log directory",
		Long: `Save a conversation, JSON on standard input, as DIR/conversation_AGENT_STEP.txt.
DIR is made if it is missing. Several at once, as a list or one after the other,
say themselves whose they are (agent_id, step). A character that the encoding
lacks is an error before anything is made.`,
		Example: `  wholly conversation save log --agent 0198f3c2 --step 2 < conversation.json
  wholly conversation save log --secrets secrets.json --from calls.ndjson`,
		ValidArgsFunction: completeDirs,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one DIR is wanted, got %s", plural(int64(len(args)), "argument", "arguments"))
			}
			return fileName(args[0])
		},
	}
	exits(cmd, "0", "saved", "1", "nothing saved: not valid, or the encoding lacks a character",
		"3", "it failed", "130", "interrupted")
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&s.agentID, "agent", "", "whose call it was: its `ID`")
	f.IntVar(&s.step, "step", 0, "which step it was, from 1")
	f.StringVar(&s.from, "from", "-", "read this `file` instead of standard input")
	enc := encodingFlag(cmd)
	secrets := secretsFlag(cmd, secretsUsage)
	replace := replaceKeysFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		s.encoding, s.keys = *enc, keysOf(*replace)
		if f.Changed("step") && s.step < 1 {
			return usagef("--step %d: steps count from 1", s.step)
		}
		if _, err := conversation.FileName(s.agentID, 1); f.Changed("agent") && err != nil {
			return usagef("--agent: %w", err)
		}
		if _, err := encoding(s.encoding); err != nil {
			return err
		}
		if s.redactor, err = a.redactor(cmd.Context(), *secrets); err != nil {
			return err
		}
		return s.run(cmd.Context(), args[0])
	}
	return cmd
}

type savedJSON struct {
	Dir      string         `json:"dir"`
	Paths    []string       `json:"paths"`
	Replaced int            `json:"replaced"`
	Names    map[string]int `json:"names"`
}

func (s *saving) run(ctx context.Context, dir string) error {
	data, err := s.source(ctx, s.from)
	if err != nil {
		return err
	}
	all, err := conversations(data)
	if err != nil {
		return invalid(s.from, err)
	}
	got := savedJSON{Dir: dir, Paths: []string{}, Names: map[string]int{}}
	talks, err := s.talks(all, &got)
	if err != nil {
		return err
	}
	paths, err := agent.SaveConversations(ctx, agent.Private(), dir, talks, s.encoding)
	if err != nil {
		for _, path := range paths {
			if path != "" {
				s.note("%s is written", shown(path))
			}
		}
		return s.explained(err)
	}
	for _, path := range paths {
		got.Paths = append(got.Paths, filepath.Join(dir, filepath.Base(path)))
	}
	return s.answer(got, func(out io.Writer) {
		for _, path := range got.Paths {
			fmt.Fprintln(out, shown(path))
		}
	})
}

// talks says of each conversation whose it is, and takes the secrets out.
func (s *saving) talks(all []conversation.Conversation, got *savedJSON) ([]agent.Talk, error) {
	if len(all) > 1 && s.step != 0 {
		return nil, usagef("--step is for one conversation, not %d", len(all))
	}
	talks := make([]agent.Talk, len(all))
	for i, c := range all {
		t := agent.Talk{AgentID: c.AgentID, Step: c.Step, Conversation: c}
		if s.agentID != "" {
			t.AgentID = s.agentID
		}
		if s.step != 0 {
			t.Step = s.step
		}
		if len(c.Messages) == 0 && c.Answer == nil {
			return nil, invalid(s.from, fmt.Errorf("conversation %d: there is nothing in it", i+1))
		}
		if t.AgentID == "" || t.Step == 0 {
			return nil, usagef("--agent and --step are wanted: conversation %d does not say whose it is", i+1)
		}
		if s.redactor != nil {
			clean, report, err := agent.RedactConversation(c, s.redactor, s.keys)
			if err != nil {
				return nil, s.failed(s.from, report, invalid(s.from, fmt.Errorf("conversation %d: %w", i+1, err)))
			}
			t.Conversation = clean
			got.Replaced += report.Replaced
			for name, n := range report.Names {
				got.Names[name] += n
			}
		}
		talks[i] = t
	}
	return talks, nil
}

// explained makes an error about the content the answer no.
func (s *saving) explained(err error) error {
	if as[*conversation.EncodingError](err) || errors.Is(err, conversation.ErrName) || errors.Is(err, agent.ErrTwice) {
		return invalid(s.from, err)
	}
	return err
}
