// Package lossless reads and writes JSON as it was written: key order, unknown
// keys, the text of numbers and of strings (lone surrogates included) survive.
package lossless
