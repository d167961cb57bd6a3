package conversation

import (
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestEncodeWritesWhatPythonReads holds rows measured with Python 3.11; an
// empty want is a UnicodeEncodeError there.
func TestEncodeWritesWhatPythonReads(t *testing.T) {
	for _, tt := range []struct{ encoding, text, want string }{
		{"", "€", "\xe2\x82\xac"}, {"utf_8", "\ufeff€", "\xef\xbb\xbf\xe2\x82\xac"},
		{"utf_8_sig", "€", "\xef\xbb\xbf\xe2\x82\xac"}, {"utf_8_sig", "", "\xef\xbb\xbf"},
		{"utf_16", "€😀", "\xff\xfe\xac =\xd8\x00\xde"}, {"utf_16", "", "\xff\xfe"},
		{"utf_16_le", "€😀", "\xac =\xd8\x00\xde"}, {"utf_16_be", "€😀", " \xac\xd8=\xde\x00"},
		{"utf_32", "€", "\xff\xfe\x00\x00\xac \x00\x00"}, {"utf_32_be", "€", "\x00\x00 \xac"},
		{"ascii", "a\x7f", "a\x7f"}, {"ascii", "é", ""},
		{"latin_1", "é\u0081", "\xe9\x81"}, {"latin_1", "€", ""},
		{"cp1252", "€", "\x80"}, {"cp1252", "\u0081", ""},
		{"iso8859_15", "€", "\xa4"}, {"cp437", "é█", "\x82\xdb"}, {"mac_roman", "é", "\x8e"}, {"cp037", "a", "\x81"},
		{"koi8_r", "Я", "\xf1"}, {"koi8_u", "Ґ", "\xbd"}, {"koi8_u", "ў", ""},
		{"iso8859_11", "ก", "\xa1"}, {"iso8859_11", "€", ""}, {"tis_620", "\u00a0", ""}, {"cp874", "€", "\x80"},
		{"cp1255", "\u05ba", ""},
		{"shift_jis", "あ", "\x82\xa0"}, {"shift_jis", "①", ""}, {"cp932", "①", "\x87@"}, {"shift_jis", "～", ""}, {"cp932", "～", "\x81`"},
		{"euc_jp", "丂", "\x8f\xb0\xa1"}, {"euc_jp", "①", ""},
		{"iso2022_jp", "aあb", "a\x1b$B$\"\x1b(Bb"}, {"iso2022_jp", "ｱ", ""}, {"iso2022_jp", "①", ""},
		{"euc_kr", "가", "\xb0\xa1"}, {"cp949", "갂", "\x81A"},
		{"gb2312", "中", "\xd6\xd0"}, {"gb2312", "镕", ""}, {"gbk", "镕", "\xe9F"}, {"gbk", "€", ""},
		{"gb18030", "€😀", "\xa2\xe3\x949\xfc6"},
		{"big5", "中", "\xa4\xa4"}, {"big5", "é", ""}, {"big5", "€", ""}, {"big5hkscs", "é", "\x88m"}, {"cp950", "€", "\xa3\xe1"},
	} {
		got, err := Encode(tt.text, tt.encoding)
		if tt.want == "" {
			var e *EncodingError
			if !errors.As(err, &e) || got != nil || e.Encoding != tt.encoding {
				t.Errorf("%s %q: %q, %v; want an *EncodingError", tt.encoding, tt.text, got, err)
			}
			continue
		}
		if err != nil || string(got) != tt.want {
			t.Errorf("%s %q: %q, %v; want %q", tt.encoding, tt.text, got, err, tt.want)
		}
		if text, err := Decode(got, tt.encoding); err != nil || text != tt.text {
			t.Errorf("%s %q decodes as %q, %v; want %q", tt.encoding, got, text, err, tt.text)
		}
	}
}

// TestNamesMeanWhatPythonMeans: the first block are Python's, the second the
// WHATWG's alone.
func TestNamesMeanWhatPythonMeans(t *testing.T) {
	for want, names := range map[string]string{
		"utf_8": "utf8,UTF-8,u8,U8,utf_8,utf 8,cp65001,-utf--8-,utf", "utf_8_sig": "utf-8-sig,UTF_8_SIG",
		"utf_16": "utf16,UTF-16,u16", "utf_16_le": "utf-16le,UTF-16-LE,utf_16_le", "utf_16_be": "utf-16be",
		"ascii":   "us-ascii,US_ASCII,646,ANSI_X3.4-1968,iso646-us",
		"latin_1": "latin-1,l1,L1,iso8859_1,ISO-8859-1,iso_8859-1,latin1,cp819,8859,iso.8859.1", "cp1252": "windows-1252,Windows_1252,1252",
		"iso8859_15": "iso-8859-15,latin9,l9", "iso8859_9": "latin5", "cp437": "cp437,IBM437,437", "mac_roman": "mac-roman,macintosh,MacRoman",
		"shift_jis": "sjis,Shift-JIS,shift_jis,s_jis", "cp932": "ms932", "euc_jp": "euc-jp,ujis", "gb2312": "GB2312,euc-cn,chinese", "gbk": "GBK,cp936",
		"gb18030": "GB18030", "big5": "Big5,csbig5", "big5hkscs": "big5-hkscs", "koi8_r": "KOI8-R", "koi8_u": "koi8-u", "euc_kr": "korean,ks_c_5601-1987", "cp949": "uhc",
		"iso2022_jp": "iso-2022-jp", "iso8859_11": "iso-8859-11", "cp866": "ibm866",

		"windows-1252": "x-cp1252,iso88591", "windows-874": "dos-874,windows-874", "utf-8": "unicode-1-1-utf-8, unicode-1-1-utf-8 ", "utf-16le": "csunicode,ucs-2", "x-user-defined": "X-User-Defined",
		"iso-8859-8-i": "logical", "x-mac-cyrillic": "x-mac-ukrainian",
	} {
		for name := range strings.SplitSeq(names, ",") {
			e, err := LookupEncoding(name)
			if err != nil || e.Name() != want {
				t.Errorf("%q: %v, %v; want %s", name, e, err, want)
			}
		}
	}
}

// TestTablesAreThoseComparedWithPython: how many characters of the basic plane
// each encoding writes, and a checksum of their bytes, as they were when Python
// read every one of them back. A new x/text that changes one must be compared
// again.
func TestTablesAreThoseComparedWithPython(t *testing.T) {
	for _, tt := range []struct {
		encoding string
		count    int
		sum      uint32
	}{
		{"ascii", 128, 0x24650d57},
		{"iso8859_11", 216, 0x3d2b1994},
		{"tis_620", 215, 0xcff081a4},
		{"cp1255", 233, 0x79f9318b},
		{"koi8_u", 254, 0x551a5369},
		{"shift_jis", 7064, 0x97139bb1},
		{"euc_jp", 12850, 0xe17e4327},
		{"iso2022_jp", 7000, 0xb51356fa},
		{"euc_kr", 8353, 0x25c973d5},
		{"gb2312", 7571, 0xbed2a852},
		{"gbk", 21919, 0xc99504a0},
		{"gb18030", 61339, 0xb63ff131},
		{"big5", 13549, 0x80a318e4},
		{"big5hkscs", 16782, 0xe4c629e9},
		{"cp950", 13601, 0x98276671},
	} {
		e, err := LookupEncoding(tt.encoding)
		if err != nil {
			t.Fatal(err)
		}
		count, sum := 0, crc32.NewIEEE()
		for r := range rune(0x10000) {
			if data, err := e.Encode(string(r)); err == nil && utf8.ValidRune(r) {
				count++
				sum.Write(data)
			}
		}
		if count != tt.count || sum.Sum32() != tt.sum {
			t.Errorf("{%q, %d, %#08x},", tt.encoding, count, sum.Sum32())
		}
	}
}

func TestUnknownEncodingsNameTheirNeighbours(t *testing.T) {
	for name, want := range map[string][]string{
		"utf9":        {"utf_8", "utf_16", "utf_32"},
		"lattin1":     {"latin_1", "iso8859_10", "iso8859_13", "iso8859_14", "iso8859_15"},
		"cp1259":      {"cp1250", "cp1251", "cp1252", "cp1253", "cp1254"},
		"klingon":     nil,
		"x":           nil,
		"日本":          nil,
		"iso-2022-kr": nil, // replacement in the WHATWG standard: can only be refused
		"replacement": nil,
	} {
		e, err := LookupEncoding(name)
		var unknown *UnknownEncodingError
		if e != nil || !errors.As(err, &unknown) || unknown.Name != name {
			t.Errorf("%s: %v, %v", name, e, err)
			continue
		}
		if want != nil && !slices.Equal(unknown.Near, want) {
			t.Errorf("%s: near %q, want %q", name, unknown.Near, want)
		}
	}
	if _, err := Encode("", "klingon"); err == nil {
		t.Error("encoded in klingon")
	}
	if _, err := Decode(nil, "klingon"); err == nil {
		t.Error("decoded from klingon")
	}
}

func TestEncodeSaysWhichCharacterAndWhere(t *testing.T) {
	long := strings.Repeat("é", 5000) // past any buffer of the transformer
	for _, tt := range []struct {
		encoding, text string
		want           EncodingError
		message        string
	}{
		{"latin-1", "é\nü €", EncodingError{"latin_1", '€', 2, 4, ""}, "line 2, column 4: latin_1 has no character U+20AC '€'"},
		{"latin-1", long + "\n" + long + "€", EncodingError{"latin_1", '€', 2, 10001, ""}, "U+20AC"},
		{"ascii", "a\r\n😀", EncodingError{"ascii", '😀', 2, 1, ""}, "line 2, column 1: ascii has no character U+1F600"},
		{"cp1252", "\u0081", EncodingError{"cp1252", 0x81, 1, 1, ""}, "U+0081"},
		{"iso2022_jp", "あ\nｱ", EncodingError{"iso2022_jp", 'ｱ', 2, 1, ""}, "U+FF71"},
		{"x-user-defined", "aé", EncodingError{"x-user-defined", 'é', 1, 2, ""}, "U+00E9"},
		{"utf-8", "é\xff", EncodingError{"utf_8", 0, 1, 3, "byte 0xff is not UTF-8"}, "line 1, column 3: byte 0xff is not UTF-8"},
		{"utf-16", "\n\xed\xb8\x80", EncodingError{"utf_16", 0xde00, 2, 1, "U+DE00 is a lone surrogate, not a character"}, "line 2, column 1: U+DE00"},
	} {
		data, err := Encode(tt.text, tt.encoding)
		var e *EncodingError
		if data != nil || !errors.As(err, &e) || *e != tt.want || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v; want %+v", tt.encoding, err, tt.want)
		}
	}
}

