package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"

	"github.com/google/uuid"

	"heureka/model"
	"heureka/wire"
)

func dialectOf(args openPen, r *records) (dialect, error) {
	switch args.Kind {
	case kindHeureka:
		return heurekaDialect(args.Address, r)
	case kindBare:
		return bareDialect(args.Address, args.Format, r), nil
	case kindNATS, kindNATSGo:
		return natsDialect(args.Address, r), nil
	case kindKV:
		return kvDialect(args.Address, r), nil
	}
	return dialect{}, fmt.Errorf("nobody writes to %q", args.Kind)
}

// heurekaDialect registers and updates over websockets.
func heurekaDialect(node string, r *records) (dialect, error) {
	format, err := formatAt(node, wire.PathRegistrations)
	if err != nil {
		return dialect{}, err
	}
	beat, err := masked(format, &wire.Heartbeat{Seq: 1})
	if err != nil {
		return dialect{}, err
	}
	return dialect{
		format: format,
		open: func(ctx context.Context, _ int) (*lane, error) {
			conn, _, err := greet(ctx, node, wire.PathRegistrations)
			if err != nil {
				return nil, err
			}
			count, err := countAcks(format)
			if err != nil {
				return nil, err
			}
			return newLane(conn, websocketFraming{writer(conn)}, count), nil
		},
		register: func(k int) ([]byte, error) {
			return masked(format, &wire.Register{Seq: 1, Instance: r.instance(mark{instance: k})})
		},
		change: func(k int) ([]byte, error) {
			after := r.instance(mark{instance: k})
			before := after.Clone()
			before.Metadata = nil
			patch, err := model.Diff(before, after)
			if err != nil {
				return nil, err
			}
			return masked(format, &wire.Update{Seq: 1, App: after.App, ID: after.ID, Set: patch})
		},
		beat: beat,
	}, nil
}

// bareDialect hands in the frames that a node sends to its subscribers.
func bareDialect(address string, format wire.Format, r *records) dialect {
	return dialect{
		open: func(ctx context.Context, _ int) (*lane, error) {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				return nil, err
			}
			return newLane(conn, websocketFraming{writer(conn)}, nil), nil
		},
		change: func(k int) ([]byte, error) { return pushed(format, r, k) },
	}
}

// pushed returns the frame by which a node tells of a change.
func pushed(format wire.Format, r *records, k int) ([]byte, error) {
	in := r.instance(mark{instance: k})
	version := model.Version{Time: 1 << 60, Incarnation: model.Incarnation{Name: "write-1", ID: uuid.New()}}
	put := &wire.Put{Version: version.String(), Hash: wire.FormatHash(in.Hash()), Instance: in}
	payload, err := format.Append(make([]byte, wire.FrameHeadroom), put)
	if err != nil {
		return nil, err
	}
	return wire.SealFrame(format, payload), nil
}

func natsDialect(server string, r *records) dialect {
	return dialect{
		open: func(ctx context.Context, _ int) (*lane, error) {
			conn, err := dialNATS(ctx, server, "")
			if err != nil {
				return nil, err
			}
			return newLane(conn, natsFraming{writer(conn)}, nil), nil
		},
		change: func(k int) ([]byte, error) {
			record, err := r.encoded(mark{instance: k})
			return publication(subject(r.app(k)), "", record), err
		},
	}
}

// kvDialect puts as the client library does: by a message to the subject of the
// key, which the stream acknowledges.
func kvDialect(server string, r *records) dialect {
	inbox := func(n int) string { return fmt.Sprintf("_INBOX.pen.%d", n) }
	var lanes int
	put := func(k int) ([]byte, error) {
		record, err := r.encoded(mark{instance: k})
		return publication("$KV."+bucket+"."+keyOf(r.population, k), inbox(k%lanes), record), err
	}
	return dialect{
		open: func(ctx context.Context, n int) (*lane, error) {
			lanes = n + 1
			conn, err := dialNATS(ctx, server, inbox(n))
			if err != nil {
				return nil, err
			}
			return newLane(conn, natsFraming{writer(conn)}, countPubAcks), nil
		},
		register: put,
		change:   put,
	}
}

// countPubAcks takes one acknowledgement of a stream.
func countPubAcks(payload []byte) (int, error) {
	if bytes.Contains(payload, []byte(`"error"`)) || !json.Valid(payload) {
		return 0, fmt.Errorf("the stream says %.200q", payload)
	}
	return 1, nil
}
