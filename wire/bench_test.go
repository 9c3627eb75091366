package wire_test

import (
	"testing"

	"heureka/model"
	"heureka/wire"
)

// record is a put of about 600 bytes of JSON, as most instances make one.
func record() *wire.Put {
	in := (&model.Instance{
		App: "ORDERS", ID: "orders-7f9c-00042", HostName: "orders-42.eu.example", Address: "10.12.34.56", VIP: "orders,orders.eu",
		Ports: []model.Port{{Name: "http", Number: 8080}, {Name: "https", Number: 8443, Secure: true}}, Status: model.StatusUp,
		HealthCheckURL: "http://10.12.34.56:8080/health", StatusPageURL: "http://10.12.34.56:8080/info",
		Metadata: map[string]string{"zone": "eu-1a", "version": "2024.11.3-rc4", "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8"},
		Lease:    model.Lease{RenewalMs: 10_000, DurationMs: 30_000}, LastChangedMs: 1_700_000_000_000,
	}).Canonical()
	return &wire.Put{Version: version, Hash: wire.FormatHash(in.Hash()), Instance: in}
}

var formats = []wire.Format{wire.FormatJSON, wire.FormatProto}

func BenchmarkPutEncode(b *testing.B) {
	put := record()
	for _, f := range formats {
		b.Run(f.Subprotocol(), func(b *testing.B) {
			var frame []byte
			var err error
			b.ReportAllocs()
			for b.Loop() {
				if frame, err = f.Append(frame[:0], put); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(frame)), "bytes")
		})
	}
}

func BenchmarkPutDecode(b *testing.B) {
	for _, f := range formats {
		b.Run(f.Subprotocol(), func(b *testing.B) {
			frame, err := f.Append(nil, record())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, refused := range f.Messages(frame) {
					if refused != nil {
						b.Fatal(refused)
					}
				}
			}
		})
	}
}