func TestDecodeRefusesWhatSpellsNothing(t *testing.T) {
	for _, tt := range []struct{ encoding, data, want string }{
		{"utf-8", "a\n\xff", "line 2, column 1: not utf_8"},
		{"ascii", "a\xe9", "line 1, column 2: not ascii"},
		{"cp1252", "\x81", "line 1, column 1: not cp1252"},
		{"iso8859_7", "\xae", "not iso8859_7"},
		{"utf_16", "\xff\xfea\x00b", "not utf_16"},
		{"utf_16_le", "\x00\xd8", "not utf_16_le"},
		{"utf_32", "\x00", "not utf_32"},
		{"shift_jis", "\x82", "not shift_jis"},
		{"gb2312", "\xe9F", "not gb2312"},
		{"gb18030", "\x81", "not gb18030"},
	} {
		text, err := Decode([]byte(tt.data), tt.encoding)
		if err == nil || text != "" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %q: %q, %v; want %q", tt.encoding, tt.data, text, err, tt.want)
		}
	}
	for _, tt := range []struct{ encoding, data, want string }{
		{"utf-8", "\ufffd", "\ufffd"}, // a replacement character that is really there
		{"utf_16", "\xff\xfe\xfd\xff", "\ufffd"},
		{"utf_16", "\xfe\xff\x00a", "a"}, // the other byte order
		{"utf_16", "a\x00", "a"},
		{"utf_32", "\x00\x00\xfe\xff\x00\x00\x00a", "a"},
		{"utf_8_sig", "a", "a"},
	} {
		if text, err := Decode([]byte(tt.data), tt.encoding); err != nil || text != tt.want {
			t.Errorf("%s %q: %q, %v; want %q", tt.encoding, tt.data, text, err, tt.want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	text, _ := sample(f)
	for i, name := range []string{"utf-8", "utf-8-sig", "utf-16", "latin-1", "gb2312", "iso2022_jp", "big5", "x-user-defined", "csunicode", "u9"} {
		f.Add(text[i:], name)
		f.Add("\ufeff€あ가中\ufffd😀\x1b\x0e~\\", name)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		e, err := LookupEncoding(name)
		if err != nil {
			return
		}
		data, err := e.Encode(text)
		if err != nil {
			var lacks *EncodingError
			if !errors.As(err, &lacks) || lacks.Line < 1 || lacks.Column < 1 {
				t.Fatalf("%s %q: %v", name, text, err)
			}
			return
		}
		if got, err := e.Decode(data); err != nil || got != text {
			t.Fatalf("%s: %q came back as %q, %v", e.Name(), text, got, err)
		}
		if got, err := e.Decode([]byte(text)); err == nil && !utf8.ValidString(got) {
			t.Fatalf("%s: %q decodes as %q, which is no text", e.Name(), text, got)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	text := strings.Repeat("eine Zeile für die Seite\n", 4000)
	for _, name := range []string{"utf-8", "utf-16", "cp1252", "gb18030"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Encode(text, name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
