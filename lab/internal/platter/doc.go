// Package platter is a disk that is served through FUSE by a process of its
// own: it records what it is asked to do, plays recordings back as the disks
// that a power cut could have left, and fails writes on demand.
//
// The process must be another than those that use the file system on the disk:
// a process that waits for its own disk cannot be killed. It ends when its
// standard input does, so it does not outlive the one that started it.
package platter
