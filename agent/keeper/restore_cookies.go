package keeper

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/cdp"
	"github.com/wholly-go/wholly/agent/storagestate"
)

// cookieBatch is how many cookies go into one call.
const cookieBatch = 500

// restoreCookies sets the cookies of a state, and then compares: some are
// dropped by the browser without a word.
func (k *Keeper) restoreCookies(ctx context.Context, s *storagestate.State, mode Mode, r *Report) error {
	cookies, refused := storagestate.CDPCookies(s, time.Now())
	for _, c := range refused {
		if c.Item.Domain == "" || k.options.wants(c.Item.Domain) {
			r.Refused = append(r.Refused, Refused{c.Item, c.Reason})
		}
	}
	wanted := cookies[:0:0]
	for _, c := range cookies {
		if k.options.wants(c.Key.Domain) {
			wanted = append(wanted, c)
		}
	}
	bad := make(map[storagestate.CookieKey]bool)
	for rest := wanted; len(rest) > 0; {
		n := min(cookieBatch, len(rest))
		if err := k.setCookies(ctx, rest[:n], bad); err != nil {
			return err
		}
		rest = rest[n:]
	}
	have, err := k.cookieKeys(ctx)
	if err != nil {
		return err
	}
	for _, c := range wanted {
		switch why := notStored(c.Key, have, bad); why {
		case "":
			r.Cookies++
		default:
			r.Refused = append(r.Refused, Refused{storagestate.Item{Kind: storagestate.KindCookie, CookieKey: c.Key}, why})
		}
	}
	if mode == Replace {
		return k.deleteOthers(ctx, wanted, have, r)
	}
	return nil
}

// setCookies sets a batch. One cookie that the browser finds invalid makes it
// refuse all of them, so halves are tried until it stands alone.
func (k *Keeper) setCookies(ctx context.Context, batch []storagestate.CDPCookie, bad map[storagestate.CookieKey]bool) error {
	params := make([]json.RawMessage, len(batch))
	for i, c := range batch {
		params[i] = c.Param
	}
	err := k.conn.Call(ctx, "", "Storage.setCookies", k.inContext(map[string]any{"cookies": params}), nil)
	switch {
	case err == nil:
		return nil
	case !cdp.IsCode(err, cdp.InvalidParams):
		return err
	case len(batch) == 1:
		bad[batch[0].Key] = true
		return k.contextThere(ctx)
	}
	half := len(batch) / 2
	if err := k.setCookies(ctx, batch[:half], bad); err != nil {
		return err
	}
	return k.setCookies(ctx, batch[half:], bad)
}

// contextThere tells a cookie that is refused from a context that is gone: both
// are invalid parameters.
func (k *Keeper) contextThere(ctx context.Context) error {
	err := k.conn.Call(ctx, "", "Storage.getCookies", k.inContext(map[string]any{}), nil)
	if cdp.IsCode(err, cdp.InvalidParams) {
		return fmt.Errorf("%w: %w", ErrContext, err)
	}
	return err
}

// cookieKeys returns which cookies the context has.
func (k *Keeper) cookieKeys(ctx context.Context) (map[storagestate.CookieKey]bool, error) {
	var answer json.RawMessage
	if err := k.conn.Call(ctx, "", "Storage.getCookies", k.inContext(map[string]any{}), &answer); err != nil {
		return nil, err
	}
	s, err := storagestate.Decode(answer)
	if err != nil {
		return nil, fmt.Errorf("the list of cookies: %w", err)
	}
	keys := make(map[storagestate.CookieKey]bool)
	good, others := storagestate.CDPCookies(s, time.Time{})
	for _, c := range good {
		keys[c.Key] = true
	}
	for _, c := range others {
		keys[c.Item.CookieKey] = true
	}
	return keys, nil
}

// notStored tells why a cookie is not there as it was given. That its domain has
// lost its dot, or become ASCII, is how the browser writes it.
func notStored(key storagestate.CookieKey, have, bad map[storagestate.CookieKey]bool) string {
	if bad[key] {
		return "the browser finds it invalid"
	}
	if have[key] {
		return ""
	}
	host := key
	host.Domain = strings.TrimPrefix(key.Domain, ".")
	if host != key && have[host] {
		return "" // a public suffix, or localhost
	}
	if strings.ContainsFunc(key.Domain, func(r rune) bool { return r > 0x7F }) || strings.ContainsFunc(key.Domain, isUpper) {
		for other := range have {
			if other.Name == key.Name && other.Path == key.Path && sameHost(other.Domain, key.Domain) {
				return ""
			}
		}
	}
	return "the browser did not store it, and does not say why"
}

func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }

// sameHost compares domains as far as that goes without the tables of IDNA.
func sameHost(ascii, any string) bool {
	ascii, any = strings.Trim(ascii, "."), strings.Trim(any, ".")
	if strings.EqualFold(ascii, any) {
		return true
	}
	a, b := strings.Split(ascii, "."), strings.Split(any, ".")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !strings.EqualFold(a[i], b[i]) && !strings.HasPrefix(a[i], "xn--") {
			return false
		}
	}
	return true
}

// deleteOthers deletes one by one what the state does not have. Deleting all
// first would log everybody out if we stopped in between.
func (k *Keeper) deleteOthers(ctx context.Context, wanted []storagestate.CDPCookie, have map[storagestate.CookieKey]bool, r *Report) error {
	keep := make(map[storagestate.CookieKey]bool)
	for _, c := range wanted {
		keep[c.Key] = true
		host := c.Key
		host.Domain = strings.TrimPrefix(host.Domain, ".")
		keep[host] = keep[host] || !have[c.Key]
	}
	for key := range have {
		if keep[key] || key.Domain == "" || !k.options.wants(key.Domain) {
			continue
		}
		if key.Partition == storagestate.Opaque {
			continue // no call can name it, and it ends with the browser
		}
		params := map[string]any{"name": key.Name, "domain": key.Domain, "path": key.Path}
		if key.Partition != "" {
			params["partitionKey"] = map[string]any{"topLevelSite": key.Partition, "hasCrossSiteAncestor": key.Ancestor}
		}
		if err := k.hidden.call(ctx, "Network.deleteCookies", params); err != nil {
			return err
		}
		r.Deleted++
	}
	return nil
}
