package keeper

import (
	"time"
)

// Event is something that happened to a session. It holds no value.
type Event struct {
	Kind   EventKind `json:"event"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
	// Browser is the name and version of the browser: Attached.
	Browser string `json:"browser,omitempty"`
	// Tab is the origin of a tab: TabStale, TabWell.
	Tab string `json:"tab,omitempty"`
	// Report is what a restore did: Restored.
	Report *Report `json:"report,omitempty"`
	// Saved tells of a save: SavedNow.
	Saved *Saved `json:"saved,omitempty"`
	// Item is what the event is about: Left.
	Item string `json:"item,omitempty"`
}

// EventKind is what happened.
type EventKind string

const (
	Attached EventKind = "attached"     // to a browser
	Restored EventKind = "restored"     // the file into the browser
	SavedNow EventKind = "saved"        // what changed is on the disk
	NotSaved EventKind = "not-saved"    // it is not; it will be tried again
	TabStale EventKind = "stale"        // a tab does not answer
	TabWell  EventKind = "answers"      // it does again
	Left     EventKind = "skipped"      // something is not captured
	Gone     EventKind = "browser-gone" // the browser has ended
	Waiting  EventKind = "waiting"      // for another browser
)

// Saved tells of a save.
type Saved struct {
	Changes int           `json:"changes"` // items that are new, other or gone
	What    []string      `json:"what"`    // the first of them, by name
	Lag     time.Duration `json:"lag"`     // from when the first was known to when it was durable
	Bytes   int           `json:"bytes"`   // of the file
	Cookies int           `json:"cookies"` // in the file
	Origins int           `json:"origins"`
}
