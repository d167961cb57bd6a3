package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// stateShowing is one `wholly state show`.
type stateShowing struct {
	*app
	cookies, reveal bool
}

func (a *app) stateShow() *cobra.Command {
	show := stateShowing{app: a}
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Tell what is in a state, and what of it ends soon",
		Long: `Tell what is in FILE, or in standard input for -: cookies by domain, storage by
origin, what ends soon. No value of a cookie or of storage is shown.`,
		Example: `  wholly state show storage_state.json
  wholly state show --cookies storage_state.json`,
		Args:              oneSource,
		ValidArgsFunction: completeFirst,
	}
	exits(cmd, "0", "shown", "1", "FILE is not valid, and so is every earlier version", "3", "it failed: there is no FILE, for instance")
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&show.cookies, "cookies", false, "list each cookie, without its value")
	f.BoolVar(&show.reveal, "reveal", false, "list each cookie and each item of storage, with its value")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return show.run(cmd.Context(), args[0]) }
	return cmd
}

// stateJSON is the answer of show.
type stateJSON struct {
	Path        string               `json:"path"`
	Dialect     storagestate.Dialect `json:"dialect"`
	Mix         mixJSON              `json:"mix"`
	Size        int64                `json:"size,omitempty"`
	Modified    *time.Time           `json:"modified,omitempty"`
	Mode        string               `json:"mode,omitempty"`
	Open        bool                 `json:"open"` // the mode lets others at it
	Cookies     cookieCounts         `json:"cookies"`
	Domains     []domainJSON         `json:"domains"`
	Origins     []originJSON         `json:"origins"`
	Credentials int                  `json:"credentials"`
	Invalid     int                  `json:"invalid"`
	Ends        []endJSON            `json:"ends"`
	Warnings    []string             `json:"warnings"`
	List        []cookieJSON         `json:"list,omitempty"`
	Stored      []storedJSON         `json:"stored,omitempty"`
	Recovered   *recoveredJSON       `json:"recovered,omitempty"`
}

// mixJSON counts the cookies that only one kind of program writes.
type mixJSON struct {
	BrowserUse int `json:"browser_use"`
	Playwright int `json:"playwright"`
	Extension  int `json:"extension"`
	Plain      int `json:"plain"`
}

type cookieCounts struct {
	Total       int `json:"total"`
	Session     int `json:"session"`
	Persistent  int `json:"persistent"`
	Expired     int `json:"expired"`
	Partitioned int `json:"partitioned"`
	Bytes       int `json:"bytes"`
}

type domainJSON struct {
	Domain string `json:"domain"`
	cookieCounts
	Next        *endJSON   `json:"next,omitempty"` // the cookie that ends first
	TokenExpiry *time.Time `json:"token_expiry,omitempty"`
}

type areaJSON struct {
	Items int `json:"items"`
	Bytes int `json:"bytes"`
}

type originJSON struct {
	Origin         string     `json:"origin"`
	LocalStorage   areaJSON   `json:"local_storage"`
	SessionStorage areaJSON   `json:"session_storage"`
	IndexedDB      areaJSON   `json:"indexed_db"`
	Databases      int        `json:"databases"`
	TokenExpiry    *time.Time `json:"token_expiry,omitempty"`
}

// endJSON is something that ends, or has ended.
type endJSON struct {
	Kind   string    `json:"kind"`             // cookie or token
	Name   string    `json:"name,omitempty"`   // of the cookie
	Domain string    `json:"domain,omitempty"` // of the cookie, or of the cookies that hold the token
	Origin string    `json:"origin,omitempty"` // that stores the token
	At     time.Time `json:"at"`
}

func (s *stateShowing) run(ctx context.Context, name string) error {
	state, r, err := s.loadState(ctx, name)
	if err != nil {
		return err
	}
	now := time.Now()
	got, err := s.tell(state, now)
	if err != nil {
		return invalid(name, err)
	}
	got.Path, got.Recovered, got.Warnings = name, r, texts(state.Warnings())
	if name != "-" {
		if err := s.tellFile(&got); err != nil {
			return err
		}
	}
	return s.answer(got, func(out io.Writer) { got.print(out, now) })
}

