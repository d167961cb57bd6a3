package report

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/wholly-go/wholly"
)

// Write makes dir if it is not there and writes the page as name.md and
// name.html. Each file is on the disk as a whole or as it was before; after an
// error one of them may be new already.
func Write(ctx context.Context, dir, name string, p Page) error {
	page, err := p.HTML()
	if err != nil {
		return fmt.Errorf("make page %s: %w", name, err)
	}
	policy := wholly.Policy{MkdirMode: 0o755}
	for _, f := range []struct {
		end  string
		data []byte
	}{{".md", p.Markdown()}, {".html", page}} {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("write page %s: %w", name, err)
		}
		if err := policy.WriteFile(filepath.Join(dir, name+f.end), f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
