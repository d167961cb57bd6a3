package compare

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"

	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/peer"
)

// Contestant is one writer that is put through the table.
type Contestant struct {
	peer.Peer
	able func(*conform.Writer) // sets what it can do besides WriteFile; may be nil
}

// All returns this library and then its peers. Packages that are fetched lie
// below the directory cache; see [peer.Under].
func All(cache string) []Contestant {
	all := []Contestant{ours()}
	for _, p := range peer.Under(cache) {
		all = append(all, Contestant{p, abilities[p.Name]})
	}
	return all
}

// Ours is the name of this library among the contestants.
const Ours = "wholly"

// Serve is the process of one contestant, started by command in a directory
// that is its own: it runs the table there and writes the report to out as
// JSON. When the suite starts the command again for one case, Serve does that
// case, and the process ends in it.
func (c Contestant) Serve(ctx context.Context, command []string, out io.Writer) error {
	w := c.writer(ctx, command)
	conform.Main(w)
	if err := w.Ready(); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(conform.Run(ctx, w, "."))
}

func (c Contestant) writer(ctx context.Context, command []string) conform.Writer {
	var ready *peer.Writer
	w := conform.Writer{
		Name:    c.Name,
		Command: command,
		Ready: func() (err error) {
			ready, err = c.Open(ctx)
			return err
		},
		WriteFile: func(path string, data []byte, perm fs.FileMode) error {
			return ready.WriteFile(path, data, perm)
		},
	}
	if c.able != nil {
		c.able(&w)
	}
	return w
}
