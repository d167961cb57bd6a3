package audit_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/protocol"
)

// The four writers of a study that was made by hand, in our own words, come out
// as it says: verdict, how they stage and name, sync, backup, parents, errors.
func TestTheStudyComesOut(t *testing.T) {
	for name, want := range map[string]string{
		"study_watchdog": "window: same-directory fixed, sync no, dir false, backup rename read false, parents true, clean-up false, " +
			"errors logged, utf-8, async false, cancellable false",
		"study_patterns_before": "in-place: no , sync no, dir false, backup none read false, parents true, clean-up false, " +
			"errors returned, utf-8, async false, cancellable false",
		"study_patterns_after": "window: same-directory fixed, sync no, dir false, backup rename read false, parents true, clean-up true, " +
			"errors returned, utf-8, async false, cancellable false",
		"study_history": "in-place: no , sync no, dir false, backup none read false, parents true, clean-up false, " +
			"errors returned, utf-8, async false, cancellable false",
		"study_conversation": "in-place: no , sync no, dir false, backup none read false, parents true, clean-up false, " +
			"errors returned, ?, async true, cancellable false",
	} {
		_, files := txtar(t, filepath.Join("testdata", "python", name+".txtar"))
		r := scan(t, files)
		if len(r.Unread) > 0 {
			t.Skip("this build has no grammars")
		}
		var got []string
		for _, s := range r.Sites {
			if s.Verdict != protocol.Delegated {
				got = append(got, told(s))
			}
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
}

func told(s *audit.Site) string {
	f := s.Facts
	backup := "none"
	if f.Backup != nil {
		backup = f.BackupBy.String()
	}
	return fmt.Sprintf("%s: %s %s, sync %s, dir %t, backup %s read %t, parents %t, clean-up %t, errors %s, %s, async %t, cancellable %t",
		s.Verdict, f.Staging, f.Temp, f.Sync, f.DirSync, backup, f.BackupRead, f.Parents, f.Cleanup, s.Errors, f.Encoding, f.Async, f.Cancellable)
}
