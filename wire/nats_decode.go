package wire

import (
	"fmt"
	"math"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"

	"google.golang.org/protobuf/encoding/protowire"
)

// DecodePacket reads what EncodePacket wrote. What it returns shares nothing
// with the bytes. The error wraps ErrPacket; a message of a kind that this
// release doesn't know is one too.
func DecodePacket(packet []byte) (cluster.Message, error) {
	d := packetDecoder{}
	var out cluster.Message
	err := readFields(packet, func(field protowire.Number, v value) (err error) {
		switch field {
		case 1:
			return d.incarnation(v.bytes)
		case 2:
			out, err = d.beacon(v.bytes)
		case 3:
			out, err = d.delta(v.bytes)
		case 4:
			out, err = d.pull(v.bytes)
		case 5:
			out, err = d.more(v.bytes)
		case 6:
			out, err = d.chunk(v.bytes)
		case 7:
			m := new(cluster.Renewals)
			out, err = m, d.keys(v.bytes, &m.From, &m.Number, &m.Keys)
		case 8:
			m := new(cluster.Renewed)
			out, err = m, d.keys(v.bytes, &m.From, &m.Number, &m.Unknown)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPacket, err)
	}
	if out == nil {
		return nil, fmt.Errorf("%w: no content that this release knows", ErrPacket)
	}
	return out, nil
}

type packetDecoder struct{ table []model.Incarnation }

func (d *packetDecoder) incarnation(message []byte) error {
	var inc model.Incarnation
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			inc.Name = v.shared()
		case 2:
			if copy(inc.ID[:], v.bytes) != len(inc.ID) {
				return fmt.Errorf("an incarnation's id is %d bytes long", len(v.bytes))
			}
		}
		return nil
	})
	if inc.IsZero() {
		return fmt.Errorf("an incarnation is empty")
	}
	d.table = append(d.table, inc)
	return err
}

func (d *packetDecoder) ref(to *model.Incarnation, index uint64) error {
	if index == 0 || index > uint64(len(d.table)) {
		return fmt.Errorf("incarnation %d of %d", index, len(d.table))
	}
	*to = d.table[index-1]
	return nil
}

func (d *packetDecoder) seq(into map[model.Incarnation]uint64, message []byte) error {
	var inc model.Incarnation
	var seq uint64
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&inc, v.number)
		case 2:
			seq = v.number
		}
		return nil
	})
	if err == nil && inc.IsZero() {
		err = fmt.Errorf("a number without an incarnation")
	}
	if err == nil {
		into[inc] = seq
	}
	return err
}

func (d *packetDecoder) entry(message []byte) (*registry.Entry, error) {
	e := new(registry.Entry)
	err := readFields(message, func(field protowire.Number, v value) (err error) {
		switch field {
		case 1:
			e.Key.App = v.shared()
		case 2:
			e.Key.ID = v.text()
		case 3:
			e.Version.Time = model.Time(v.number)
		case 4:
			e.Version.Turn = uint32(min(v.number, math.MaxUint32))
		case 5:
			return d.ref(&e.Version.Incarnation, v.number)
		case 6:
			e.Dot.Seq = v.number
		case 7:
			return d.ref(&e.Dot.Incarnation, v.number)
		case 8:
			e.Removed = v.flag()
		case 9:
			e.Hash = v.number
		case 10:
			e.Instance, err = model.ReadPacked(v.bytes)
		case 11:
			e.Speaker.Process = v.number
		case 12:
			e.Speaker.Connection = v.number
		case 13:
			e.Override = v.flag()
		case 14:
			e.Status = model.Status(v.text())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return e, checkEntry(e)
}

// checkEntry reports what is wrong with an entry that has been read.
func checkEntry(e *registry.Entry) error {
	switch {
	case e.Version.Incarnation.IsZero() || e.Dot.Incarnation.IsZero() || e.Dot.Seq == 0:
		return fmt.Errorf("entry %s has no author", e.Key)
	case e.Override && (!e.Instance.IsZero() || e.Removed == (e.Status != "")):
		return fmt.Errorf("entry %s is neither an override nor the end of one", e.Key)
	case !e.Override && (e.Status != "" || e.Removed != e.Instance.IsZero()):
		return fmt.Errorf("entry %s is neither an instance nor a tombstone", e.Key)
	case !e.Instance.IsZero() && !e.Instance.Is(e.Key):
		return fmt.Errorf("entry %s holds another instance", e.Key)
	}
	return nil
}

func (d *packetDecoder) beacon(message []byte) (*cluster.Beacon, error) {
	m := &cluster.Beacon{Vector: make(model.Vector), Heard: make(map[model.Incarnation]uint64)}
	quiet := make(map[model.Incarnation]uint64)
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&m.From, v.number)
		case 2:
			m.Role = cluster.Role(v.text())
		case 3:
			m.Tick = v.number
		case 4:
			m.HTTP = v.text()
		case 5:
			return d.seq(m.Vector, v.bytes)
		case 6:
			return d.seq(m.Heard, v.bytes)
		case 7:
			m.Live = int(v.number)
		case 8:
			m.Digest = v.number
		case 9:
			m.Ready = v.flag()
		case 10:
			m.Leaving = v.flag()
		case 11:
			m.Wall = int64(v.number)
		case 12:
			return d.seq(quiet, v.bytes)
		case 13:
			m.Unconfirmed = int(min(v.number, math.MaxInt32))
		case 14:
			m.Serving = v.flag()
		case 15:
			m.Sessions = int(min(v.number, math.MaxInt32))
		}
		return nil
	})
	m.Quiet = ages(quiet)
	if err == nil && m.Role != cluster.Write && m.Role != cluster.Read {
		err = fmt.Errorf("a beacon with the role %.20q", string(m.Role))
	}
	return m, from(err, m.From)
}

