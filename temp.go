package wholly

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"strings"

	"github.com/wholly-go/wholly/internal/disk"
)

// Temp files and locks are recognised by their names alone. None contains the
// name of the file it serves where that could exceed what a directory holds.
const (
	tempPrefix = ".wholly-"
	lockSuffix = ".wholly-lock"
	maxName    = 255 // bytes, on every common file system
)

const tempLetters = "0123456789abcdefghijklmnopqrstuv"

// tempName returns ".wholly-" and 13 random letters.
func tempName() string {
	var name [len(tempPrefix) + 13]byte
	copy(name[:], tempPrefix)
	r := rand.Uint64()
	for i := len(tempPrefix); i < len(name); i++ {
		name[i] = tempLetters[r&31]
		r >>= 5
	}
	return string(name[:])
}

// lockName returns the name of the lock for the file name.
func lockName(name string) string {
	if len(name)+1+len(lockSuffix) <= maxName {
		return "." + name + lockSuffix
	}
	h := fnv.New128a()
	h.Write([]byte(name))
	return fmt.Sprintf(".%x%s", h.Sum(nil), lockSuffix)
}

// isLeftover reports whether name is one that only a writer at work uses.
func isLeftover(name string) bool {
	if strings.HasPrefix(name, tempPrefix) && len(name) == len(tempPrefix)+13 {
		return strings.Trim(name[len(tempPrefix):], tempLetters) == ""
	}
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, lockSuffix)
}

// createTemp makes a temp file and locks it, so that Sweep can tell that its
// writer lives. A Sweep that comes between the two steps is noticed.
func createTemp(dir disk.Dir, perm fs.FileMode) (f disk.File, name string, info disk.Info, err error) {
	for range 1000 {
		name = tempName()
		f, err = dir.Create(name, perm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, "", info, err
		}
		held, err := f.TryLock()
		if errors.Is(err, disk.ErrUnsupported) {
			held, err = true, nil // Sweep cannot lock it either, and leaves it
		}
		if err == nil {
			info, err = f.Stat()
		}
		swept := info.Links == 0 && info.Ino != 0
		if err == nil && held && !swept {
			return f, name, info, nil
		}
		dir.Remove(name)
		f.Close()
		if err != nil {
			return nil, "", info, err
		}
	}
	return nil, "", info, fmt.Errorf("no free name for a temp file: %w", fs.ErrExist)
}
