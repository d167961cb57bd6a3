package script

import (
	"github.com/wholly-go/wholly/audit/fix/internal/page"
)

// draft is a change that is being put together for one site.
type draft struct {
	*source
	*page.Draft
}

func refuse(format string, args ...any) error { return page.Refuse(format, args...) }
