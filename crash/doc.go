// Package crash finds out what a power cut could do to a program's files.
//
// A [Disk] is a file system in memory that writes down everything it is asked
// to do. The code under test runs on it as on any other; the test marks when a
// save begins and when it was acknowledged. [Disk.Crashes] then yields every
// disk that a power cut could have left, at every moment, so that the test can
// read each and say whether it is one that was promised.
//
//	d := crash.New()
//	d.Begin(1)
//	err := save(d.Root(), newContent) // with wholly: wholly.Policy{}.DirOn(d.Root())
//	d.Ack(1)
//	for c := range d.Crashes(crash.Subset) {
//		check(c.Disk(), c.Acked, c.Begun)
//	}
//
// # What may be lost
//
// The rules are those of POSIX and stricter than any file system in use. The
// content of a file that was not synced since it was written may be any of its
// older contents, empty, of the right length but zeros, torn, or complete.
// Mode, owner and attributes are old or new until the file is synced. A change
// of a directory's entries is certain only when that directory was synced:
// until then any subset of them may be lost ([Subset]), or on a file system
// with a journal any suffix ([Prefix]). Syncing a file says nothing about its
// name. A rename within a directory is one change. For a file that is appended to
// [Disk.Powersafe] keeps what was synced and not written since.
//
// # What it cannot show
//
// That a kernel keeps the rules: that takes a real file system. That a call is
// not needed on one particular file system.
//
// Sources: fsync(2), rename(2); T. S. Pillai et al., "All File Systems Are Not
// Created Equal", OSDI 2014; A. Rebello et al., "Can Applications Recover from
// fsync Failures?", USENIX ATC 2020.
package crash
