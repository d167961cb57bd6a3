package conversation

import "golang.org/x/text/encoding/charmap"

// singleByte are the encodings of one byte a character that both Python and
// golang.org/x/text know, by Python's names and aliases (encodings.aliases of
// 3.11). Each was compared with Python for every Unicode character: whatever is
// written here, Python reads as the same character. Where x/text has the larger
// table of the WHATWG, lacks says what Python would read otherwise.
var singleByte = []codec{
	{name: "ascii", aliases: "646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us us_ascii", base: charmap.ISO8859_1, lacks: []span{{0x80, 0xff}}},
	{name: "latin_1", aliases: "8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1", base: charmap.ISO8859_1},
	{name: "iso8859_2", aliases: "csisolatin2 iso_8859_2 iso_8859_2_1987 iso_ir_101 l2 latin2", base: charmap.ISO8859_2},
	{name: "iso8859_3", aliases: "csisolatin3 iso_8859_3 iso_8859_3_1988 iso_ir_109 l3 latin3", base: charmap.ISO8859_3},
	{name: "iso8859_4", aliases: "csisolatin4 iso_8859_4 iso_8859_4_1988 iso_ir_110 l4 latin4", base: charmap.ISO8859_4},
	{name: "iso8859_5", aliases: "csisolatincyrillic cyrillic iso_8859_5 iso_8859_5_1988 iso_ir_144", base: charmap.ISO8859_5},
	{name: "iso8859_6", aliases: "arabic asmo_708 csisolatinarabic ecma_114 iso_8859_6 iso_8859_6_1987 iso_ir_127", base: charmap.ISO8859_6},
	{name: "iso8859_7", aliases: "csisolatingreek ecma_118 elot_928 greek greek8 iso_8859_7 iso_8859_7_1987 iso_ir_126", base: charmap.ISO8859_7},
	{name: "iso8859_8", aliases: "csisolatinhebrew hebrew iso_8859_8 iso_8859_8_1988 iso_ir_138", base: charmap.ISO8859_8},
	{name: "iso8859_9", aliases: "csisolatin5 iso_8859_9 iso_8859_9_1989 iso_ir_148 l5 latin5", base: charmap.ISO8859_9},
	{name: "iso8859_10", aliases: "csisolatin6 iso_8859_10 iso_8859_10_1992 iso_ir_157 l6 latin6", base: charmap.ISO8859_10},
	{name: "iso8859_11", aliases: "thai iso_8859_11 iso_8859_11_2001", base: charmap.Windows874, lacks: []span{{0x80, 0x9f}}},
	{name: "iso8859_13", aliases: "iso_8859_13 l7 latin7", base: charmap.ISO8859_13},
	{name: "iso8859_14", aliases: "iso_8859_14 iso_8859_14_1998 iso_celtic iso_ir_199 l8 latin8", base: charmap.ISO8859_14},
	{name: "iso8859_15", aliases: "iso_8859_15 l9 latin9", base: charmap.ISO8859_15},
	{name: "iso8859_16", aliases: "iso_8859_16 iso_8859_16_2001 iso_ir_226 l10 latin10", base: charmap.ISO8859_16},
	{name: "cp037", aliases: "037 csibm037 ebcdic_cp_ca ebcdic_cp_nl ebcdic_cp_us ebcdic_cp_wt ibm037 ibm039", base: charmap.CodePage037},
	{name: "cp437", aliases: "437 cspc8codepage437 ibm437", base: charmap.CodePage437},
	{name: "cp850", aliases: "850 cspc850multilingual ibm850", base: charmap.CodePage850},
	{name: "cp852", aliases: "852 cspcp852 ibm852", base: charmap.CodePage852},
	{name: "cp855", aliases: "855 csibm855 ibm855", base: charmap.CodePage855},
	{name: "cp858", aliases: "858 csibm858 ibm858", base: charmap.CodePage858},
	{name: "cp860", aliases: "860 csibm860 ibm860", base: charmap.CodePage860},
	{name: "cp862", aliases: "862 cspc862latinhebrew ibm862", base: charmap.CodePage862},
	{name: "cp863", aliases: "863 csibm863 ibm863", base: charmap.CodePage863},
	{name: "cp865", aliases: "865 csibm865 ibm865", base: charmap.CodePage865},
	{name: "cp866", aliases: "866 csibm866 ibm866", base: charmap.CodePage866},
	{name: "cp874", base: charmap.Windows874},
	{name: "cp1140", aliases: "1140 ibm1140", base: charmap.CodePage1140},
	{name: "cp1250", aliases: "1250 windows_1250", base: charmap.Windows1250},
	{name: "cp1251", aliases: "1251 windows_1251", base: charmap.Windows1251},
	{name: "cp1252", aliases: "1252 windows_1252", base: charmap.Windows1252},
	{name: "cp1253", aliases: "1253 windows_1253", base: charmap.Windows1253},
	{name: "cp1254", aliases: "1254 windows_1254", base: charmap.Windows1254},
	{name: "cp1255", aliases: "1255 windows_1255", base: charmap.Windows1255, lacks: []span{{0xca, 0xca}}},
	{name: "cp1256", aliases: "1256 windows_1256", base: charmap.Windows1256},
	{name: "cp1257", aliases: "1257 windows_1257", base: charmap.Windows1257},
	{name: "cp1258", aliases: "1258 windows_1258", base: charmap.Windows1258},
	{name: "koi8_r", aliases: "cskoi8r", base: charmap.KOI8R},
	{name: "koi8_u", base: charmap.KOI8U, lacks: []span{{0xae, 0xae}, {0xbe, 0xbe}}},
	{name: "mac_roman", aliases: "macintosh macroman", base: charmap.Macintosh},
	{name: "mac_cyrillic", aliases: "maccyrillic", base: charmap.MacintoshCyrillic},
	{name: "tis_620", aliases: "tis620 tis_620_0 tis_620_2529_0 tis_620_2529_1 iso_ir_166", base: charmap.Windows874, lacks: []span{{0x80, 0xa0}}},
}
