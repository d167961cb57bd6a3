package compare

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"
	"github.com/natefinch/atomic"

	"github.com/wholly-go/wholly/conform"
)

// abilities are what peers can do besides WriteFile, so that a case about it is
// put to them too.
var abilities = map[string]func(*conform.Writer){
	"renameio": func(w *conform.Writer) {
		w.Create = func(path string, perm fs.FileMode) (conform.Stream, error) {
			f, err := renameio.NewPendingFile(path, renameio.WithPermissions(perm), renameio.WithExistingPermissions())
			return pending{f}, err
		}
		w.InRoot = func(root *os.Root, name string, data []byte, perm fs.FileMode) error {
			return renameio.WriteFile(name, data, perm, renameio.WithRoot(root))
		}
	},
	"natefinch/atomic": func(w *conform.Writer) {
		w.WriteFrom = func(ctx context.Context, path string, r io.Reader, _ fs.FileMode) error {
			return atomic.WriteFile(path, whileReader{ctx, r})
		}
	},
	// It makes missing directories unasked.
	"atomically":          func(w *conform.Writer) { w.Parents = w.WriteFile },
	"Python .bak":         keepsBackup,
	"Python .bak + fsync": keepsBackup,
}

func keepsBackup(w *conform.Writer) { w.Beside = []string{".bak"} }

// pending gives a renameio.PendingFile the names of a [conform.Stream].
type pending struct{ f *renameio.PendingFile }

func (p pending) Write(data []byte) (int, error) { return p.f.Write(data) }
func (p pending) Commit() error                  { return p.f.CloseAtomicallyReplace() }
func (p pending) Close() error                   { return p.f.Cleanup() }

// whileReader reads while ctx lasts: how a writer that takes a reader, but no
// context, is cancelled.
type whileReader struct {
	ctx context.Context
	r   io.Reader
}

func (r whileReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
