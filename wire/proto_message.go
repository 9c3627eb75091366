package wire

import (
	"errors"
	"unicode/utf8"

	"heureka/interest"
	"heureka/internal/proto"
	"heureka/model"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of the messages in an envelope. docs/heureka.proto has them and the
// fields below for writers of clients; a test holds both together.
const (
	numberHello      protowire.Number = 1
	numberWelcome    protowire.Number = 2
	numberRegister   protowire.Number = 3
	numberUpdate     protowire.Number = 4
	numberUnregister protowire.Number = 5
	numberHeartbeat  protowire.Number = 6
	numberAck        protowire.Number = 7
	numberAgain      protowire.Number = 8
	numberGoAway     protowire.Number = 9
	numberError      protowire.Number = 10
	numberSubscribe  protowire.Number = 11
	numberSnapshot   protowire.Number = 12
	numberResumed    protowire.Number = 13
	numberPut        protowire.Number = 14
	numberRemove     protowire.Number = 15
	numberSynced     protowire.Number = 16

	lastNumber = numberSynced
)

// numberSeq is the field of a message's own number, in all that have one: so it is
// found in messages that can't be read otherwise.
const numberSeq protowire.Number = 1

// protoNumber returns the number of the message in its envelope; 0 if it has none.
func protoNumber(m Message) protowire.Number {
	switch m.(type) {
	case *Hello:
		return numberHello
	case *Welcome:
		return numberWelcome
	case *Register:
		return numberRegister
	case *Update:
		return numberUpdate
	case *Unregister:
		return numberUnregister
	case *Heartbeat:
		return numberHeartbeat
	case *Ack:
		return numberAck
	case *Again:
		return numberAgain
	case *GoAway:
		return numberGoAway
	case *Error:
		return numberError
	case *Subscribe:
		return numberSubscribe
	case *Snapshot:
		return numberSnapshot
	case *Resumed:
		return numberResumed
	case *Put:
		return numberPut
	case *Remove:
		return numberRemove
	case *Synced:
		return numberSynced
	default:
		return 0
	}
}

// zeroHash is what a hash is that isn't there.
const zeroHash = "0000000000000000"

// newProtoMessage returns the message with that number as it is without any
// field; nil if there is none.
func newProtoMessage(number protowire.Number) Message {
	switch number {
	case numberHello:
		return new(Hello)
	case numberWelcome:
		return new(Welcome)
	case numberRegister:
		return new(Register)
	case numberUpdate:
		return new(Update)
	case numberUnregister:
		return new(Unregister)
	case numberHeartbeat:
		return new(Heartbeat)
	case numberAck:
		return new(Ack)
	case numberAgain:
		return new(Again)
	case numberGoAway:
		return new(GoAway)
	case numberError:
		return new(Error)
	case numberSubscribe:
		return &Subscribe{Interests: []interest.Interest{}}
	case numberSnapshot:
		return new(Snapshot)
	case numberResumed:
		return new(Resumed)
	case numberPut:
		return &Put{Hash: zeroHash}
	case numberRemove:
		return new(Remove)
	case numberSynced:
		return &Synced{Check: Check{Digest: zeroHash}}
	default:
		return nil
	}
}

// fields says the fields of a message, for both directions. Put and remove come
// first: they are what is said most.
func (c *coder) fields(m Message) {
	switch m := m.(type) {
	case *Put:
		c.text(2, &m.Version)
		c.hash(3, &m.Hash)
		c.instance(4, &m.Instance)
	case *Remove:
		c.text(2, &m.App)
		c.text(3, &m.ID)
	case *Ack:
		c.number(numberSeq, &m.Seq)
		c.text(2, &m.Version)
	case *Hello:
		c.int(2, &m.Version)
		c.text(3, &m.Process)
		c.number(4, &m.Connection)
		c.text(5, &m.Client)
		c.texts(6, &m.Capabilities)
	case *Welcome:
		c.int(2, &m.Version)
		c.text(3, &m.Node)
		c.int64(4, &m.HeartbeatMs)
		c.int64(5, &m.LeaseMs)
		c.int(6, &m.MaxMessage)
		c.texts(7, &m.Capabilities)
	case *Register:
		c.number(numberSeq, &m.Seq)
		c.instance(2, &m.Instance)
		c.text(3, &m.Acked)
	case *Update:
		c.number(numberSeq, &m.Seq)
		c.text(2, &m.App)
		c.text(3, &m.ID)
		c.patch(4, 5, &m.Set)
	case *Unregister:
		c.number(numberSeq, &m.Seq)
		c.text(2, &m.App)
		c.text(3, &m.ID)
		c.text(4, &m.Acked)
	case *Heartbeat:
		c.number(numberSeq, &m.Seq)
		c.check(2, &m.Check)
		c.flag(3, &m.Stale)
		c.text(4, &m.Token)
	case *Again:
		c.text(2, &m.App)
		c.text(3, &m.ID)
	case *GoAway:
		c.int64(2, &m.AfterMs)
	case *Error:
		c.number(numberSeq, &m.Seq)
		c.int(2, (*int)(&m.Code))
		c.text(3, &m.Name)
		c.text(4, &m.Message)
		c.text(5, (*string)(&m.Retry))
	case *Subscribe:
		c.number(numberSeq, &m.Seq)
		c.interests(2, &m.Interests)
		c.text(3, &m.Token)
		c.int64(4, &m.PaceMs)
	case *Snapshot:
		c.number(numberSeq, &m.Seq)
		c.text(2, &m.Refused)
	case *Resumed:
		c.number(numberSeq, &m.Seq)
	case *Synced:
		check := &m.Check
		c.number(numberSeq, &m.Seq)
		c.check(2, &check)
		c.flag(3, &m.Stale)
		c.text(4, &m.Token)
	}
}

// coder writes the fields of one message, or reads the one that has come: each
// method does so for the field with its number. A field of another wire type than
// its own counts as unknown, as protocol buffers have it.
type coder struct {
	out   []byte // what is written
	field protowire.Number
	value value        // of the field that has come
	set   *patchReader // of an update
	reads bool

	broken error // the message that is read is none
	err    error // the first thing in it that can't be written or read
}

// comes reports whether the field to be read has that number and wire type.
func (c *coder) comes(field protowire.Number, kind protowire.Type) bool {
	return c.field == field && c.value.kind == kind
}

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// errText: clients of other languages can't read such a message at all.
var errText = errors.New("a text isn't UTF-8")

func (c *coder) text(field protowire.Number, at *string) {
	if !c.reads {
		c.out = proto.AppendText(c.out, field, valid(*at))
	} else if c.comes(field, protowire.BytesType) {
		*at = c.string(c.value)
	}
}

// string returns the text that has come.
func (c *coder) string(v value) string {
	if !utf8.Valid(v.bytes) {
		c.fail(errText)
	}
	return v.text()
}

func (c *coder) texts(field protowire.Number, at *[]string) {
	if !c.reads {
		for _, text := range *at {
			c.out = proto.AppendElement(c.out, field, valid(text))
		}
	} else if c.comes(field, protowire.BytesType) {
		*at = append(*at, c.string(c.value))
	}
}

func (c *coder) number(field protowire.Number, at *uint64) {
	if !c.reads {
		c.out = proto.AppendNumber(c.out, field, *at)
	} else if c.comes(field, protowire.VarintType) {
		*at = c.value.number
	}
}

func (c *coder) int64(field protowire.Number, at *int64) {
	if !c.reads {
		c.out = proto.AppendNumber(c.out, field, uint64(*at))
	} else if c.comes(field, protowire.VarintType) {
		*at = int64(c.value.number)
	}
}

func (c *coder) int(field protowire.Number, at *int) {
	if !c.reads {
		c.out = proto.AppendNumber(c.out, field, uint64(*at))
	} else if c.comes(field, protowire.VarintType) {
		*at = int(c.value.number)
	}
}

func (c *coder) flag(field protowire.Number, at *bool) {
	if !c.reads {
		c.out = proto.AppendFlag(c.out, field, *at)
	} else if c.comes(field, protowire.VarintType) {
		*at = c.value.flag()
	}
}

// hash is a text in the JSON form and a number in this one.
func (c *coder) hash(field protowire.Number, at *string) {
	if !c.reads {
		hash, err := ParseHash(*at)
		if err != nil {
			c.fail(err)
		}
		c.out = proto.AppendFixed(c.out, field, hash)
	} else if c.comes(field, protowire.Fixed64Type) {
		*at = FormatHash(c.value.number)
	}
}

func (c *coder) instance(field protowire.Number, at **model.Instance) {
	if !c.reads {
		if *at != nil {
			c.out = proto.AppendMessage(c.out, field, (*at).AppendProto)
		}
	} else if c.comes(field, protowire.BytesType) {
		*at = new(model.Instance)
		if err := (*at).ReadProto(string(c.value.bytes)); err != nil {
			c.fail(err)
		}
	}
}

func (c *coder) check(field protowire.Number, at **Check) {
	if !c.reads {
		if *at != nil {
			c.out = proto.AppendMessage(c.out, field, func(b []byte) []byte {
				inner := coder{out: b}
				inner.checkFields(*at)
				c.fail(inner.err)
				return inner.out
			})
		}
	} else if c.comes(field, protowire.BytesType) {
		if *at == nil {
			*at = new(Check)
		}
		**at = Check{Digest: zeroHash}
		inner, message := coder{reads: true}, c.value.bytes
		for inner.next(&message) {
			inner.checkFields(*at)
		}
		c.merge(&inner)
	}
}

func (c *coder) checkFields(check *Check) {
	c.int(1, &check.Count)
	c.hash(2, &check.Digest)
}

func (c *coder) interests(field protowire.Number, at *[]interest.Interest) {
	if !c.reads {
		for i := range *at {
			c.out = proto.AppendMessage(c.out, field, func(b []byte) []byte {
				inner := coder{out: b}
				inner.interestFields(&(*at)[i])
				return inner.out
			})
		}
	} else if c.comes(field, protowire.BytesType) {
		var i interest.Interest
		inner, message := coder{reads: true}, c.value.bytes
		for inner.next(&message) {
			inner.interestFields(&i)
		}
		c.merge(&inner)
		*at = append(*at, i)
	}
}

func (c *coder) interestFields(i *interest.Interest) {
	c.text(1, (*string)(&i.Kind))
	c.text(2, (*string)(&i.Op))
	c.text(3, &i.Value)
}

// next takes the next field of a message that is read; false at its end, or where
// the message is broken, which broken then says.
func (c *coder) next(message *[]byte) bool {
	for len(*message) > 0 {
		field, v, n, err := nextField(*message)
		if err != nil {
			c.broken = err
			return false
		}
		*message = (*message)[n:]
		if field != 0 {
			c.field, c.value = field, v
			return true
		}
	}
	return false
}

// merge takes over what is wrong with a message that a field holds.
func (c *coder) merge(inner *coder) {
	c.fail(inner.broken)
	c.fail(inner.err)
}
