package keeper

import (
	"net/url"
	"slices"
	"strings"
)

// originOf returns the origin of an address, without the port that goes without
// saying; empty for what stores nothing that could be kept: file, data, blob,
// about, and the pages of the browser and its extensions.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host
}

// firstParty returns the origin of a storage key; empty for a partition, which
// must never be taken for the origin's own storage.
func firstParty(storageKey string) string {
	if strings.Contains(storageKey, "^") {
		return ""
	}
	origin := strings.TrimSuffix(storageKey, "/")
	if originOf(origin) != origin {
		return ""
	}
	return origin
}

// hostOf is the host of an origin.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// wants reports whether a host, or a cookie's domain, is to be captured.
func (o Options) wants(host string) bool {
	host = strings.ToLower(strings.TrimPrefix(host, "."))
	below := func(domain string) bool {
		domain = strings.ToLower(strings.TrimPrefix(domain, "."))
		return host == domain || strings.HasSuffix(host, "."+domain)
	}
	if slices.ContainsFunc(o.ExcludeDomains, below) {
		return false
	}
	return len(o.Domains) == 0 || slices.ContainsFunc(o.Domains, below)
}

// wantsOrigin reports whether an origin is to be captured.
func (o Options) wantsOrigin(origin string) bool { return origin != "" && o.wants(hostOf(origin)) }

// wantsDatabases reports whether any database of an origin may be captured.
func (o Options) wantsDatabases(origin string) bool {
	of := func(entry string) bool { return entry == origin || strings.HasPrefix(entry, origin+"/") }
	return !o.NoIndexedDB && !slices.Contains(o.IndexedDBExclude, origin) &&
		(len(o.IndexedDBInclude) == 0 || slices.ContainsFunc(o.IndexedDBInclude, of))
}
