//go:build !cgo || nogrammar

package grammar

// Available says whether this build can parse at all.
const Available = false

// Parser cannot parse anything in this build.
type Parser struct{}

// NewParser returns a parser whose Parse fails with [ErrNoGrammar].
func NewParser() *Parser { return &Parser{} }

// Parse fails with [ErrNoGrammar].
func (p *Parser) Parse(Lang, []byte, []Range) (*Tree, error) { return nil, ErrNoGrammar }
