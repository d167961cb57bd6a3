package lossless

// parts cuts the text of an object or array, which is known to be valid, into
// its members or items.
type parts struct {
	text []byte
	i    int
}

// members keeps the last of several with one key, in the place of the first, as
// Python does. base is the node's own at.
func (p *parts) members(base int) []member {
	var all []member
	var index map[string]int
	for p.next() {
		literal := p.key()
		m := member{literal, unquote(literal), p.node(base)}
		at := -1
		if index == nil && len(all) == 16 {
			index = make(map[string]int, 64)
			for i, o := range all {
				index[o.key] = i
			}
		}
		if index != nil {
			if i, ok := index[m.key]; ok {
				at = i
			}
		} else {
			for i, o := range all {
				if o.key == m.key {
					at = i
				}
			}
		}
		if at >= 0 {
			all[at].node = m.node
			continue
		}
		if index != nil {
			index[m.key] = len(all)
		}
		all = append(all, m)
	}
	return all
}

func (p *parts) items(base int) []*Node {
	var all []*Node
	for p.next() {
		all = append(all, p.node(base))
	}
	return all
}

// next goes to the beginning of the next literal; false at the end.
func (p *parts) next() bool {
	for {
		switch p.text[p.i] {
		case ' ', '\t', '\n', '\r', ',', ':':
			p.i++
		case '}', ']':
			return false
		default:
			return true
		}
	}
}

// key takes a key and goes over the colon.
func (p *parts) key() (literal []byte) {
	start := p.i
	p.skipString()
	literal = p.text[start:p.i]
	p.next()
	return literal
}

func (p *parts) node(base int) *Node {
	n := new(Node)
	p.value(n, base)
	return n
}

// value makes n the view of the next value.
func (p *parts) value(n *Node, base int) {
	start := p.i
	p.skip()
	*n = Node{text: p.text[start:p.i]}
	if base > 0 {
		n.at = base + start
	}
}

// skip passes over one value.
func (p *parts) skip() {
	for depth := 0; ; {
		switch p.text[p.i] {
		case '"':
			p.skipString()
		case '{', '[':
			depth++
			p.i++
		case '}', ']':
			depth--
			p.i++
		case ' ', '\t', '\n', '\r', ',', ':':
			p.i++
			continue
		default:
			p.skipWord()
		}
		if depth == 0 {
			return
		}
	}
}

func (p *parts) skipString() {
	for p.i++; p.text[p.i] != '"'; p.i++ {
		if p.text[p.i] == '\\' {
			p.i++
		}
	}
	p.i++
}

// skipWord passes over a number or a bare word, at the end of the text or not.
func (p *parts) skipWord() {
	for ; p.i < len(p.text); p.i++ {
		switch p.text[p.i] {
		case ' ', '\t', '\n', '\r', ',', ':', '}', ']':
			return
		}
	}
}
