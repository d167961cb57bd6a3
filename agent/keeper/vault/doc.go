// Package vault keeps the state file of a session keeper: cookies and web
// storage of a live browser, in a file that Playwright and browser-use read.
//
//	f, err := vault.Open("state.json", vault.Options{})
//	held, err := f.Load()
//	…
//	saved, err := f.Save(ctx, base, vault.Capture{State: ours, BrowserID: id})
//
// What is true of the file at every moment, through kill and power cut, is what
// package wholly promises: the complete old or the complete new content. Here
// is added what a keeper needs:
//
//   - It is for its owner alone (0600), and so are its earlier versions; a
//     directory in which others can write is refused.
//   - Several keepers share it: a save is a merge of three under the file's
//     lock, item by item, and nothing is written when nothing changed.
//   - A login is not replaced by nothing, and not by the cookies of a browser
//     that has nothing to do with it: see [ErrEmpty] and [Held.Standing].
//   - Earlier versions are made by age, not by save, and forget: an hour after
//     it was put aside, one that holds what the file holds no more is replaced
//     by the present content, so that a logout stays one.
//   - It may be encrypted to age recipients. Whoever saves needs their public
//     keys only; whoever reads or merges needs an identity.
//
// A failed verb loses nothing: the file holds what it held, unless the error,
// a *wholly.Error, says otherwise. No error holds a value.
package vault
