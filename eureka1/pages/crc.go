package pages

import "hash/crc32"

// The checksum of two texts, one after the other, from the checksums of each: the
// method of zlib's crc32_combine. A CRC is a polynomial over GF(2) modulo a fixed one
// of degree 32; to append n bytes multiplies what came before by x to the 8n. zlib
// did that with matrices over GF(2) until 1.2.11, and has multiplied polynomials
// since (crc32_combine_gen and crc32_combine_op in its crc32.c), as this does.
// Polynomials have their coefficient of x^0 in the highest bit.
const (
	one    uint32 = 1 << 31       // x^0
	octave uint32 = 1 << (31 - 8) // x^8, one byte
	modulo uint32 = crc32.IEEE    // without its x^32
)

// combine returns the checksum of two texts from theirs and the shift of the
// second's length.
func combine(first, second, shift uint32) uint32 {
	return multiply(first, shift) ^ second
}

// shift returns what appending so many bytes multiplies a checksum by.
func shift(length int) uint32 {
	product := one
	for power := octave; length > 0; length >>= 1 {
		if length&1 != 0 {
			product = multiply(product, power)
		}
		power = multiply(power, power)
	}
	return product
}

// multiply returns the product of two polynomials, modulo the CRC's.
func multiply(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		product ^= b & -(a >> 31)
		b = b>>1 ^ modulo&-(b&1)
	}
	return product
}
