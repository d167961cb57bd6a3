package probe

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mountinfo = `22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/root rw,data=ordered
23 22 0:5 / /proc rw,nosuid - proc proc rw
40 22 0:33 /@home /my\040data rw,noatime master:1 shared:7 - btrfs /dev/sdb rw,ssd,subvol=/@home
41 22 0:44 / /merged rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w,volatile
broken line
`

func TestFindMountReadsMountinfo(t *testing.T) {
	m, err := findMount(strings.NewReader(mountinfo), "22")
	if err != nil || m.Type != "ext4" || m.Source != "/dev/root" || m.Mount != "/" || m.device != "254:1" {
		t.Errorf("mount 22: %+v, %v", m, err)
	}
	if want := []string{"data=ordered", "relatime", "rw"}; !slices.Equal(m.Options, want) {
		t.Errorf("mount 22: options %q, want %q", m.Options, want)
	}
	m, err = findMount(strings.NewReader(mountinfo), "40")
	if err != nil || m.Type != "btrfs" || m.Mount != "/my data" {
		t.Errorf("mount 40, with optional fields and a blank: %+v, %v", m, err)
	}
	m, err = findMount(strings.NewReader(mountinfo), "41")
	if v, _ := m.power(); err != nil || v != Fails {
		t.Errorf("mount 41, volatile: %+v, %v, %v", m, v, err)
	}
	if m, err := findMount(strings.NewReader(mountinfo), "4"); err == nil {
		t.Errorf("mount 4 was found: %+v", m)
	}
}

func TestJournalIsLookedForByDevice(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"sda1-8", "sdb10-8", "dm-0-8"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for device, want := range map[string]Journal{
		"sda1": Journalled, "dm-0": Journalled, "sdb1": NoJournal, "sdb": NoJournal, "dm": NoJournal, "": JournalUnknown,
	} {
		if got := jbd2(dir, device); got != want {
			t.Errorf("journal of %q: %s, want %s", device, got, want)
		}
	}
	if got := jbd2(filepath.Join(dir, "none"), "sda1"); got != JournalUnknown {
		t.Errorf("without jbd2 in /proc: %s", got)
	}
}
