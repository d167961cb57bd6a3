// Package journal keeps records in one file to which they are appended.
//
// When Append returns nil, the record is on the disk. Whatever stops the
// program then, opening the journal again gives every record that was
// acknowledged, in order, with the bytes that were written; of what was under
// way, all, the first few records or nothing. What is damaged later is
// reported, and costs no other record.
//
//	j, err := journal.Open(ctx, "steps.log", journal.Options{})
//	if err != nil {
//		return err
//	}
//	defer j.Close()
//	seq, err := j.Append(ctx, step)
//	for r, err := range j.Records() { … }
//
// One process, and one Journal in it, has the file at a time; the lock dies with
// it. [Read] needs no lock. Calls of Append that come at the same time share one
// write and one sync.
//
// # What survives what
//
//	stopped by                   what you find
//	kill -9, power cut           every acknowledged record; of appends under way all, the first few or none
//	a full disk, a failed write  the same; the append says Old and left nothing, the next one may work
//	a failed sync                the same, in a new file; the failed records are gone for good
//	the same, and no new file    the same after Open; until then every append is refused
//	an attempt cut off           the torn end is cut off by the next Open, which tells how much
//	Compact cut off              the old file or the new one, whole
//	bytes damaged in a record    all other records, and a Damage from Records that says where and which are missing
//	the last record damaged      all others; it is taken for a torn end and cut off
//	one copy of the header       all records, and a Damage; with both damaged an error, and an untouched file
//	not a journal                an error, and an untouched file
//
// Not promised: a record that was not acknowledged may be there after a crash
// (its append had begun). A flush of several records that had been acknowledged
// and lost a whole sector (read as zeros), before anything was appended after
// it, looks like one that a power cut met: it is cut off at the hole. It rests
// on A1 and A2 of the library's promises, and on one more: a disk that writes a
// sector does not harm the bytes in it that stay the same (SQLite calls it
// powersafe overwrite). Whoever writes the file past the lock does so at their
// own risk.
//
// # The file
//
// Numbers are little-endian. Two equal copies of the header come first:
//
//	offset  bytes  file header, copies at 0 and 32
//	     0      8  magic 89 77 6a 6c 0d 0a 1a 0a
//	     8      4  version of the format, 1
//	    12      8  id of this file, random
//	    20      8  floor: the first sequence number after the last Compact, 1 if there was none
//	    28      4  CRC-32C of bytes 0 to 27
//
// Records follow without a gap:
//
//	offset  bytes  record
//	     0      4  marker d5 77 72 ec
//	     4      4  key, mostly 0: byte i from 8 on is written xor byte i mod 4 of the key
//	     8      4  length n of the payload, at most MaxRecord
//	    12      8  sequence number, from 1; higher than that of the record before, from the floor on by one
//	    20      4  how many records of the same flush come before it
//	    24      8  offset in the file where its flush begins
//	    32      4  CRC-32C of the id and bytes 0 to 31, before they are masked
//	    36      n  payload
//	  36+n      4  CRC-32C of the id and bytes 0 to 35+n, before they are masked
//
// The id in both sums keeps records of other journals, and stale blocks of
// replaced files, from passing. The first sum guards the length: no reader
// allocates what a damaged one says. The number at 20 tells which records were
// acknowledged: those before the flush of any record in the file.
//
// # The marker, and the end of the file
//
// The four bytes of the marker occur at the beginning of a record and nowhere
// else in one: where they would, in the payload or by chance in a number or a
// sum, the record is masked with another key, drawn at random until none shows.
// The marker has no zero and its first byte only once, so none arises either
// where records meet or where a power cut left zeros. So a payload that imitates
// records, written by someone who has read the file, is never taken for them,
// however much of it a crash has left. (Sums cannot do that: whoever knows the
// id makes good ones.)
//
// This is what lets Open begin at the end. The last marker begins the last
// record. If that is whole, ends the file, and all of its flush leads to it from
// the offset that it names, every flush before was acknowledged, whatever has
// been damaged since, and this one is complete: there is nothing to cut off. The
// offset keeps a copy of some records behind the last from passing for the end.
// Only if the file ends otherwise is all of it read. A walk over the records
// looks at the end first too, and so comes to the same one: of a file that ends
// with a whole flush it takes nothing for torn, and no record before the flush
// that has a number of the flush or a later one.
package journal
