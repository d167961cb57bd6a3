// Package storagestate reads, merges and writes the storage state of a browser
// agent: the cookies and the web storage that keep it logged in, in the files of
// browser-use and Playwright.
//
//	s, err := storagestate.Decode(data)
//	merged, report := storagestate.Merge(s, live, storagestate.Options{Mode: storagestate.Replace})
//	err = storagestate.Encode(w, merged)
//
// What is not understood is kept: unknown keys at every level, IndexedDB,
// passkeys, the order of keys, the text of numbers, escapes of lone surrogates.
// An item that makes no sense (a cookie without a domain) stays where it is and
// is reported; it never costs the rest. No report, error, summary or finding
// holds a value of a cookie or of storage.
//
// # Dialects
//
// browser-use writes cookies as the browser tells them, with the partition as an
// object; Playwright has eight fields and the partition as a string; older
// versions and extensions have a bare list of cookies. Each refuses the files of
// another as soon as they hold a partitioned cookie. [Convert] goes between
// them. What a dialect has no word for is recorded under keys that the programs
// ignore, and is there again after the way back:
//
//	"sameSiteUnset": true       in a cookie of Playwright's, whose "Lax" stands for none
//	"localStorageUnset": true   in an origin, whose empty localStorage stands for one that was not captured
//
// What browser-use calls an export is, field by field, a file of Playwright's
// without origins, and is taken for one.
//
// The package touches no disk. A [State], and what was made of it, is for one
// goroutine at a time, reading included: they share their parts.
package storagestate
