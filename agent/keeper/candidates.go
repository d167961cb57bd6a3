package keeper

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// candidates are the origins that may store something: no call of the protocol
// lists them. They are those of open frames, of the tabs' histories, those that
// the options and the file name, and on demand the hosts of cookies.
func (k *Keeper) candidates(ctx context.Context, named names) []string {
	found := make(map[string]bool)
	var pages []string
	k.do(func() {
		for storage := range k.model.local {
			found[firstParty(storage)] = true
		}
		for key := range k.model.sessions {
			found[firstParty(key.storage)] = true
		}
		for _, t := range k.tabs {
			found[originOf(t.url)] = true
			if t.kind == "page" {
				pages = append(pages, t.session)
			}
		}
		if k.options.ProbeCookies {
			for _, c := range k.model.cookies {
				found[cookieOrigin(c)] = true
			}
		}
	})
	for _, address := range append(k.histories(ctx, pages), k.options.Origins...) {
		found[originOf(address)] = true
	}
	for origin := range named {
		found[originOf(origin)] = true
	}
	maps.DeleteFunc(found, func(origin string, _ bool) bool { return !k.options.wantsOrigin(origin) })
	return slices.Sorted(maps.Keys(found))
}

func cookieOrigin(cookie string) string {
	return originOf("https://" + strings.TrimPrefix(cookieDomain(cookie), ".") + "/")
}

// histories are the addresses in the histories of tabs, all asked at once: one
// that does not answer delays no other.
func (k *Keeper) histories(ctx context.Context, sessions []string) []string {
	ctx, cancel := context.WithTimeout(ctx, tabLimit)
	defer cancel()
	answers := make(chan []string)
	for _, session := range sessions {
		go func() {
			var h struct{ Entries []struct{ URL string } }
			var urls []string
			_ = k.conn.Call(ctx, session, "Page.getNavigationHistory", nil, &h) // no history is none
			for _, e := range h.Entries {
				urls = append(urls, e.URL)
			}
			answers <- urls
		}()
	}
	var all []string
	for range sessions {
		all = append(all, <-answers...)
	}
	return all
}

// surveyInBackground has every origin that may store something be read, one
// after the other.
func (k *Keeper) surveyInBackground(ctx context.Context, named names) {
	for _, origin := range k.candidates(ctx, named) {
		if k.unread(origin) {
			k.do(func() { k.want(origin) })
		}
	}
}
