package conversation

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// The encodings of Unicode. Python's utf_16 and utf_32 write the machine's own
// byte order with a mark; little-endian, on every machine it runs on today.
var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	utf32LE = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	utf32BE = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)

	unicodes = []codec{
		{name: "utf_8", aliases: "u8 utf utf8 utf8_ucs2 utf8_ucs4 cp65001", base: encoding.Nop},
		{name: "utf_8_sig", base: encoding.Nop, mark: bom},
		{name: "utf_16", aliases: "u16 utf16", base: utf16LE, mark: "\xff\xfe"},
		{name: "utf_16_le", aliases: "unicodelittleunmarked utf_16le", base: utf16LE},
		{name: "utf_16_be", aliases: "unicodebigunmarked utf_16be", base: utf16BE},
		{name: "utf_32", aliases: "u32 utf32", base: utf32LE, mark: "\xff\xfe\x00\x00"},
		{name: "utf_32_le", aliases: "utf_32le", base: utf32LE},
		{name: "utf_32_be", aliases: "utf_32be", base: utf32BE},
	}
)

// multiByte are the encodings of China, Japan and Korea, compared with Python
// as [singleByte] is. The WHATWG gives one table to names that Python tells
// apart (gb2312 and gbk, euc_kr and cp949, shift_jis and cp932).
var multiByte = []codec{
	{name: "shift_jis", aliases: "csshiftjis shiftjis sjis s_jis x_mac_japanese", base: japanese.ShiftJIS,
		lacks: []span{{0x8160, 0x8161}, {0x817c, 0x817c}, {0x8191, 0x8192}, {0x81ca, 0x81ca}, {0x8740, 0x8799}, {0xed40, 0xeefc}}},
	{name: "cp932", aliases: "932 ms932 mskanji ms_kanji", base: japanese.ShiftJIS},
	{name: "euc_jp", aliases: "eucjp ujis u_jis", base: japanese.EUCJP, lacks: notInJIS},
	{name: "iso2022_jp", aliases: "csiso2022jp iso2022jp iso_2022_jp", base: japanese.ISO2022JP,
		codes: japanese.EUCJP, lacks: notInJIS,
		// The escape itself, and the half-width katakana.
		lacksRunes: []span{{0x1b, 0x1b}, {0xff61, 0xff9f}}},
	{name: "euc_kr", aliases: "euckr korean ksc5601 ks_c_5601 ks_c_5601_1987 ksx1001 ks_x_1001 x_mac_korean",
		base: korean.EUCKR, grid: true, lacks: []span{{0xa4d4, 0xa4d4}}},
	{name: "cp949", aliases: "949 ms949 uhc", base: korean.EUCKR},
	{name: "gb2312", aliases: "chinese csiso58gb231280 euc_cn euccn eucgb2312_cn gb2312_1980 gb2312_80 iso_ir_58 x_mac_simp_chinese",
		base: simplifiedchinese.GBK, grid: true,
		lacks: []span{{0xa1a4, 0xa1a4}, {0xa1aa, 0xa1aa}, {0xa2a1, 0xa2aa}, {0xa6e0, 0xa6f5}, {0xa8bb, 0xa8c0}}},
	{name: "gbk", aliases: "936 cp936 ms936", base: simplifiedchinese.GBK,
		lacks: []span{{0x80, 0x80}, {0xa8bf, 0xa8bf}, {0xa989, 0xa995}, {0xfe50, 0xfe9f}}},
	// The editions of GB 18030 differ in the private use area.
	{name: "gb18030", aliases: "gb18030_2000", base: simplifiedchinese.GB18030, lacksRunes: []span{{0xe000, 0xe864}}},
	{name: "big5", aliases: "big5_tw csbig5 x_mac_trad_chinese", base: traditionalchinese.Big5,
		lacks: []span{{0x8740, 0xa0fe}, {0xa145, 0xa145}, {0xa14e, 0xa14e}, {0xa1c2, 0xa1c2}, {0xa1e3, 0xa1e3},
			{0xa1f2, 0xa1f3}, {0xa241, 0xa242}, {0xa244, 0xa244}, {0xa246, 0xa247}, {0xa3c0, 0xa3e1}, {0xc6a1, 0xc8fe},
			{0xf9d6, 0xfefe}}},
	{name: "big5hkscs", aliases: "big5_hkscs hkscs", base: traditionalchinese.Big5, lacks: notInHKSCS},
	{name: "cp950", aliases: "950 ms950", base: traditionalchinese.Big5,
		lacks: []span{{0x8740, 0xa0fe}, {0xa3c0, 0xa3e0}, {0xc6a1, 0xc8fe}, {0xf9fe, 0xfefe}}},
}

var (
	// notInJIS are the EUC codes of what the WHATWG added to JIS X 0208, or
	// maps to another character.
	notInJIS = []span{{0xa1c1, 0xa1c2}, {0xa1dd, 0xa1dd}, {0xa1f1, 0xa1f2}, {0xa2cc, 0xa2cc}, {0xada1, 0xadf9}, {0xf9a1, 0xfcfe}}

	// notInHKSCS: the WHATWG follows a later edition, and Microsoft's symbols.
	notInHKSCS = []span{{0x877a, 0x87df}, {0x9244, 0x9244}, {0x9f66, 0x9f66}, {0x9fd8, 0x9fd8}, {0xa063, 0xa063},
		{0xa0d5, 0xa0d5}, {0xa0e4, 0xa0e4}, {0xa145, 0xa145}, {0xa14e, 0xa14e}, {0xa1c2, 0xa1c2}, {0xa1e3, 0xa1e3},
		{0xa1f2, 0xa1f3}, {0xa241, 0xa242}, {0xa244, 0xa244}, {0xa246, 0xa247}, {0xa3c0, 0xa3e1}, {0xc6d7, 0xc6d7},
		{0xc6de, 0xc6de}, {0xfa5f, 0xfa5f}, {0xfa66, 0xfa66}, {0xfabd, 0xfabd}, {0xfac5, 0xfac5}, {0xfad5, 0xfad5},
		{0xfb48, 0xfb48}, {0xfbb8, 0xfbb8}, {0xfbf3, 0xfbf3}, {0xfbf9, 0xfbf9}, {0xfc4f, 0xfc4f}, {0xfc6c, 0xfc6c},
		{0xfcb9, 0xfcb9}, {0xfce2, 0xfce2}, {0xfcf1, 0xfcf1}, {0xfdb7, 0xfdb8}, {0xfdbb, 0xfdbb}, {0xfdf1, 0xfdf1},
		{0xfe52, 0xfe52}, {0xfe6f, 0xfe6f}, {0xfeaa, 0xfeaa}, {0xfedd, 0xfedd}}
)
