package socket

import (
	"bufio"
	"encoding/binary"
)

const (
	final  = 0x80 // of the first byte, with no reserved bit
	masked = 0x80 // of the second
	long   = 126  // its length, if that follows in two bytes
)

// Whole takes the next message of a client, if all of it has been read into the input
// already and it is like nearly every one: one frame, with that opcode, of at most so
// many bytes. It returns nil, and takes nothing, for all else: the library, which must
// not be in the middle of a message, reads that. The message is the caller's until the
// input is read again.
func Whole(input *bufio.Reader, opcode byte, limit int) []byte {
	came, err := input.Peek(input.Buffered())
	if err != nil || len(came) < 2 || came[0] != final|opcode || came[1]&masked == 0 {
		return nil
	}
	head, size := 2, int(came[1]&^masked)
	switch {
	case size == long && len(came) >= 4:
		head, size = 4, int(binary.BigEndian.Uint16(came[2:]))
	case size >= long:
		return nil
	}
	head += 4
	if size == 0 || size > limit || len(came) < head+size {
		return nil
	}
	message := came[head : head+size : head+size]
	unmask(message, [4]byte(came[head-4:head]))
	if _, err := input.Discard(head + size); err != nil {
		return nil // there is no such error: all of it was there
	}
	return message
}

// unmask takes the mask off a payload: RFC 6455, section 5.3.
func unmask(b []byte, key [4]byte) {
	var twice [8]byte
	copy(twice[:], key[:])
	copy(twice[4:], key[:])
	wide := binary.NativeEndian.Uint64(twice[:])
	for len(b) >= 8 {
		binary.NativeEndian.PutUint64(b, binary.NativeEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= key[i&3]
	}
}
