// Package eio finds out what becomes of a file when the disk answers a write
// with an error.
//
// The error reaches a program by fsync, and only once: the kernel then counts
// the data as written, a second fsync reports success, and what is on the disk
// is something else (A. Rebello et al., "Can Applications Recover from fsync
// Failures?", USENIX ATC 2020). So a save whose sync failed must say so and
// never sync the same file again; the control does, and loses its data.
package eio
