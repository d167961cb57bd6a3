package judge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/mark"
)

// Known is every content that a recording knows.
type Known struct {
	names []string // sorted
	sums  map[string]map[[sha256.Size]byte][]int
}

// Learn takes them from all marks of a recording. A sum is learnt from any mark
// of its generation.
func Learn(marks []mark.Mark) *Known {
	k := &Known{sums: map[string]map[[sha256.Size]byte][]int{}}
	for _, m := range marks {
		if m.Name == "" {
			continue
		}
		of := k.sums[m.Name]
		if of == nil {
			of = map[[sha256.Size]byte][]int{}
			k.sums[m.Name] = of
		}
		var sum [sha256.Size]byte
		if n, err := hex.Decode(sum[:], []byte(m.Sum)); err == nil && n == len(sum) && !slices.Contains(of[sum], m.Gen) {
			of[sum] = append(of[sum], m.Gen)
		}
	}
	k.names = slices.Sorted(maps.Keys(k.sums))
	return k
}

// generations are those of the file name that have this content; none if it is
// not whole.
func (k *Known) generations(name string, data []byte) (gens []int) {
	if of := k.sums[name]; len(of) > 0 {
		gens = slices.Clone(of[sha256.Sum256(data)])
	}
	if gen, ok := mark.Generation(data); ok && !slices.Contains(gens, gen) {
		gens = append(gens, gen)
	}
	return gens
}

// classify says what data, a content of the file name, is.
func (k *Known) classify(name string, data []byte) Content {
	c := Content{Size: len(data), gens: k.generations(name, data)}
	switch {
	case len(c.gens) > 0:
		c.Class = Good
	case len(data) == 0:
		c.Class = Empty
	case len(bytes.TrimLeft(data, "\x00")) == 0:
		c.Class = Zeros
	default:
		c.Class = Torn
	}
	return c
}

// check is the policy's Check for the file name.
func (k *Known) check(name string, r Rules) func(io.Reader) error {
	return func(from io.Reader) error {
		data, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		c := k.classify(name, data)
		if c.Class != Good {
			return errors.New(c.Class.String())
		}
		if r.Recovers && len(without(c.gens, 0)) == 0 {
			return errors.New("damaged from the start")
		}
		return nil
	}
}

// role is what a path is to the recording.
type role uint8

const (
	nobody role = iota
	itself
	backup
	aside // damaged content, set aside
)

// owner says to which known file a path belongs, and as what; n is the number
// of a backup.
func (k *Known) owner(path string) (name string, r role, n int) {
	if k.sums[path] != nil {
		return path, itself, 0
	}
	if i := strings.LastIndex(path, ".bad-"); i > 0 && k.sums[path[:i]] != nil {
		return path[:i], aside, 0
	}
	i := strings.LastIndex(path, ".bak")
	if i <= 0 || k.sums[path[:i]] == nil {
		return "", nobody, 0
	}
	switch rest := path[i+len(".bak"):]; {
	case rest == "":
		return path[:i], backup, 1
	case rest[0] == '.':
		if n, err := strconv.Atoi(rest[1:]); err == nil && n > 1 && rest == "."+strconv.Itoa(n) {
			return path[:i], backup, n
		}
	}
	return "", nobody, 0
}
