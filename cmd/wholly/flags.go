package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

// choice is a flag whose values are a fixed list of words.
type choice[T any] struct {
	word  string
	value T
	kind  string
	words map[string]T
}

func (c *choice[T]) String() string { return c.word }
func (c *choice[T]) Type() string   { return c.kind }

func (c *choice[T]) Set(word string) error {
	value, ok := c.words[word]
	if !ok {
		return fmt.Errorf("%q is unknown: known are %s", word, strings.Join(c.known(), ", "))
	}
	c.word, c.value = word, value
	return nil
}

func (c *choice[T]) known() []string { return slices.Sorted(maps.Keys(c.words)) }

// add gives cmd the flag, and its words to the shell's completion.
func (c *choice[T]) add(cmd *cobra.Command, name, usage string) {
	cmd.Flags().Var(c, name, usage)
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.known(), cobra.ShellCompDirectiveNoFileComp))
}

func checkFlag(cmd *cobra.Command, usage string) *choice[func(io.Reader) error] {
	c := &choice[func(io.Reader) error]{
		kind:  "format",
		words: map[string]func(io.Reader) error{"json": wholly.JSON},
	}
	c.add(cmd, "check", usage)
	return c
}

func durabilityFlag(cmd *cobra.Command) *choice[wholly.Durability] {
	c := &choice[wholly.Durability]{word: "durable", kind: "word", words: map[string]wholly.Durability{
		"durable": wholly.Durable, "ordered": wholly.Ordered, "atomic": wholly.Atomic,
	}}
	c.add(cmd, "durability", "what a power cut leaves: durable the new content, "+
		"ordered old or new, atomic nothing certain")
	return c
}

func linksFlag(cmd *cobra.Command) *choice[wholly.Links] {
	c := &choice[wholly.Links]{word: "follow", kind: "word", words: map[string]wholly.Links{
		"follow": wholly.Follow, "replace": wholly.Replace, "refuse": wholly.Refuse,
	}}
	c.add(cmd, "links", "FILE is a symbolic link: follow, replace or refuse it")
	return c
}

func hardLinksFlag(cmd *cobra.Command) *choice[wholly.HardLinks] {
	c := &choice[wholly.HardLinks]{word: "break", kind: "word", words: map[string]wholly.HardLinks{
		"break": wholly.BreakHardLinks, "refuse": wholly.RefuseHardLinks,
	}}
	c.add(cmd, "hard-links", "FILE has other names: break (they keep the old content) or refuse")
	return c
}

// keep is a number of earlier versions.
type keep int

func (k *keep) String() string { return strconv.Itoa(int(*k)) }
func (k *keep) Type() string   { return "N" }

func (k *keep) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("%q is not a number", s)
	}
	if n < 0 {
		return fmt.Errorf("%d is negative: give how many earlier versions to keep, 0 for none", n)
	}
	*k = keep(n)
	return nil
}

// mode is the permission of a new file, in octal as chmod has it.
type mode uint32

func (m *mode) String() string { return fmt.Sprintf("%04o", uint32(*m)) }
func (m *mode) Type() string   { return "octal" }

func (m *mode) Set(s string) error {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil || n > 0o7777 {
		return fmt.Errorf("%q is not an octal mode such as 0600", s)
	}
	*m = mode(n)
	return nil
}

func (m mode) perm() fs.FileMode {
	perm := fs.FileMode(m) & fs.ModePerm
	for bit, flag := range map[mode]fs.FileMode{
		0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky,
	} {
		if m&bit != 0 {
			perm |= flag
		}
	}
	return perm
}

// wait is the time limit for the lock. The library's zero is a default, here it
// means what it says.
type wait time.Duration

func waitFlag(cmd *cobra.Command) *wait {
	w := wait(30 * time.Second)
	cmd.Flags().Var(&w, "wait", "how long to wait for another writer")
	return &w
}

func (w *wait) String() string { return time.Duration(*w).String() }
func (w *wait) Type() string   { return "time" }

func (w *wait) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil && s != "0" {
		return fmt.Errorf("%q is not a time such as 500ms or 2m", s)
	}
	if d < 0 {
		return errors.New("a time cannot be negative: 0 does not wait")
	}
	*w = wait(d)
	return nil
}

func (w *wait) limit() time.Duration {
	if *w == 0 {
		return -1
	}
	return time.Duration(*w)
}

// seen is a version as write and versions print it.
type seen wholly.Version

func (v *seen) String() string { return string(*v) }
func (v *seen) Type() string   { return "version" }

func (v *seen) Set(s string) error {
	if len(s) != len(wholly.VersionOf(nil)) || strings.Trim(s, "0123456789abcdef") != "" {
		return fmt.Errorf("%q is not a version: 32 hexadecimal digits, as `wholly versions FILE` prints them", s)
	}
	*v = seen(s)
	return nil
}
