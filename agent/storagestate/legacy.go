package storagestate

import "strings"

// LegacyNames returns the names beside mainName, the last element of a path, that
// browser-use gives to its temporary file and to its backup. They are read when a
// crash left them; nobody should write them, for a, a.json and a.yaml share
// theirs. The pattern store of its fork has the same rule.
func LegacyNames(mainName string) (tmp, bak string) {
	stem := mainName
	if i := strings.LastIndexByte(stem, '.'); i > 0 && i < len(stem)-1 {
		stem = stem[:i]
	}
	return stem + ".json.tmp", stem + ".json.bak"
}
