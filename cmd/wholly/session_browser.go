package main

import (
	"context"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/wholly-go/wholly/agent/keeper"
)

// browserFlags say which browser, and what of it.
type browserFlags struct {
	cdp     string
	profile string
	launch  bool
	window  bool
	hosts   []string
	context string
	noIDB   bool
	options keeper.Options
}

// whichFlags name the browser.
func (b *browserFlags) whichFlags(cmd *cobra.Command, launches bool) {
	f := cmd.Flags()
	f.StringVar(&b.cdp, "cdp", "", "`ADDR` of the browser: host:port, http://… or ws://…")
	profile := "`DIR` of the profile of a running browser"
	if launches {
		f.BoolVar(&b.launch, "launch", false, "start one: $CHROME_BIN, or a Chromium on $PATH")
		f.BoolVar(&b.window, "window", false, "with --launch: in a window")
		profile = "`DIR` of the profile, of a running one or a new one"
	}
	f.StringVar(&b.profile, "profile-dir", "", profile)
	f.StringArrayVar(&b.hosts, "allow-host", nil, "`HOST` that --cdp may name, beside this machine")
	f.StringVar(&b.context, "context", "", "`ID` of the browser context, if not the default")
}

// whatFlags say what is captured.
func (b *browserFlags) whatFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&b.options.Domains, "domain", nil, "only this `DOMAIN` and what is below it")
	f.StringArrayVar(&b.options.ExcludeDomains, "exclude-domain", nil, "not this `DOMAIN`, nor what is below it")
	f.StringArrayVar(&b.options.Origins, "origin", nil, "this `ORIGIN` too, though no tab shows it")
	f.BoolVar(&b.noIDB, "no-indexeddb", false, "leave IndexedDB as it is in FILE")
}

// one wants exactly one browser to be named.
func (b *browserFlags) one() error {
	switch {
	case b.cdp == "" && b.profile == "" && !b.launch:
		return usagef("which browser? --cdp host:port, --profile-dir DIR or --launch")
	case b.cdp != "" && (b.profile != "" || b.launch):
		return usagef("--cdp names a running browser: --profile-dir and --launch exclude it")
	case b.window && !b.launch:
		return usagef("--window is for --launch")
	}
	return nil
}

func (b *browserFlags) keeperOptions() keeper.Options {
	o := b.options
	o.Context, o.AllowHosts, o.NoIndexedDB = b.context, b.hosts, b.noIDB
	return o
}

// endpoint finds the browser, or starts it: launched is then not nil, and is the
// caller's to close.
func (b *browserFlags) endpoint(ctx context.Context) (at string, launched *keeper.Browser, err error) {
	switch {
	case b.launch:
		launched, err = keeper.Launch(ctx, keeper.Launching{Profile: b.profile, Window: b.window})
		if err != nil {
			return "", nil, err
		}
		return launched.Endpoint(), launched, nil
	case b.profile != "":
		at, err = keeper.ProfileEndpoint(b.profile)
		return at, nil, err
	}
	return b.cdp, nil, nil
}

// listens is the host and port of an endpoint: the rest of it is a password.
func listens(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Host
}

// reportJSON is what a capture or a restore did, and what it could not do.
type reportJSON struct {
	Cookies        int        `json:"cookies"`
	Origins        int        `json:"origins"`
	LocalStorage   int        `json:"local_storage"`
	SessionStorage int        `json:"session_storage"`
	Databases      int        `json:"databases"`
	Records        int        `json:"records"`
	Deleted        int        `json:"deleted"`
	Whole          bool       `json:"whole"`
	Left           []leftJSON `json:"left"`
}

// leftJSON is something that was not done, or not as it should be.
type leftJSON struct {
	What   string     `json:"what"` // refused, lossy, skipped, stale or not opened
	Item   string     `json:"item"`
	Reason string     `json:"reason,omitempty"`
	Count  int        `json:"count,omitempty"` // of lossy parts
	Since  *time.Time `json:"since,omitempty"` // of a stale tab
}

func reportOf(r keeper.Report) reportJSON {
	out := reportJSON{
		Cookies: r.Cookies, Origins: r.Origins, LocalStorage: r.LocalStorage, SessionStorage: r.SessionStorage,
		Databases: r.Databases, Records: r.Records, Deleted: r.Deleted, Whole: r.Whole(), Left: []leftJSON{},
	}
	add := func(l leftJSON) { out.Left = append(out.Left, l) }
	for _, x := range r.Refused {
		add(leftJSON{What: "refused", Item: x.Item.String(), Reason: x.Reason})
	}
	for _, x := range r.Lossy {
		add(leftJSON{What: "lossy", Item: x.Type + " in " + x.Store + " of " + x.Database + " of " + x.Origin + " at " + x.Path, Count: x.Count,
			Reason: "the notation of the file has no word for it"})
	}
	for _, x := range r.Skipped {
		item := x.Origin
		if x.Database != "" {
			item = x.Database + " of " + item
		}
		add(leftJSON{What: "skipped", Item: item, Reason: x.Reason})
	}
	for _, x := range r.Stale {
		add(leftJSON{What: "stale", Item: "a tab of " + x.Tab, Reason: "it does not answer", Since: &x.Since})
	}
	for _, x := range r.Opened {
		if x.Reason != "" {
			add(leftJSON{What: "not opened", Item: x.Tab, Reason: x.Reason})
		}
	}
	return out
}

// String is "3 cookies, 2 origins with 5 items and 1 database".
func (r reportJSON) String() string {
	line := plural(int64(r.Cookies), "cookie", "cookies") + ", " + plural(int64(r.Origins), "origin", "origins")
	if n := r.LocalStorage + r.SessionStorage; n+r.Databases > 0 {
		line += " with " + plural(int64(n), "item", "items")
	}
	if r.Databases > 0 {
		line += " and " + plural(int64(r.Databases), "database", "databases")
	}
	return line
}

// noteLeft tells people what was not done.
func (a *app) noteLeft(r reportJSON) {
	for _, l := range r.Left {
		a.note("%s: %s: %s", l.What, shown(l.Item), shown(l.Reason))
	}
}
