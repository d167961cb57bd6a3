// Package keeper keeps the logins of a running Chromium in a file, as they
// change, and puts them back into a fresh browser.
//
//	s, err := keeper.Open(ctx, "state.json", keeper.Keeping{Endpoint: "127.0.0.1:9222"})
//	for e := range s.Events(ctx) { … }
//	report, err := s.Close()
//
// or, one step at a time:
//
//	k, err := keeper.Attach(ctx, "127.0.0.1:9222", keeper.Options{})
//	state, report, err := k.Capture(ctx)
//	report, err = k.Restore(ctx, state, keeper.Restoring{})
//
// It attaches over the DevTools protocol and reads cookies, localStorage,
// sessionStorage and IndexedDB of one browser context, all tabs and frames, and
// of origins that are not open. No tab of the user is navigated, paused or
// focused, no page can see a script, and no request goes to any server: what is
// not open is read in a hidden target that answers its own requests.
//
// The file is a storage state that Playwright and browser-use read; see
// [github.com/wholly-go/wholly/agent/storagestate]. It is replaced whole,
// synced, private, and merged with what others wrote.
//
// No report, event or error holds a value of a cookie or of storage.
//
// Not captured: CacheStorage, service workers, OPFS, passkeys, HTTP
// authentication, extensions, and storage that is partitioned by the site
// around a frame, which is counted. What a loaded file has of them stays in it.
package keeper
