package keeper

import (
	"time"

	"github.com/wholly-go/wholly/agent/storagestate"
)

// Report tells what a capture or a restore did, and what it could not do. It has
// no place for a value.
type Report struct {
	Cookies        int `json:"cookies"`
	Origins        int `json:"origins"`
	LocalStorage   int `json:"localStorage"`   // entries
	SessionStorage int `json:"sessionStorage"` // entries
	Databases      int `json:"databases"`
	Records        int `json:"records"` // of databases
	Deleted        int `json:"deleted"` // by Replace: cookies and entries that the file does not have

	Refused []Refused `json:"refused,omitempty"` // by the browser
	Lossy   []Lossy   `json:"lossy,omitempty"`
	Skipped []Skipped `json:"skipped,omitempty"`
	Stale   []Stale   `json:"stale,omitempty"`
	Opened  []Opened  `json:"opened,omitempty"`
}

// Whole reports whether everything was done.
func (r Report) Whole() bool {
	for _, o := range r.Opened {
		if o.Reason != "" {
			return false
		}
	}
	return len(r.Refused)+len(r.Lossy)+len(r.Skipped)+len(r.Stale) == 0
}

// add brings in what another step reports.
func (r *Report) add(o Report) {
	r.Cookies += o.Cookies
	r.Origins += o.Origins
	r.LocalStorage += o.LocalStorage
	r.SessionStorage += o.SessionStorage
	r.Databases += o.Databases
	r.Records += o.Records
	r.Deleted += o.Deleted
	r.Refused = append(r.Refused, o.Refused...)
	r.Lossy = append(r.Lossy, o.Lossy...)
	r.Skipped = append(r.Skipped, o.Skipped...)
	r.Stale = append(r.Stale, o.Stale...)
	r.Opened = append(r.Opened, o.Opened...)
}

// Refused is an item that the browser did not take, or not as it stands in the
// file.
type Refused struct {
	storagestate.Item
	Reason string `json:"reason"`
}

// Lossy is a part of a record that the file's notation has no word for.
type Lossy struct {
	Origin   string `json:"origin"`
	Database string `json:"database"`
	Store    string `json:"store"`
	Path     string `json:"path"` // of keys, in the value
	Type     string `json:"type"` // CryptoKey, Blob, …
	Count    int    `json:"count"`
}

// Skipped is something that was left out whole.
type Skipped struct {
	Origin   string `json:"origin"` // or what stands where an origin would: a scheme, a partition
	Database string `json:"database,omitempty"`
	Reason   string `json:"reason"`
}

// Stale is a tab that does not answer: a dialog is open, a script runs without
// end, its renderer has crashed. What it stored is known up to Since.
type Stale struct {
	Tab   string    `json:"tab"` // the origin of its page
	Since time.Time `json:"since"`
}

// Opened is a tab that Restoring.Open asked for.
type Opened struct {
	Tab    string `json:"tab"`              // the origin of its page
	Reason string `json:"reason,omitempty"` // why it is not as it should be
}