// ages reads what seconds wrote. One that is out of all reason is none.
func ages(seconds map[model.Incarnation]uint64) map[model.Incarnation]time.Duration {
	const most = uint64(math.MaxInt64 / time.Second / 2)
	out := make(map[model.Incarnation]time.Duration, len(seconds))
	for inc, n := range seconds {
		if n <= most {
			out[inc] = time.Duration(n) * time.Second
		}
	}
	return out
}

func (d *packetDecoder) delta(message []byte) (*cluster.Delta, error) {
	m := new(cluster.Delta)
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&m.Incarnation, v.number)
		case 2:
			m.From = v.number
		case 3:
			m.To = v.number
		case 4:
			e, err := d.entry(v.bytes)
			if err != nil {
				return err
			}
			m.Entries = append(m.Entries, e)
		}
		return nil
	})
	if err == nil && m.From >= m.To {
		err = fmt.Errorf("a delta of the range (%d, %d]", m.From, m.To)
	}
	for _, e := range m.Entries {
		if err == nil && (e.Dot.Incarnation != m.Incarnation || e.Dot.Seq <= m.From || e.Dot.Seq > m.To) {
			err = fmt.Errorf("entry %s isn't of the delta's range", e.Key)
		}
	}
	return m, from(err, m.Incarnation)
}

func (d *packetDecoder) pull(message []byte) (*cluster.PullRequest, error) {
	m := &cluster.PullRequest{Vector: make(model.Vector)}
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&m.From, v.number)
		case 2:
			m.Number = v.number
		case 3:
			return d.seq(m.Vector, v.bytes)
		case 4:
			m.Whole = v.flag()
		}
		return nil
	})
	return m, from(err, m.From)
}

func (d *packetDecoder) more(message []byte) (*cluster.PullMore, error) {
	m := new(cluster.PullMore)
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&m.From, v.number)
		case 2:
			m.Answer = v.number
		case 3:
			m.Next = chunkNumber(v.number)
		}
		return nil
	})
	return m, from(err, m.From)
}

func (d *packetDecoder) chunk(message []byte) (*cluster.Chunk, error) {
	m := &cluster.Chunk{Vector: make(model.Vector), Horizon: make(model.Vector)}
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(&m.From, v.number)
		case 2:
			m.Request = v.number
		case 3:
			m.Answer = v.number
		case 4:
			m.Number = chunkNumber(v.number)
		case 5:
			m.Last = v.flag()
		case 6:
			m.Busy = v.flag()
		case 7:
			m.Whole = v.flag()
		case 8:
			return d.seq(m.Vector, v.bytes)
		case 9:
			return d.seq(m.Horizon, v.bytes)
		case 10:
			e, err := d.entry(v.bytes)
			if err != nil {
				return err
			}
			m.Entries = append(m.Entries, e)
		}
		return nil
	})
	return m, from(err, m.From)
}

// keys reads Renewals or Renewed, which look alike.
func (d *packetDecoder) keys(message []byte, sender *model.Incarnation, number *uint64, keys *[]model.Key) error {
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.ref(sender, v.number)
		case 2:
			*number = v.number
		case 3:
			if len(*keys) == cluster.MaxKeys {
				return fmt.Errorf("more than %d keys", cluster.MaxKeys)
			}
			key, err := readKey(v.bytes)
			*keys = append(*keys, key)
			return err
		}
		return nil
	})
	return from(err, *sender)
}

func readKey(message []byte) (model.Key, error) {
	var key model.Key
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			key.App = v.text()
		case 2:
			key.ID = v.text()
		}
		return nil
	})
	if err == nil && (key.App == "" || key.ID == "") {
		err = fmt.Errorf("half of a key, or nothing of it")
	}
	return key, err
}

// chunkNumber keeps a number from outside within an int.
func chunkNumber(n uint64) int { return int(min(n, math.MaxInt32)) }

// from adds to an error that a message has no sender.
func from(err error, sender model.Incarnation) error {
	if err == nil && sender.IsZero() {
		return fmt.Errorf("a message without a sender")
	}
	return err
}
