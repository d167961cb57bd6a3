package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// BrowserID is what may be written down about the identifier of a running
// browser, the last part of its websocket address: whoever knows the identifier
// itself controls the browser. Equal identifiers give equal results.
func BrowserID(id string) string {
	sum := sha256.Sum256([]byte("wholly session keeper, browser " + id))
	return hex.EncodeToString(sum[:16])
}

// Standing is how a browser stands to a file.
type Standing uint8

const (
	// Free: the file has nothing that could be lost.
	Free Standing = iota
	// Own: the file was saved from this very browser, and from no other since;
	// keeping goes on, and what the browser lacks was deleted in it.
	Own
	// Shared: it was saved from this browser, and from others since; keeping
	// goes on, but what the browser lacks may be another's.
	Shared
	// Fresh: the file holds something and the browser nothing: restore first.
	Fresh
	// Strange: both hold something, and the file's is not this browser's. It
	// would be replaced by a stranger's; only with the user's word.
	Strange
)

// String is the standing as a word.
func (s Standing) String() string { return [...]string{"free", "own", "shared", "fresh", "strange"}[s] }

// Standing tells how the browser with this BrowserID stands to the file at now;
// fresh says that the browser holds no cookie.
func (h *Held) Standing(browserID string, fresh bool, now time.Time) Standing {
	switch {
	case h.State.Live(now) == 0:
		return Free
	case browserID != "" && h.Keeper.BrowserID == browserID || h.savedFrom(browserID):
		if h.others(browserID) {
			return Shared
		}
		return Own
	case fresh:
		return Fresh
	}
	return Strange
}

func (h *Held) savedFrom(browserID string) bool {
	_, known := h.Keeper.Browsers[browserID]
	return known
}

// others reports whether the file was saved from another browser after it was
// first saved from this one.
func (h *Held) others(browserID string) bool {
	mine := h.Keeper.Browsers[browserID]
	for id, span := range h.Keeper.Browsers {
		if id != browserID && span[1] > mine[0] {
			return true
		}
	}
	return false
}
