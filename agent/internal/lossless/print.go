package lossless

import "io"

// Style is a layout. Every style writes ": " between key and value and no line
// end behind the document, as Python's json does.
type Style struct {
	Indent int  // spaces a level; 0 puts everything on one line
	ASCII  bool // escape what is not ASCII
}

// The layouts of browser-use and Playwright, and of a line in a log.
var (
	Indent2      = Style{Indent: 2}
	Indent4      = Style{Indent: 4}
	Indent2ASCII = Style{Indent: 2, ASCII: true}
	OneLine      = Style{}
)

// Print writes n to w. What was not changed is written with its keys, numbers
// and strings as they were read; NaN and Infinity are written as null.
func (n *Node) Print(w io.Writer, s Style) error {
	p := printer{w: w, style: s}
	p.node(n)
	p.flush()
	return p.err
}

// Append appends n to dst.
func (n *Node) Append(dst []byte, s Style) []byte {
	p := printer{style: s, buf: dst}
	p.node(n)
	return p.buf
}

// Bytes returns n in one piece.
func (n *Node) Bytes(s Style) []byte { return n.Append(nil, s) }

// printer lays out the document. With a writer, buf is what was not written yet.
type printer struct {
	w     io.Writer
	style Style
	buf   []byte
	depth int
	err   error
}

const piece = 64 << 10

func (p *printer) flush() {
	if p.w == nil || p.err != nil {
		return
	}
	_, p.err = p.w.Write(p.buf)
	p.buf = p.buf[:0]
}

func (p *printer) node(n *Node) {
	if len(p.buf) > piece {
		p.flush()
	}
	switch {
	case n == nil:
		p.buf = append(p.buf, "null"...)
	case n.open == Object:
		p.object(n)
	case n.open == Array:
		p.array(n)
	default:
		p.text(n.text)
	}
}

func (p *printer) object(n *Node) {
	p.buf = append(p.buf, '{')
	for i, m := range n.members {
		p.between(i)
		p.str(m.literal)
		p.buf = append(p.buf, ':', ' ')
		p.node(m.node)
	}
	p.end(len(n.members), '}')
}

func (p *printer) array(n *Node) {
	p.buf = append(p.buf, '[')
	for i, item := range n.items {
		p.between(i)
		p.node(item)
	}
	p.end(len(n.items), ']')
}

// between comes before item i.
func (p *printer) between(i int) {
	if i == 0 {
		p.depth++
	} else {
		p.buf = append(p.buf, ',')
		if p.style.Indent == 0 {
			p.buf = append(p.buf, ' ')
		}
	}
	p.line()
}

func (p *printer) end(items int, closing byte) {
	if items > 0 {
		p.depth--
		p.line()
	}
	p.buf = append(p.buf, closing)
}

func (p *printer) line() {
	if p.style.Indent == 0 {
		return
	}
	p.buf = append(p.buf, '\n')
	for range p.depth * p.style.Indent {
		p.buf = append(p.buf, ' ')
	}
}

func (p *printer) str(literal []byte) {
	if p.style.ASCII {
		p.buf = asciiOnly(p.buf, literal)
		return
	}
	p.buf = append(p.buf, literal...)
}

// text lays out a value from its text, without taking it apart. items counts
// what each open level holds.
func (p *printer) text(text []byte) {
	in := parts{text: text}
	var items []int
	value := true // what comes next stands behind a colon, or alone
	for in.i < len(text) {
		if len(p.buf) > piece {
			p.flush()
		}
		c := text[in.i]
		switch c {
		case ' ', '\t', '\n', '\r', ',':
			in.i++
			continue
		case ':':
			in.i++
			p.buf = append(p.buf, ':', ' ')
			value = true
			continue
		case '}', ']':
			in.i++
			top := len(items) - 1
			p.end(items[top], c)
			items = items[:top]
			continue
		}
		if !value {
			top := len(items) - 1
			p.between(items[top])
			items[top]++
		}
		value = false
		if c == '{' || c == '[' {
			in.i++
			p.buf = append(p.buf, c)
			items = append(items, 0)
			continue
		}
		p.scalar(&in)
	}
}

func (p *printer) scalar(in *parts) {
	start := in.i
	if in.text[start] == '"' {
		in.skipString()
		p.str(in.text[start:in.i])
		return
	}
	in.skipWord()
	word := in.text[start:in.i]
	if c := word[0]; c == 'N' || c == 'I' || c == '-' && len(word) > 1 && word[1] == 'I' {
		word = []byte("null")
	}
	p.buf = append(p.buf, word...)
}
