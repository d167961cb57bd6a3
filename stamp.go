package wholly

import (
	"errors"
	"io/fs"
	"time"
)

// Stamp is a cheap identity of what is at a name: one that compares equal to an
// earlier one, by ==, means the same file with the same size and times of
// change, so that a cache need not read it again. The zero Stamp is that of a
// missing file.
//
// Its limit is the clock of the file system, which ticks every few
// milliseconds: two writes within one tick may give the same times, and a file
// system may give a new file the number of one that is gone. So a stamp tells
// of no change only if it was Settled when it was taken.
type Stamp struct {
	dev, ino          uint64
	size              int64
	modified, changed int64 // nanoseconds since 1970
	exists, wide      bool
}

// Exists reports whether there was a file.
func (s Stamp) Exists() bool { return s.exists }

// Private reports whether the mode lets nobody but the owner at the file, as
// [Policy.Private] will have it. A missing file is private; on Windows, where a
// mode cannot tell, every file is.
func (s Stamp) Private() bool { return !s.wide }

// Size returns the length of the file in bytes.
func (s Stamp) Size() int64 { return s.size }

// Modified returns when the content was last written; the zero time if there
// was no file.
func (s Stamp) Modified() time.Time {
	if !s.exists {
		return time.Time{}
	}
	return time.Unix(0, s.modified)
}

const (
	tick       = 50 * time.Millisecond // several of the slowest kernel clock
	coarseTick = 4 * time.Second       // two of FAT
)

// Settled reports whether s, taken not before now, is old enough to be trusted:
// every change from then on gives another stamp. The file must have rested for
// 50 ms; for 4 s where the file system keeps only whole seconds. It supposes
// that the file system's clock, which on a network is the server's, is not
// behind. A missing file is settled.
func (s Stamp) Settled(now time.Time) bool {
	if !s.exists {
		return true
	}
	last, wait := max(s.modified, s.changed), tick
	if s.modified%1e9 == 0 && s.changed%1e9 == 0 {
		wait = coarseTick
	}
	return now.Sub(time.Unix(0, last)) > wait
}

func (v verbs) stamp(name string) (Stamp, error) {
	t, err := v.resolveFrom(name)
	defer t.close()
	if err == nil && t.exists {
		err = regular(t.info)
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && !t.exists {
		return Stamp{}, nil
	}
	if err != nil {
		return Stamp{}, &Error{"stamp", name, Old, err}
	}
	s := Stamp{dev: t.info.Dev, ino: t.info.Ino, size: t.info.Size, modified: t.info.Modified.UnixNano(), exists: true, wide: wide(t.info.Mode)}
	if !t.info.Changed.IsZero() {
		s.changed = t.info.Changed.UnixNano()
	}
	return s, nil
}
