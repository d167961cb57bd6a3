package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// Held is what a state file holds.
type Held struct {
	State     *storagestate.State // never nil
	Keeper    storagestate.Keeper // its record, zero if there is none
	Exists    bool                // false: there is no file; State is empty
	Blank     bool                // the file has no byte in it; State is empty
	Encrypted bool
	Private   bool      // nobody but the owner can read it
	Written   time.Time // zero if there is no file
	Size      int64     // bytes on the disk
	Version   wholly.Version
	// Recovered tells that the file was damaged and an earlier version has
	// taken its place; nil if it was not.
	Recovered *wholly.Recovered
}

// Load reads the file. A missing one, and one without a byte in it and without
// an earlier version, is an empty state. If it is damaged the newest good version
// takes its place, the damaged content is set aside, and Recovered tells so. On
// an error nothing was touched, and no Save will write over the file.
func (f *File) Load() (*Held, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	held, err := f.load()
	f.loaded = err == nil
	if err != nil {
		return nil, f.fail("read", err)
	}
	f.last = content{held.Version, held.State}
	return held, nil
}

func (f *File) load() (*Held, error) {
	p := f.policy(0)
	stamp, err := p.Stamp(f.path)
	if err != nil {
		return nil, err
	}
	if stamp.Size() > agent.MaxSize {
		return nil, fmt.Errorf("%w: %d bytes are more than a state file may have (%d)", wholly.ErrInvalid, stamp.Size(), agent.MaxSize)
	}
	held := &Held{State: f.empty(), Private: true}
	data, err := p.ReadFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, wholly.ErrInvalid):
		return held, nil
	case errors.Is(err, wholly.ErrNoGoodVersion) && stamp.Exists() && stamp.Size() == 0 && !f.hasVersions():
		held.Exists, held.Blank, held.Private = true, true, stamp.Private()
		held.Written = stamp.Modified()
		return held, nil
	case errors.As(err, &held.Recovered):
	case err != nil:
		return nil, err
	}
	held.Exists, held.Encrypted, held.Version = true, Encrypted(data), wholly.VersionOf(data)
	held.Size, held.Written, held.Private = int64(len(data)), stamp.Modified(), stamp.Private()
	if held.State, err = f.read(data); err != nil {
		return nil, err
	}
	held.Keeper = held.State.Keeper()
	return held, nil
}

// read is the state in a content that this program may also write.
func (f *File) read(data []byte) (*storagestate.State, error) {
	s, err := f.decode(data)
	if err != nil {
		return nil, err
	}
	if !s.Recognized() {
		return nil, fmt.Errorf("it %w", ErrNotState)
	}
	if v := s.Keeper().Version; v > storagestate.KeeperVersion {
		return nil, fmt.Errorf("it %w (record %d, known is %d)", ErrNewer, v, storagestate.KeeperVersion)
	}
	return s, nil
}

func (f *File) empty() *storagestate.State {
	return storagestate.Codec{Dialect: f.dialect(storagestate.Unknown)}.New()
}

// dialect is the one to write for a file that has is.
func (f *File) dialect(is storagestate.Dialect) storagestate.Dialect {
	if d := f.options.Dialect; d != storagestate.Unknown {
		return d
	}
	if is == storagestate.Unknown || is == storagestate.BareList {
		return storagestate.Playwright
	}
	return is
}

func (f *File) hasVersions() bool {
	for info, err := range f.Versions() {
		if info.Number > 0 || err != nil && info.Number == 0 && info.Name == "" {
			return true
		}
	}
	return false
}
