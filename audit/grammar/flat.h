//go:build cgo && !nogrammar

// One call from Go parses a source and gives its tree as an array: crossing
// from Go to C and back for each node costs more than the parsing.
#ifndef WHOLLY_FLAT_H
#define WHOLLY_FLAT_H

#include <stddef.h>
#include <stdint.h>

// What is used of tree_sitter/api.h, ABI of version 0.25. The header itself
// lies in another module's folder, which cgo cannot name; a test compares this
// tree with the one that the binding gives.
typedef struct TSParser TSParser;
typedef struct TSTree TSTree;
typedef struct TSLanguage TSLanguage;
typedef struct { uint32_t row, column; } TSPoint;
typedef struct { TSPoint start_point, end_point; uint32_t start_byte, end_byte; } TSRange;

TSParser *ts_parser_new(void);
void ts_parser_delete(TSParser *);
void ts_set_allocator(void *(*)(size_t), void *(*)(size_t, size_t), void *(*)(void *, size_t), void (*)(void *));

// flat_node is a node that is kept, in the order of the source.
typedef struct {
	uint32_t start, end; // bytes
	uint32_t up;         // index of its parent; of the root, itself
	uint32_t kids;       // how many children are kept
	uint16_t kind;       // as the language counts them; FLAT_ERROR
	uint8_t field;
	uint8_t bad; // not understood, or made up
} flat_node;

#define FLAT_ERROR 0xffff

// flat_tree is an array that is used again for the next source.
typedef struct {
	flat_node *at;
	uint32_t len, cap;
	uint32_t bad;
} flat_tree;

// What a language's table says of each kind.
enum {
	FLAT_NAMED = 1, // it is kept; others are kept only if they stand in a field
	FLAT_LEAF = 2,  // nobody asks what is below it
};

// flat_parse reads the ranges of src, all of it if there are none. It returns
// 0, or FLAT_LANGUAGE, FLAT_RANGES, FLAT_TREE or FLAT_MEMORY for what failed.
int flat_parse(TSParser *p, const TSLanguage *language, const uint8_t *kinds, const char *src, uint32_t len,
	const TSRange *ranges, uint32_t n, flat_tree *out);

enum { FLAT_LANGUAGE = 1, FLAT_RANGES, FLAT_TREE, FLAT_MEMORY };

void flat_free(flat_tree *t);

#endif
