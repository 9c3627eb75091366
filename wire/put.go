package wire

import (
	"heureka/internal/proto"
	"heureka/model"
)

// AppendPut appends the Put of an instance as the registry holds it: the same bytes
// that Append makes of a Put. In the binary form the instance is only copied.
func (f Format) AppendPut(dst []byte, version model.Version, hash uint64, in model.Packed) ([]byte, error) {
	if f != FormatProto {
		return f.Append(dst, &Put{Version: version.String(), Hash: FormatHash(hash), Instance: in.Unpack()})
	}
	dst, envelope := proto.Open(dst, numberEnvelope)
	dst, put := proto.Open(dst, numberPut)
	var room [128]byte // enough for most versions
	if text := version.Append(room[:0]); len(text) > 0 {
		dst = proto.AppendBytes(dst, numberPutVersion, text)
	}
	dst = proto.AppendFixed(dst, numberPutHash, hash)
	dst, instance := proto.Open(dst, numberPutInstance)
	dst = proto.Close(in.AppendTo(dst), instance)
	return proto.Close(proto.Close(dst, put), envelope), nil
}

// The fields of a Put.
const (
	numberPutVersion  proto.Number = 2
	numberPutHash     proto.Number = 3
	numberPutInstance proto.Number = 4
)
