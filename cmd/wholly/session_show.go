package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/keeper/vault"
)

// sessionShowing is one `wholly session show`.
type sessionShowing struct {
	*app
	file sessionFile
	soon time.Duration
}

func (a *app) sessionShow() *cobra.Command {
	show := sessionShowing{app: a}
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Tell what is kept in FILE, and what of it ends soon",
		Long: `Tell what is kept in FILE, encrypted or not: cookies by domain, storage by
origin, what ends soon, who saved it and when, and which earlier versions there
are. No value of a cookie or of storage is shown. FILE is not touched, unless it
is damaged: then its newest good version takes its place.`,
		Example: `  wholly session show state.json
  wholly session show --identity key.txt state.json`,
		Args:              oneFile,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "shown", "1", "FILE is not valid, and so is every earlier version",
		"3", "it failed: there is no FILE, or no identity fits, for instance")
	f := cmd.Flags()
	f.SortFlags = false
	show.file.readFlags(cmd)
	f.DurationVar(&show.soon, "soon", 7*24*time.Hour, "what ends within this time ends soon")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return show.run(args[0]) }
	return cmd
}

// sessionJSON is the answer of show.
type sessionJSON struct {
	Path      string            `json:"path"`
	Dialect   string            `json:"dialect"`
	Encrypted bool              `json:"encrypted"`
	Size      int64             `json:"size"`
	Written   time.Time         `json:"written"`
	AgeMS     int64             `json:"age_ms"`
	Open      bool              `json:"open"` // the mode lets others at it
	Kept      *keptJSON         `json:"kept,omitempty"`
	Cookies   cookieCounts      `json:"cookies"`
	Domains   []domainJSON      `json:"domains"`
	Origins   []originJSON      `json:"origins"`
	Ends      []endJSON         `json:"ends"`
	Soon      []endJSON         `json:"soon"`
	Versions  []keptVersionJSON `json:"versions"`
	Invalid   int               `json:"invalid"`
	Warnings  []string          `json:"warnings"`
	Recovered *recoveredJSON    `json:"recovered,omitempty"`
}

// keptJSON is what the keeper that saved the file says of itself.
type keptJSON struct {
	SavedAt    time.Time `json:"saved_at"`
	Browser    string    `json:"browser,omitempty"`
	Generation int64     `json:"generation"`
}

// keptVersionJSON is an earlier version.
type keptVersionJSON struct {
	Number int       `json:"number"`
	Name   string    `json:"name"`
	Time   time.Time `json:"time"`
	Size   int64     `json:"size"`
	Valid  bool      `json:"valid"`
}

func (s *sessionShowing) run(name string) error {
	f, err := s.file.open(name)
	if errors.Is(err, vault.ErrExposed) {
		s.note("%s: %v; what is in it may be anybody's", shown(name), vault.ErrExposed)
		err = nil
	}
	if err != nil {
		return err
	}
	held, r, err := s.held(name, f)
	if err != nil {
		return err
	}
	now := time.Now()
	got, err := s.tell(held, now)
	if err != nil {
		return invalid(name, err)
	}
	got.Path, got.Recovered = name, r
	if got.Versions, err = earlierVersions(f); err != nil {
		return fileAsGiven(name, f, err)
	}
	warn(s.app, name, held.State.Warnings())
	if got.Open {
		s.note("%s lets others at it, and it holds live logins: chmod 600 %s", shown(name), quote(name))
	}
	return s.answer(got, func(out io.Writer) { got.print(out, now) })
}

