package keeper

import (
	"errors"
	"time"

	"github.com/wholly-go/wholly/agent/keeper/vault"
)

// Keeping says what a [Session] keeps, where, and what it begins with. Its zero
// value, with an Endpoint, restores the file into a browser that has no cookies,
// goes on with the browser that the file came from, and refuses any other.
type Keeping struct {
	Options
	// Endpoint is where the browser listens; see Attach.
	Endpoint string
	// Profile is the directory of a running browser, in the place of Endpoint:
	// the browser writes there where it listens.
	Profile string
	// Launch starts a browser, in the place of Endpoint, which Close ends.
	Launch *Launching
	// File says how the file is kept: dialect, encryption, versions.
	File vault.Options
	// When the file is restored at the beginning.
	When When
	// Restoring says how.
	Restoring Restoring
	// Adopt lets a browser that has nothing to do with the file take it over:
	// what it holds replaces what the file holds.
	Adopt bool
	// Wait for another browser when this one ends, restore what it held, and go
	// on; until Close. With Launch the next one is launched.
	Wait bool
	// Quiet and MaxDelay are when a change is saved: after so long without
	// another, and after so long at most. Zero is 50 and 250 ms.
	Quiet, MaxDelay time.Duration
}

// When a file is restored into a browser.
type When uint8

const (
	Fresh  When = iota // into one that has no cookies
	Always             // into any that the file did not come from
	Never
)

// ErrStrange: the browser holds something, and the file something else. To save
// the one over the other wants a word: Always or Adopt.
var ErrStrange = errors.New("the browser is logged in, and not with what the file holds")
