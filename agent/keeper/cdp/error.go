package cdp

import (
	"errors"
	"fmt"
)

// Codes of an [Error] that call for something else than giving up.
const (
	NoMethod      = -32601 // an older browser, or a session of the wrong kind
	InvalidParams = -32602
	WrongSession  = -32603 // a session of the wrong kind
	NotFound      = -32000 // the target, frame or storage is gone
	NoSession     = -32001
)

var (
	// ErrClosed: the connection was closed by us.
	ErrClosed = errors.New("the connection is closed")
	// ErrTooLarge: the message was not sent, for it is larger than MaxMessage.
	ErrTooLarge = errors.New("the message is too large for the browser")
)

// Error is an answer of the browser that says no.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error is the browser's own text and the code.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// IsCode reports whether err is an answer of the browser with one of the codes.
func IsCode(err error, codes ...int) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

// LostError says that the connection ended without our doing: the browser has
// gone, most often.
type LostError struct{ Err error }

// Error tells the reason.
func (e *LostError) Error() string { return "the browser has gone: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *LostError) Unwrap() error { return e.Err }

// DialError says that there is no websocket of a browser where one was looked
// for.
type DialError struct {
	Status int // of the HTTP answer; 0 if there was none
	Err    error
}

// Error tells the reason, not the address.
func (e *DialError) Error() string { return "connect to the browser: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *DialError) Unwrap() error { return e.Err }
