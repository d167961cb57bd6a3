// Package wholly replaces files wholly, or not at all.
//
//	err := wholly.WriteFile("state.json", data, 0o600)
//
// When WriteFile returns nil, the new content is on the disk and no power cut
// brings the old one back. When it returns an error, or never returns because
// the process was killed or the power went, the file holds the complete old
// content or the complete new content; a file that existed is never missing,
// empty or torn, for any reader, at any moment. Otherwise it behaves like
// os.WriteFile.
//
// A [Policy] says how a file is to be kept: how many earlier versions, which
// check every content must pass, what to do with links. Its methods are the
// verbs; the package's functions are the verbs of the zero Policy.
//
//	var state = wholly.Policy{Keep: 5, Check: wholly.JSON}
//	err := state.WriteFile("state.json", data, 0o600)
//	data, err := state.ReadFile("state.json") // recovers; errors.As(err, *Recovered) tells
//	f, err := state.Create("big.bin", 0o644)  // Write, then Commit; Close without Commit abandons
//	err = state.Update(ctx, "state.json", 0o600, func(old []byte) ([]byte, error) { … })
//
// # Names beside the file
//
// Earlier versions are NAME.bak (the newest), NAME.bak.2, … NAME.bak.N.
// Content that failed its check is set aside as NAME.bad-TIME. Temp files and
// locks exist only while a writer works; their names begin with ".wholly-" or
// end in ".wholly-lock", and Sweep removes those of dead writers.
//
// # What it is not
//
// It does not make several files change together, does not guard against
// programs that write the file in place, and cannot mend a disk that ignores
// flush. Inode number, birth time and hard links of a replaced file are not
// kept. File capabilities and IMA/EVM attributes are not carried over: they
// vouch for the old content.
//
// The promises P1 to P10, the assumptions A1 to A3 and the test that proves
// each are in PROMISES.md.
package wholly
