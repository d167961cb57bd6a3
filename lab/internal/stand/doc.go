// Package stand is a file system of the real kernel on a disk of the lab: a
// file served through FUSE, a loop device on it, and a place where it is
// mounted. What stands is taken down by Close, in the one order that works.
package stand
