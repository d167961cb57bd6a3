// Package peer holds other ways to write a file, each as one function of the
// form of os.WriteFile, so that one harness can treat them all alike.
//
// The Go peers are called in this process. The Node and Python peers are a
// child process each, which takes requests on its standard input: what they
// ask of the kernel is what a program in their language asks.
//
// A peer is called as its own documents say, with its default options. What it
// promises is told in the sense of those documents: a peer that never claimed
// to survive a power cut breaks no promise when it does not.
package peer
