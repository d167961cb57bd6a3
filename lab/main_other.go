//go:build !linux

package main

import (
	"fmt"
	"os"
)

// run says why there is no lab here: it stands on FUSE, loop devices and the
// kernel's own ext4, XFS and btrfs.
func run([]string) int {
	fmt.Fprintln(os.Stderr, "lab: needs Linux, with FUSE, loop devices, ext4, XFS and btrfs")
	return 3
}
