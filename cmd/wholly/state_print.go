package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

func (s stateJSON) print(out io.Writer, now time.Time) {
	parts := []string{s.dialects()}
	if s.Modified != nil {
		parts = append(parts, bytesText(s.Size), "written "+spell(*s.Modified, now))
	}
	name := s.Path
	if name == "-" {
		name = "standard input"
	}
	fmt.Fprintf(out, "%s: %s\n%s\n%s\n", shown(name), strings.Join(parts, ", "), s.cookieTotals(), s.storageTotals())
	s.printDomains(out, now)
	s.printOrigins(out, now)
	s.printList(out, now)
	s.printStored(out)
	s.printEnds(out, now)
}

// dialects names the dialect, and who else wrote cookies.
func (s stateJSON) dialects() string {
	var of []string
	for _, d := range []struct {
		n    int
		name string
	}{
		{s.Mix.BrowserUse, storagestate.BrowserUse.String()},
		{s.Mix.Playwright, storagestate.Playwright.String()},
		{s.Mix.Extension, "an extension"},
	} {
		if d.n > 0 {
			of = append(of, fmt.Sprintf("%s of %s", count(int64(d.n)), d.name))
		}
	}
	name := s.Dialect.String()
	if s.Dialect == storagestate.Unknown {
		name = "no dialect yet"
	}
	if len(of) < 2 {
		return name
	}
	return name + " (mixed cookies: " + strings.Join(of, ", ") + ")"
}

func (s stateJSON) cookieTotals() string {
	c := s.Cookies
	line := plural(int64(c.Total), "cookie", "cookies")
	if c.Total > 0 {
		line += fmt.Sprintf(" (%s): %s persistent, %s for the session, %s expired; %s partitioned", bytesText(int64(c.Bytes)),
			count(int64(c.Persistent)), count(int64(c.Session)), count(int64(c.Expired)), count(int64(c.Partitioned)))
	}
	return line
}

func (s stateJSON) storageTotals() string {
	var items, bytes int
	for _, o := range s.Origins {
		items += o.LocalStorage.Items + o.SessionStorage.Items + o.IndexedDB.Items
		bytes += o.LocalStorage.Bytes + o.SessionStorage.Bytes + o.IndexedDB.Bytes
	}
	line := plural(int64(len(s.Origins)), "origin", "origins")
	if len(s.Origins) > 0 {
		line += fmt.Sprintf(" with %s (%s)", plural(int64(items), "item", "items"), bytesText(int64(bytes)))
	}
	if s.Credentials > 0 {
		line += ", " + plural(int64(s.Credentials), "passkey", "passkeys")
	}
	if s.Invalid > 0 {
		line += ", " + plural(int64(s.Invalid), "item that makes no sense", "items that make no sense")
	}
	return line
}

func (s stateJSON) printDomains(out io.Writer, now time.Time) {
	if len(s.Domains) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\ndomain\tcookies\tsession\tpersistent\texpired\tpartitioned\tends first")
	for _, d := range s.Domains {
		next := "-"
		if d.Next != nil {
			next = cell(d.Next.Name) + " " + spell(d.Next.At, now)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", cell(d.Domain),
			some(d.Total), some(d.Session), some(d.Persistent), some(d.Expired), some(d.Partitioned), next)
	}
	w.Flush()
}

// some is a number in a table, where a nought only gets in the way.
func some(n int) string {
	if n == 0 {
		return "-"
	}
	return count(int64(n))
}

func (s stateJSON) printOrigins(out io.Writer, now time.Time) {
	if len(s.Origins) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\norigin\tlocalStorage\tsessionStorage\tIndexedDB\ttoken ends")
	for _, o := range s.Origins {
		token := "-"
		if o.TokenExpiry != nil {
			token = spell(*o.TokenExpiry, now)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", cell(o.Origin), o.LocalStorage, o.SessionStorage, o.IndexedDB, token)
	}
	w.Flush()
}

// String is "3 (80 bytes)".
func (a areaJSON) String() string {
	if a.Items == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (%s)", count(int64(a.Items)), bytesText(int64(a.Bytes)))
}

func (s stateJSON) printList(out io.Writer, now time.Time) {
	if len(s.List) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	head := "\ncookie\tdomain\tpath\tpartition\tends\tflags"
	if s.List[0].Value != nil {
		head += "\tvalue"
	}
	fmt.Fprintln(w, head)
	for _, c := range s.List {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s", cell(c.Name), cell(c.Domain), cell(c.Path), cell(c.Partition), c.ends(now), c.flags())
		if c.Value != nil {
			fmt.Fprintf(w, "\t%s", shown(*c.Value))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

func (c cookieJSON) ends(now time.Time) string {
	if c.Expires == nil {
		return "with the session"
	}
	return spell(*c.Expires, now)
}

func (c cookieJSON) flags() string {
	var words []string
	if c.Secure {
		words = append(words, "secure")
	}
	if c.HTTPOnly {
		words = append(words, "httpOnly")
	}
	if c.SameSite != "" {
		words = append(words, "sameSite="+cell(c.SameSite))
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " ")
}

func (s stateJSON) printStored(out io.Writer) {
	if len(s.Stored) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\norigin\tkind\tkey\tvalue")
	for _, i := range s.Stored {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cell(i.Origin), i.Kind, cell(i.Key), shown(i.Value))
	}
	w.Flush()
}

// printEnds tells the first login to end, as far as names tell logins, and the
// tokens.
func (s stateJSON) printEnds(out io.Writer, now time.Time) {
	if len(s.Ends) > 0 {
		fmt.Fprintln(out)
	}
	for _, e := range s.Ends {
		what := e.token()
		if e.Kind == "cookie" {
			what = fmt.Sprintf("the login cookie %s of %s", cell(e.Name), cell(e.Domain))
		}
		verb := "ends"
		if e.At.Before(now) {
			verb = "ended"
		}
		fmt.Fprintf(out, "%s %s %s (%s)\n", what, verb, spell(e.At, now), e.At.Local().Format("2006-01-02 15:04"))
	}
}

func (e endJSON) token() string {
	if e.Origin == "" {
		return "a token in a cookie of " + cell(e.Domain)
	}
	return "a token stored by " + cell(e.Origin)
}
