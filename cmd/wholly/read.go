package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
)

func (a *app) read() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "read FILE",
		Short: "Print FILE, or its newest good version",
		Long: `Print FILE. If it fails its check, the newest earlier version that passes takes
its place and is printed, the bad content is set aside as FILE.bad-TIME, and a
note on stderr says so.`,
		Example: `  wholly read --check json state.json | jq .cookies
  wholly read --version 2 state.json > two-writes-ago.json`,
		GroupID:           groupFile,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd,
		"0", "printed (with a note on stderr if it had to be recovered)",
		"1", "it fails its check, and so does every earlier version",
		"3", "it failed; nothing was changed",
		"4", "busy",
		"130", "interrupted")
	var policy wholly.Policy
	var number int
	f := cmd.Flags()
	f.SortFlags = false
	check := checkFlag(cmd, "recover if the content is not: json")
	f.BoolVar(&policy.Strict, "strict", false, "do not recover: a bad content is an error (exit 1)")
	f.IntVar(&number, "version", 0, "print earlier version `N`, 1 being the newest of them; it is never recovered")
	wait := waitFlag(cmd)

	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if number < 0 {
			return usagef("--version %d is negative: 0 is the current content, 1 the newest earlier one", number)
		}
		policy.Check, policy.Wait = check.value, wait.limit()
		if policy.Check == nil && !a.json {
			return a.stream(policy, args[0], number)
		}
		if number > 0 {
			return a.readVersion(policy, args[0], number)
		}
		return a.readCurrent(policy, args[0])
	}
	return cmd
}

// stream prints a content that nobody checks, of any size.
func (a *app) stream(p wholly.Policy, name string, number int) error {
	f, err := p.Open(name, number)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(a.out, f)
	return err
}

func (a *app) readCurrent(p wholly.Policy, name string) error {
	data, err := p.ReadFile(name)
	var recovered *wholly.Recovered
	if err != nil && !errors.As(err, &recovered) {
		return err
	}
	if recovered != nil {
		a.note("%s", shown(recovered.Error()))
	}
	return a.content(name, 0, data, recovered)
}

// readVersion prints one earlier version, after its check.
func (a *app) readVersion(p wholly.Policy, name string, number int) error {
	data, err := versionContent(p, name, number)
	if err != nil {
		return err
	}
	if p.Check != nil {
		if err := p.Check(bytes.NewReader(data)); err != nil {
			err = fmt.Errorf("version %d: %w: %w", number, wholly.ErrInvalid, err)
			return &wholly.Error{Op: a.verb, Path: name, State: wholly.Old, Err: err}
		}
	}
	return a.content(name, number, data, nil)
}

func versionContent(p wholly.Policy, name string, number int) ([]byte, error) {
	f, err := p.Open(name, number)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// contentJSON is the answer of read. One of Content and Base64 is there:
// JSON strings cannot hold what is not UTF-8.
type contentJSON struct {
	Path      string         `json:"path"`
	Number    int            `json:"number"`
	Size      int            `json:"size"`
	Version   wholly.Version `json:"version"`
	Content   *string        `json:"content,omitempty"`
	Base64    []byte         `json:"base64,omitempty"`
	Recovered *recoveredJSON `json:"recovered,omitempty"`
}

type recoveredJSON struct {
	From     string `json:"from"`
	SetAside string `json:"set_aside"`
	Damage   string `json:"damage"`
	Repair   string `json:"repair"`
}

func (a *app) content(name string, number int, data []byte, r *wholly.Recovered) error {
	if !a.json {
		_, err := a.out.Write(data)
		return err
	}
	c := contentJSON{Path: name, Number: number, Size: len(data), Version: wholly.VersionOf(data)}
	if utf8.Valid(data) {
		text := string(data)
		c.Content = &text
	} else {
		c.Base64 = data
	}
	if r != nil {
		c.Recovered = &recoveredJSON{From: r.From, SetAside: r.SetAside, Damage: r.Damage.Error()}
		if r.Repair != nil {
			c.Recovered.Repair = r.Repair.Error()
		}
	}
	return writeJSON(a.out, c)
}
