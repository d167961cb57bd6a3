package agent

import "testing"

// Every row of the table that a directory of browser-use can be in.
func TestJudge(t *testing.T) {
	any := []remains{absent, blank, invalid, valid}
	bad := []remains{absent, blank, invalid}
	worse := []remains{blank, invalid}
	for _, row := range []struct {
		what                string
		main, temp, backups []remains
		read                verdict
	}{
		{"normal, or a crash while the temp was written", []remains{valid}, any, any, readMain},
		{"crash between the renames", []remains{absent}, []remains{valid}, any, readTemp},
		{"lost race, or the temp was not flushed", []remains{absent}, bad, []remains{valid}, readBackup},
		{"power loss without fsync, or interleaved writers", worse, any, []remains{valid}, readBackup},
		{"crash after a save that dropped the corrupt file", worse, []remains{valid}, bad, readTemp},
		{"nothing good", []remains{invalid}, bad, bad, readError},
		{"nothing good, the backup neither", []remains{blank}, bad, worse, readError},
		{"a placeholder, or a first save lost", []remains{blank}, bad, []remains{absent}, readNone},
		{"only a bad backup", []remains{absent}, bad, worse, readError},
		{"the first save never finished, or the first run", []remains{absent}, bad, []remains{absent}, readNone},
	} {
		for _, main := range row.main {
			for _, temp := range row.temp {
				for _, backup := range row.backups {
					if got := judge(main, temp, backup); got != row.read {
						t.Errorf("%s: judge(%d, %d, %d) = %d, want %d", row.what, main, temp, backup, got, row.read)
					}
				}
			}
		}
	}
}
