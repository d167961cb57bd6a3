package wholly

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"runtime"
)

func (v verbs) create(name string, perm fs.FileMode) (*File, error) {
	f, err := v.begin("write", name, perm)
	if err != nil {
		return nil, err
	}
	f.sum, f.stale = sha256.New(), true
	// A File that is forgotten must not keep its temp for the life of the
	// process.
	runtime.SetFinalizer(f, func(f *File) { f.Close() })
	return f, nil
}

func (v verbs) writeFile(name string, data []byte, perm fs.FileMode) error {
	f, err := v.begin("write", name, perm)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// chunk is how much of a stream is written between two looks at the context.
const chunk = 128 << 10

func (v verbs) writeFrom(ctx context.Context, name string, r io.Reader, perm fs.FileMode) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, &Error{"write", name, Old, err}
	}
	f, err := v.create(name, perm)
	if err != nil {
		return Result{}, err
	}
	defer f.Close()
	if err := f.fill(ctx, r); err != nil {
		return Result{}, err
	}
	err = f.commitWithin(ctx)
	return f.result, err
}

// fill writes everything r yields.
func (f *File) fill(ctx context.Context, r io.Reader) error {
	buf := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return &Error{f.op, f.target.path, Old, err}
		}
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := f.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &Error{f.op, f.target.path, Old, fmt.Errorf("read the new content: %w", err)}
		}
	}
}
