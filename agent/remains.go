package agent

// verdict is what to read in a directory that a crash may have left.
type verdict uint8

const (
	readMain   verdict = iota // the file itself
	readTemp                  // the temp that was to become the file
	readBackup                // the newest good backup
	readNone                  // nothing: an empty document
	readError                 // there was something, and nothing of it is good
)

// remains is what stands at one of the three names.
type remains uint8

const (
	absent  remains = iota
	blank           // 0 bytes
	invalid         // does not read as the format
	valid
)

// judge says what to read from what is there. backup is the best of several.
// browser-use writes the temp whole, moves the file to the backup, then the
// temp to the file, and syncs nothing: so without a file a valid temp is the
// newest state, but beside a damaged file it may be of an older crash or drop
// what could not be read, and the backup is better.
func judge(main, temp, backup remains) verdict {
	switch {
	case main == valid:
		return readMain
	case main == absent && temp == valid:
		return readTemp
	case backup == valid:
		return readBackup
	case temp == valid:
		return readTemp
	case backup != absent || main == invalid:
		return readError
	}
	return readNone
}