// tellFile adds what the file itself tells.
func (s *stateShowing) tellFile(got *stateJSON) error {
	doc, err := agent.State(got.Path, storagestate.Unknown)
	if err != nil {
		return err
	}
	info, err := os.Stat(doc.Path())
	if os.IsNotExist(err) {
		return nil // recovered, but it could not be mended
	}
	if err != nil {
		return err
	}
	at := info.ModTime()
	got.Size, got.Modified, got.Mode = info.Size(), &at, fmt.Sprintf("%04o", info.Mode().Perm())
	got.Open = openTo(info) != ""
	s.noteOpen(got.Path, info)
	return nil
}

// tell counts and lists what is in state.
func (s *stateShowing) tell(state *storagestate.State, now time.Time) (stateJSON, error) {
	sum := storagestate.Summarize(state, now)
	got := stateJSON{
		Dialect: sum.Dialect, Cookies: countsOf(sum.Cookies), Credentials: sum.Credentials, Invalid: sum.Invalid,
		Mix:     mixJSON{sum.Mix.BrowserUse, sum.Mix.Playwright, sum.Mix.Extension, sum.Mix.Plain},
		Domains: []domainJSON{}, Origins: []originJSON{}, Ends: []endJSON{},
	}
	c, err := contentsOf(state, now)
	if err != nil {
		return got, err
	}
	next := map[string]*cookieJSON{}
	var login *cookieJSON
	for i := range c.cookies {
		cookie := &c.cookies[i]
		if cookie.sooner(next[cookie.host()]) {
			next[cookie.host()] = cookie
		}
		if cookie.login() && cookie.sooner(login) {
			login = cookie
		}
	}
	for _, d := range sum.Domains {
		out := domainJSON{Domain: d.Domain, cookieCounts: countsOf(d.CookieCounts), Next: next[d.Domain].end()}
		if at := d.TokenExpiry; !at.IsZero() {
			out.TokenExpiry = &at
			got.Ends = append(got.Ends, endJSON{Kind: "token", Domain: d.Domain, At: at})
		}
		got.Domains = append(got.Domains, out)
	}
	if login != nil {
		got.Ends = append(got.Ends, *login.end())
	}
	got.addOrigins(sum.Origins)
	s.addLists(&got, c)
	return got, nil
}

func countsOf(c storagestate.CookieCounts) cookieCounts {
	return cookieCounts{c.Total, c.Session, c.Persistent, c.Expired, c.Partitioned, c.Bytes}
}

// end is when c ends; nil for no cookie, and for one that ends with the session.
func (c *cookieJSON) end() *endJSON {
	if c == nil || c.Expires == nil {
		return nil
	}
	return &endJSON{Kind: "cookie", Name: c.Name, Domain: c.Domain, At: *c.Expires}
}

func (got *stateJSON) addOrigins(origins []storagestate.OriginSummary) {
	for _, o := range origins {
		out := originJSON{
			Origin: o.Origin, LocalStorage: areaJSON(o.LocalStorage), SessionStorage: areaJSON(o.SessionStorage),
			IndexedDB: areaJSON(o.IndexedDB), Databases: o.Databases,
		}
		if !o.TokenExpiry.IsZero() {
			out.TokenExpiry = &o.TokenExpiry
			got.Ends = append(got.Ends, endJSON{Kind: "token", Origin: o.Origin, At: o.TokenExpiry})
		}
		got.Origins = append(got.Origins, out)
	}
	slices.SortStableFunc(got.Ends, func(a, b endJSON) int { return a.At.Compare(b.At) })
}

// addLists adds the items one by one, if they were asked for.
func (s *stateShowing) addLists(got *stateJSON, c contents) {
	if !s.reveal {
		for i := range c.cookies {
			c.cookies[i].Value = nil
		}
		c.stored = nil
	}
	if s.cookies || s.reveal {
		got.List = c.cookies
	}
	got.Stored = c.stored
}
