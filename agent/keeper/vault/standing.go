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
	// Own: the file was last saved from this very browser; keeping goes on.
	Own
	// Fresh: the file holds something and the browser nothing: restore first.
	Fresh
	// Strange: both hold something, and the file's is not this browser's. It
	// would be replaced by a stranger's; only with the user's word.
	Strange
)

// String is the standing as a word.
func (s Standing) String() string { return [...]string{"free", "own", "fresh", "strange"}[s] }

// Standing tells how the browser with this BrowserID stands to the file at now;
// fresh says that the browser holds no cookie.
func (h *Held) Standing(browserID string, fresh bool, now time.Time) Standing {
	switch {
	case h.State.Live(now) == 0:
		return Free
	case browserID != "" && h.Keeper.BrowserID == browserID:
		return Own
	case fresh:
		return Fresh
	}
	return Strange
}
