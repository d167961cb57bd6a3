package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/conversation"
)

// Talk is one file of a conversation log: what was said to a model at one step
// and what it answered.
type Talk struct {
	AgentID      string
	Step         int // from 1
	Conversation conversation.Conversation
}

// SaveConversation writes one file of the log in the directory dir, which is
// made, with its parents, if it is not there, and returns the file's path.
// encoding is any name of the WHATWG or of Python; empty is UTF-8. A character
// that the encoding lacks is an error (*conversation.EncodingError) before
// anything is made or written. A file of the same step is replaced.
func SaveConversation(ctx context.Context, dir string, t Talk, encoding string) (string, error) {
	paths, err := SaveConversations(ctx, Private(), dir, []Talk{t}, encoding)
	return paths[0], err
}

// ErrTwice: two conversations are of one agent and one step.
var ErrTwice = errors.New("given twice")

// writers is how many files are saved at a time: their flushes overlap.
const writers = 8

// SaveConversations is SaveConversation for many. All are encoded before the
// first is written: an error of one of them leaves everything as it was. If
// writing fails, or ctx ends, the error joins what happened to each, and paths
// holds those that were written; the others are empty.
func SaveConversations(ctx context.Context, p wholly.Policy, dir string, talks []Talk, encoding string) (paths []string, err error) {
	paths = make([]string, len(talks))
	names, contents, err := encodeTalks(talks, encoding)
	if err != nil {
		return paths, err
	}
	full, err := resolve(dir)
	if err != nil || len(talks) == 0 {
		return paths, err
	}
	d, err := p.OpenDir(full)
	if err != nil {
		return paths, err
	}
	defer d.Close()
	errs := make([]error, len(talks))
	turn := make(chan struct{}, writers)
	var group sync.WaitGroup
	for i := range talks {
		turn <- struct{}{}
		group.Go(func() {
			defer func() { <-turn }()
			if errs[i] = ctx.Err(); errs[i] == nil {
				errs[i] = d.WriteFile(names[i], contents[i], 0o600)
			}
			if errs[i] == nil {
				paths[i] = filepath.Join(full, names[i])
			}
		})
	}
	group.Wait()
	return paths, errors.Join(errs...)
}

// encodeTalks returns the name and the content of each file, or an error of one.
func encodeTalks(talks []Talk, encoding string) (names []string, contents [][]byte, err error) {
	enc, err := conversation.LookupEncoding(encoding)
	if err != nil {
		return nil, nil, err
	}
	names, contents = make([]string, len(talks)), make([][]byte, len(talks))
	seen := map[string]bool{}
	for i, t := range talks {
		if names[i], err = conversation.FileName(t.AgentID, t.Step); err != nil {
			return nil, nil, err
		}
		if seen[names[i]] {
			return nil, nil, fmt.Errorf("%s: %w", names[i], ErrTwice)
		}
		seen[names[i]] = true
		text, err := t.Conversation.Text()
		if err == nil {
			contents[i], err = enc.Encode(text)
		}
		if err != nil {
			return nil, nil, &wholly.Error{Op: "write", Path: names[i], State: wholly.Old, Err: err}
		}
	}
	return names, contents, nil
}
