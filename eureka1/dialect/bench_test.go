package dialect_test

import (
	"testing"

	"heureka/eureka1/dialect"
)

// BenchmarkAppendInstance writes one instance, as for each change of a registry.
func BenchmarkAppendInstance(b *testing.B) {
	info, err := dialect.DecodeInstance(dialect.JSON, document(b, "01-register-request-java-discoveryclient.json"))
	if err != nil {
		b.Fatal(err)
	}
	in, shown := info.Instance(), dialect.Shown{RegisteredMs: 1767225601000, UpdatedMs: 1767225601000, Action: dialect.Added}
	for _, form := range dialect.Forms() {
		b.Run(form.String(), func(b *testing.B) {
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst = dialect.AppendInstance(dst[:0], form, in, shown)
			}
			b.ReportMetric(float64(len(dst)), "bytes")
		})
	}
}

// BenchmarkDecodeInstance reads registrations in one room, up to the model.
func BenchmarkDecodeInstance(b *testing.B) {
	for _, name := range []string{"01-register-request-java-discoveryclient.json", "02-register-request-spring-restclient.json",
		"06-register-request-fargo.xml", "07-register-request-amazon.json"} {
		b.Run(name[:2], func(b *testing.B) {
			body := document(b, name)
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			var room dialect.Room
			for b.Loop() {
				info, err := room.DecodeInstance(format(name), body)
				if err != nil {
					b.Fatal(err)
				}
				if err := info.Check(info.App); err != nil {
					b.Fatal(err)
				}
				info.Fill(&room.Instance)
			}
			b.ReportMetric(float64(len(body)), "bytes")
		})
	}
}

// BenchmarkParseQuery reads the query of a heartbeat.
func BenchmarkParseQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dialect.ParseQuery("status=UP&lastDirtyTimestamp=1767225600000"); err != nil {
			b.Fatal(err)
		}
	}
}
