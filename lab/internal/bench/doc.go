// Package bench times ways to save a file against each other on real file
// systems, and counts what each asks of the disk.
//
// Contestants take turns in random order, so that whatever else the machine
// does meets all of them alike; the result of a round is a ratio to the
// baseline in the same round. Counts come from the block device and do not
// depend on the machine's mood: they are what to believe first.
package bench
