// Package rig puts a real file system on a file: it formats, attaches loop
// devices, mounts, counts what reaches the device, and takes everything down
// again, also what a killed lab has left. Linux only.
package rig
