package main

import (
	"errors"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/keeper/vault"
	"github.com/wholly-go/wholly/agent/storagestate"
)

func (a *app) session() *cobra.Command {
	return family("session",
		"Keep the logins of a running browser",
		`The logins of a running Chromium, kept in a file as they change and put back into
another browser: cookies, localStorage, sessionStorage and IndexedDB. FILE is a
storage state that Playwright and browser-use read. No verb shows a value of it.`,
		`  wholly session keep --cdp 127.0.0.1:9222 state.json
  wholly session load --cdp 127.0.0.1:9222 state.json`,
		a.sessionKeep(), a.sessionSave(), a.sessionLoad(), a.sessionShow())
}

// sessionFile is what the flags say of FILE.
type sessionFile struct {
	dialect    *choice[storagestate.Dialect]
	allowEmpty bool
	encryptTo  []string
	identities []string
}

// readFlags are those of a verb that reads FILE.
func (s *sessionFile) readFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&s.identities, "identity", nil, "`FILE` of age identities to read the file with")
}

// writeFlags are those of a verb that writes FILE.
func (s *sessionFile) writeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	s.dialect = dialectFlag(cmd, "dialect", "playwright or browser-use, if not as FILE is",
		storagestate.Playwright, storagestate.BrowserUse)
	f.StringArrayVar(&s.encryptTo, "encrypt-to", nil, "age `RECIPIENT` (age1…) to encrypt FILE to")
	s.readFlags(cmd)
	f.BoolVar(&s.allowEmpty, "allow-empty", false, "nothing may replace something in FILE")
}

// options reads what the flags name. An error about them is one of usage.
func (s *sessionFile) options() (vault.Options, error) {
	o := vault.Options{AllowEmpty: s.allowEmpty}
	if s.dialect != nil {
		o.Dialect = s.dialect.value
	}
	for _, text := range s.encryptTo {
		got, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return o, usagef("--encrypt-to %s: not an age recipient: age1… is wanted", shown(text))
		}
		o.Recipients = append(o.Recipients, got...)
	}
	for _, name := range s.identities {
		got, err := identitiesIn(name)
		if err != nil {
			return o, err
		}
		o.Identities = append(o.Identities, got...)
	}
	return o, nil
}

// identitiesIn reads a file of age identities. No error tells what is in it.
func identitiesIn(name string) ([]age.Identity, error) {
	if err := bounded(name); err != nil {
		return nil, err
	}
	data, err := wholly.ReadFile(name)
	if err != nil {
		return nil, err
	}
	got, err := age.ParseIdentities(strings.NewReader(string(data)))
	if err != nil {
		return nil, invalid(name, errors.New("no age identities: a line AGE-SECRET-KEY-1… is wanted"))
	}
	return got, nil
}

// open opens FILE for the verb. With ErrExposed there is a file all the same.
func (s *sessionFile) open(name string) (*vault.File, error) {
	o, err := s.options()
	if err != nil {
		return nil, err
	}
	f, err := vault.Open(name, o)
	return f, fileAsGiven(name, f, err)
}

// fileAsGiven has an error of f name the file as the user did.
func fileAsGiven(name string, f *vault.File, err error) error {
	var e *wholly.Error
	if errors.As(err, &e) && (f == nil || e.Path == f.Path()) {
		return &wholly.Error{Op: e.Op, Path: name, State: e.State, Err: e.Err}
	}
	return err
}

// held returns what is in FILE, or that there is no FILE: a name that was mistyped
// is no empty state.
func (a *app) held(name string, f *vault.File) (*vault.Held, *recoveredJSON, error) {
	held, err := f.Load()
	if err != nil {
		return nil, nil, fileAsGiven(name, f, err)
	}
	if !held.Exists {
		return nil, nil, missing(name)
	}
	if held.Recovered == nil {
		return held, nil, nil
	}
	r, _ := a.recovered(held.Recovered)
	return held, r, nil
}
