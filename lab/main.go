// Command lab cuts the power of real file systems, at every moment of a write,
// and compares what this library and its peers keep.
package main

import "os"

func main() { os.Exit(run(os.Args[1:])) }
