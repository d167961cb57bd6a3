// Package cut runs a program on a real file system, cuts the power at every
// moment, and says what was found afterwards.
//
// A run is recorded once: the program works on a mounted file system, a
// neighbour makes the journal commit all the time, and every rename is held up
// a little, so that what stands between two calls is seen. Then the recording
// is played back as each disk that the cut could have left; the kernel mounts
// it, replaying its journal, and the files are read, first as a stranger would,
// then through the library.
package cut
