package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// understand refuses flags and arguments that contradict each other.
func (m *stateMerging) understand(args, origins []string) error {
	inputs := slices.Concat(args[1:], []string{m.base})
	switch {
	case m.replace && m.base != "":
		return usagef("--replace and --base exclude each other: with --base, what FROM deleted since then is deleted anyway")
	case m.replace && len(args) > 2:
		return usagef("--replace wants one FROM, got %d: two states cannot both be the whole truth", len(args)-1)
	case m.base != "" && len(args) > 2:
		return usagef("--base wants one FROM, the one that started from it, got %d", len(args)-1)
	case !m.replace && (len(origins) > 0 || m.options.AllOrigins):
		return usagef("--origin and --all-origins say what --replace covers: give it too")
	case m.forget && m.keepDeleted:
		return usagef("--forget and --keep-deleted exclude each other")
	case len(slices.DeleteFunc(inputs, func(name string) bool { return name != "-" })) > 1:
		return usagef("standard input can be read once: give - once")
	}
	if m.replace {
		m.options.Mode = storagestate.Replace
	}
	for _, text := range origins {
		origin, err := originOf(text)
		if err != nil {
			return err
		}
		m.options.Origins = append(m.options.Origins, origin)
	}
	return nil
}

// originOf is the origin of a URL as browsers write it.
func originOf(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", usagef("--origin: %q has no origin: give one such as https://shop.example.com", text)
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme { // url.Parse lowers it
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host, nil
}
