package play

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/judge"
	"github.com/wholly-go/wholly/lab/internal/peer"
)

// peers are the ways of others: each replaces a file, and makes new ones. They
// are judged as a stranger sees the file. What they leave beside it is theirs.
func peers() (all []Play) {
	for _, p := range peer.All() {
		slug := strings.Trim(notWord.ReplaceAllString(strings.ToLower(p.Name), "-"), "-")
		missing := func() error { return p.Missing(context.Background()) }
		one := Play{
			Name: "peer-" + slug, Title: p.Name, Calls: p.Calls, Promise: p.Promise, Durable: p.Durable,
			Group: Peer, Rules: judge.Rules{}, Missing: missing, Prepare: existing,
			Run: with(p, func(s *Stage, write write) error {
				return each(func(s *Stage, data []byte) error { return write(target, data) })(s)
			}),
		}
		first := one
		first.Name, first.Title = one.Name+"-new", p.Name+", new files"
		first.Prepare = nothing
		first.Run = with(p, func(s *Stage, write write) error {
			return s.firsts(func(n int) string { return fmt.Sprintf("new-%d", n) }, write)
		})
		all = append(all, one, first)
	}
	return all
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// write saves one file below the stage's directory.
type write func(name string, data []byte) error

// with is run with the peer made ready.
func with(p peer.Peer, run func(s *Stage, write write) error) func(*Stage) error {
	return func(s *Stage) (err error) {
		w, err := p.Open(s.Context)
		if err != nil {
			return fmt.Errorf("open %s: %w", p.Name, err)
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		return run(s, func(name string, data []byte) error { return w.WriteFile(s.Path(name), data, 0o640) })
	}
}
