package pages

import (
	"bytes"
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

func TestChecksumsOfRandomSplitsCombine(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	text := make([]byte, 1<<18)
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	for range 500 {
		whole := text[:random.IntN(len(text))]
		var sum uint32
		for rest := whole; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			sum = combine(sum, crc32.ChecksumIEEE(rest[:n]), shift(n))
			rest = rest[n:]
		}
		if want := crc32.ChecksumIEEE(whole); sum != want {
			t.Fatalf("%d bytes: %08x, want %08x", len(whole), sum, want)
		}
	}
}

// zlib's crc32.h has x to the 2^n for n from 0 on in a table; some of it.
func TestPowersAreThoseOfZlib(t *testing.T) {
	power := one >> 1 // x
	for n, want := range []uint32{0x40000000, 0x20000000, 0x08000000, 0x00800000, 0x00008000,
		0xedb88320, 0xb1e6b092, 0xa06a2517, 0xed627dae, 0x88d14467, 0xd7bbfe6a, 0xec447f11} {
		if power != want {
			t.Errorf("x^2^%d is %08x, want %08x", n, power, want)
		}
		power = multiply(power, power)
	}
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte(""), []byte(""))
	f.Add([]byte("a"), []byte(""))
	f.Add([]byte(""), []byte("\x00\x00\x00"))
	f.Add([]byte("123456789"), []byte("The quick brown fox"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		want := crc32.ChecksumIEEE(append(append([]byte{}, first...), second...))
		got := combine(crc32.ChecksumIEEE(first), crc32.ChecksumIEEE(second), shift(len(second)))
		if got != want {
			t.Errorf("%q and %q: %08x, want %08x", first, second, got, want)
		}
	})
}

func FuzzPiecesJoin(f *testing.F) {
	f.Add([]byte("one text of several parts"), uint(3), uint(9))
	f.Add([]byte{}, uint(0), uint(0))
	f.Fuzz(func(t *testing.T, text []byte, a, b uint) {
		deflater, err := NewDeflater(4)
		if err != nil {
			t.Fatal(err)
		}
		from := int(a % uint(len(text)+1))
		to := from + int(b%uint(len(text)-from+1))
		middle, err := deflater.piece(text[from:to])
		if err != nil {
			t.Fatal(err)
		}
		pieces := []piece{storedPiece(text[:from]), middle, storedPiece(text[to:])}
		if got := gunzipped(t, bytes.Join(member(pieces).Parts, nil)); got != string(text) {
			t.Errorf("%q became %q", text, got)
		}
		pieces = []piece{concat(pieces[:2]), pieces[2]}
		if got := gunzipped(t, bytes.Join(member(pieces).Parts, nil)); got != string(text) {
			t.Errorf("with two in one, %q became %q", text, got)
		}
		var whole Member
		var out []byte
		for _, portion := range [][]byte{text[:from], text[from:to], text[to:]} {
			if out, err = whole.Append(out, portion, deflater); err != nil {
				t.Fatal(err)
			}
		}
		if got := gunzipped(t, whole.End(out)); got != string(text) {
			t.Errorf("in portions, %q became %q", text, got)
		}
	})
}