// tell says what is in a held state, in the words of state show.
func (s *sessionShowing) tell(held *vault.Held, now time.Time) (sessionJSON, error) {
	state, err := (&stateShowing{app: s.app}).tell(held.State, now)
	if err != nil {
		return sessionJSON{}, err
	}
	got := sessionJSON{
		Dialect: state.Dialect.String(), Encrypted: held.Encrypted, Size: held.Size,
		Written: held.Written, AgeMS: now.Sub(held.Written).Milliseconds(), Open: !held.Private,
		Cookies: state.Cookies, Domains: state.Domains, Origins: state.Origins, Ends: state.Ends,
		Invalid: state.Invalid, Soon: []endJSON{}, Warnings: texts(held.State.Warnings()),
	}
	if k := held.Keeper; k.Version > 0 {
		got.Kept = &keptJSON{k.SavedAt, k.Browser, k.Generation}
	}
	c, err := contentsOf(held.State, now)
	if err != nil {
		return got, err
	}
	for i := range c.cookies {
		if end := c.cookies[i].end(); end != nil {
			got.addSoon(*end, now, s.soon)
		}
	}
	for _, end := range state.Ends {
		if end.Kind == "token" {
			got.addSoon(end, now, s.soon)
		}
	}
	slices.SortStableFunc(got.Soon, func(a, b endJSON) int { return a.At.Compare(b.At) })
	return got, nil
}

// addSoon notes what has not ended yet and will within soon.
func (s *sessionJSON) addSoon(end endJSON, now time.Time, soon time.Duration) {
	if end.At.After(now) && end.At.Before(now.Add(soon)) {
		s.Soon = append(s.Soon, end)
	}
}

func earlierVersions(f *vault.File) ([]keptVersionJSON, error) {
	all := []keptVersionJSON{}
	for v, err := range f.Versions() {
		if err != nil && v.Name == "" && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if v.Number > 0 {
			all = append(all, keptVersionJSON{v.Number, v.Name, v.Time, v.Size, err == nil && v.Damage == nil})
		}
	}
	return all, nil
}

func missing(name string) error {
	return &wholly.Error{Op: "read", Path: name, State: wholly.Old, Err: fs.ErrNotExist}
}

const soonShown = 10

func (s sessionJSON) print(out io.Writer, now time.Time) {
	parts := []string{s.Dialect}
	if s.Encrypted {
		parts = append(parts, "encrypted")
	}
	parts = append(parts, bytesText(s.Size), "written "+spell(s.Written, now))
	fmt.Fprintf(out, "%s: %s\n", shown(s.Path), strings.Join(parts, ", "))
	if k := s.Kept; k != nil {
		fmt.Fprintf(out, "saved by a keeper %s, the %s time", spell(k.SavedAt, now), ordinal(k.Generation))
		if k.Browser != "" {
			fmt.Fprintf(out, ", from %s", cell(k.Browser))
		}
		fmt.Fprintln(out)
	}
	state := stateJSON{Cookies: s.Cookies, Domains: s.Domains, Origins: s.Origins, Ends: s.Ends, Invalid: s.Invalid}
	fmt.Fprintf(out, "%s\n%s\n", state.cookieTotals(), state.storageTotals())
	state.printDomains(out, now)
	state.printOrigins(out, now)
	s.printVersions(out, now)
	state.printEnds(out, now)
	s.printSoon(out, now)
}

// ordinal is "1st", "22nd".
func ordinal(n int64) string {
	end := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return count(n) + end
}

func (s sessionJSON) printVersions(out io.Writer, now time.Time) {
	if len(s.Versions) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nearlier version\twritten\tsize\t")
	for _, v := range s.Versions {
		what := ""
		if !v.Valid {
			what = "damaged"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", v.Number, spell(v.Time, now), bytesText(v.Size), what)
	}
	w.Flush()
}

// printSoon tells what ends soon, and has not been told as the first login or
// token to end.
func (s sessionJSON) printSoon(out io.Writer, now time.Time) {
	if len(s.Soon) == 0 {
		return
	}
	fmt.Fprintln(out, "\nends soon:")
	for _, e := range s.Soon[:min(soonShown, len(s.Soon))] {
		what := e.token()
		if e.Kind == "cookie" {
			what = fmt.Sprintf("cookie %s of %s", cell(e.Name), cell(e.Domain))
		}
		fmt.Fprintf(out, "  %s %s\n", what, spell(e.At, now))
	}
	if more := len(s.Soon) - soonShown; more > 0 {
		fmt.Fprintf(out, "  and %s more\n", count(int64(more)))
	}
}
