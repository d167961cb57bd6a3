package lossless

import "bytes"

func (s *scanner) word() error {
	for _, word := range []string{"true", "false", "null"} {
		if s.follows(word) {
			s.i += len(word)
			return nil
		}
	}
	return s.notANumber()
}

func (s *scanner) notANumber() error {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if !s.follows(word) {
			continue
		}
		if !s.options.NaN {
			return s.errorf("%s is not JSON", word)
		}
		s.warn("%s is read as null", word)
		s.i += len(word)
		return nil
	}
	if rest := s.data[s.i:]; len(rest) < 5 {
		for _, word := range []string{"true", "false", "null"} {
			if bytes.HasPrefix([]byte(word), rest) {
				s.i = len(s.data)
				return s.cut()
			}
		}
	}
	return s.errorf("a value is wanted here, not %q", s.rune())
}

func (s *scanner) follows(word string) bool {
	return bytes.HasPrefix(s.data[s.i:], []byte(word))
}

// str takes a string literal. Lone surrogates are as good as any escape.
func (s *scanner) str() error {
	s.i++
	for s.i < len(s.data) {
		switch c := s.data[s.i]; {
		case c == '"':
			s.i++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case c < 0x20:
			return s.errorf("control character %q in a string", rune(c))
		default:
			s.i++
		}
	}
	return s.cut()
}

func (s *scanner) escape() error {
	if s.i+1 == len(s.data) {
		s.i++
		return s.cut()
	}
	switch s.data[s.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i += 2
		return nil
	case 'u':
		for n := 2; n < 6; n++ {
			if s.i+n >= len(s.data) {
				s.i = len(s.data)
				return s.cut()
			}
			if !isHex(s.data[s.i+n]) {
				return s.errorf("\\u is not followed by four hexadecimal digits")
			}
		}
		s.i += 6
		return nil
	}
	return s.errorf("unknown escape in a string")
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func (s *scanner) number() error {
	if s.follows("-I") {
		return s.notANumber()
	}
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
		if c := s.peek(); c >= '0' && c <= '9' {
			return s.errorf("a number does not begin with 0")
		}
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.peek() == '.' {
		s.i++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.peek()|0x20 == 'e' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		return s.digits()
	}
	return nil
}

func (s *scanner) digits() error {
	start := s.i
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.i++
	}
	if s.i == start && s.i == len(s.data) {
		return s.cut()
	}
	if s.i == start {
		return s.errorf("a digit is wanted here, not %q", s.rune())
	}
	return nil
}
