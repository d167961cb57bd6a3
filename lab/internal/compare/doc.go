// Package compare puts this library and its peers through the table of package
// conform, each in a process of its own, and tells what they have in common.
//
// What a peer does otherwise than this library has decided is called a
// difference, not a fault; where its documents say that it is on purpose, the
// report says so beside it.
package compare
