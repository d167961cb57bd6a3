package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/conversation"
)

func (a *app) conversation() *cobra.Command {
	return family("conversation",
		"What was said to the model, and its answers",
		`The conversation log of an agent: a directory with one text file for each call of
the model, as browser-use writes it.`,
		`  wholly conversation save log --agent 0198f3c2 --step 2 < conversation.json
  wholly conversation show log/conversation_0198f3c2_2.txt`,
		a.conversationSave(), a.conversationShow())
}

func encodingFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("encoding", "", "the file's encoding, by any `NAME` of Python or the WHATWG (default utf-8)")
}

// encoding checks a name that was given with --encoding.
func encoding(name string) (*conversation.Encoding, error) {
	enc, err := conversation.LookupEncoding(name)
	if err != nil {
		return nil, usagef("--encoding: %w", err)
	}
	return enc, nil
}

// showing is one `wholly conversation show`.
type showing struct {
	*app
	encoding string
	secrets  string
	answered bool // the answer alone
}

func (a *app) conversationShow() *cobra.Command {
	s := showing{app: a}
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show one call: messages and answer",
		Long: `Show the messages in FILE, who said them and how much, and the answer. The
layout has no escapes: where a message may be read as two, a note says so. With
--json it is the conversation that conversation save takes.`,
		Example: `  wholly conversation show log/conversation_0198f3c2_2.txt
  wholly conversation show --answer log/conversation_0198f3c2_2.txt | jq .action`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "shown", "1", "FILE is not valid, or has no answer (--answer)", "3", "it failed")
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&s.answered, "answer", false, "print the answer alone, as JSON")
	enc := encodingFlag(cmd)
	secrets := secretsFlag(cmd, secretsUsage)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.encoding, s.secrets = *enc, *secrets
		return s.run(cmd.Context(), args[0])
	}
	return cmd
}

func (s *showing) run(ctx context.Context, name string) error {
	c, size, err := s.read(ctx, name)
	if err != nil {
		return err
	}
	switch {
	case s.answered && c.Answer == nil:
		s.note("%s has no answer", shown(name))
		return errNo
	case s.answered && s.json:
		return writeJSON(s.out, c.Answer)
	case s.answered:
		_, err := fmt.Fprintf(s.out, "%s\n", c.Answer)
		return err
	}
	return s.answer(c, func(out io.Writer) { printConversation(out, name, size, c) })
}

// read returns the conversation in the file name, and its size in bytes.
func (s *showing) read(ctx context.Context, name string) (c conversation.Conversation, size int, err error) {
	enc, err := encoding(s.encoding)
	if err != nil {
		return c, 0, err
	}
	r, err := s.redactor(ctx, s.secrets)
	if err != nil {
		return c, 0, err
	}
	data, err := s.source(ctx, name)
	if err != nil {
		return c, 0, err
	}
	text, err := enc.Decode(data)
	if err != nil {
		return c, 0, invalid(name, err)
	}
	c, warnings, err := conversation.Parse(text)
	if err != nil {
		return c, 0, invalid(name, err)
	}
	if id, step, ok := conversation.ParseFileName(filepath.Base(name)); ok {
		c.AgentID, c.Step = id, step
	}
	s.doubts(name, warnings)
	if r != nil {
		if c, _, err = agent.RedactConversation(c, r, keysOf(true)); err != nil {
			return c, 0, invalid(name, err)
		}
	}
	return c, len(data), nil
}

// doubts tells where the reading is in doubt: with --json too, beside an answer
// that must hold nothing but the conversation.
func (s *showing) doubts(name string, warnings []conversation.Warning) {
	warn(s.app, name, warnings)
	if s.json && len(warnings) > 0 {
		writeJSON(s.talk, struct {
			Op       string   `json:"op"`
			Path     string   `json:"path"`
			Warnings []string `json:"warnings"`
		}{s.verb, name, texts(warnings)})
	}
}

func printConversation(out io.Writer, name string, size int, c conversation.Conversation) {
	fmt.Fprintf(out, "%s: %s, %s", shown(name), plural(int64(len(c.Messages)), "message", "messages"), bytesText(int64(size)))
	if c.AgentID != "" {
		fmt.Fprintf(out, ", agent %s, step %d", cell(c.AgentID), c.Step)
	}
	fmt.Fprintln(out)
	for i, m := range c.Messages {
		text := m.Text()
		fmt.Fprintf(out, "\n%d. %s, %s\n", i+1, m.Role, plural(int64(len([]rune(text))), "character", "characters"))
		if text != "" {
			block(out, text)
		}
	}
	if c.Answer == nil {
		fmt.Fprintln(out, "\nno answer")
		return
	}
	fmt.Fprintf(out, "\nanswer, %s\n", bytesText(int64(len(c.Answer))))
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, c.Answer, "", "  "); err != nil {
		pretty.Reset()
		pretty.Write(c.Answer)
	}
	block(out, pretty.String())
}

// conversations reads what save is given: one conversation, a list of them, or
// one after the other.
func conversations(data []byte) ([]conversation.Conversation, error) {
	values, many := values(data)
	if !many {
		c, err := conversation.ParseJSON(data)
		return []conversation.Conversation{c}, err
	}
	all := make([]conversation.Conversation, len(values))
	for i, v := range values {
		var err error
		if all[i], err = conversation.ParseJSON(v); err != nil {
			return nil, fmt.Errorf("conversation %d: %w", i+1, err)
		}
	}
	return all, nil
}

// values splits data, if it holds several conversations. What cannot be split is
// one, with an error perhaps, that ParseJSON words better.
func values(data []byte) (list []json.RawMessage, many bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var v json.RawMessage
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return list, len(list) > 1
		}
		list = append(list, v)
	}
	if len(list) != 1 || !strings.HasPrefix(string(list[0]), "[") {
		return list, len(list) > 1
	}
	var items []json.RawMessage
	var first struct {
		Messages json.RawMessage `json:"messages"`
	}
	if json.Unmarshal(list[0], &items) != nil || len(items) == 0 {
		return nil, false
	}
	return items, json.Unmarshal(items[0], &first) == nil && first.Messages != nil
}
