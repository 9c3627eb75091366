package pages

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"heureka/model"
)

// TestOthersReadWhatIsCompressed has every decoder at hand that stands behind some
// Eureka client read a document of many leaves, and an empty one.
func TestOthersReadWhatIsCompressed(t *testing.T) {
	folder := t.TempDir()
	java := filepath.Join(folder, "Gunzip.java")
	program := `public class Gunzip { public static void main(String[] a) throws Exception {
		new java.util.zip.GZIPInputStream(System.in).transferTo(System.out); } }`
	if err := os.WriteFile(java, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	readers := []struct {
		name    string
		command []string
	}{
		{"gzip", []string{"gzip", "-dc"}},
		{"Python's gzip", []string{"python3", "-c", "import sys,gzip; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))"}},
		{"Python's zlib", []string{"python3", "-c", "import sys,zlib; d=zlib.decompressobj(31); " +
			"b=d.decompress(sys.stdin.buffer.read()); assert d.eof and not d.unused_data; sys.stdout.buffer.write(b)"}},
		{"Node's zlib", []string{"node", "-e", "process.stdout.write(require('zlib').gunzipSync(require('fs').readFileSync(0)))"}},
		{"Node's stream", []string{"node", "-e", "process.stdin.pipe(require('zlib').createGunzip()).pipe(process.stdout)"}},
		{"Java's GZIPInputStream", []string{"java", java}},
	}
	pages := fleet(t, 150, 10)
	pages.Apply([]model.Change{{Kind: model.Remove, Key: realistic("SERVICE-001", 1).Key(), Before: model.Pack(realistic("SERVICE-001", 1))}}, 0)
	for _, reader := range readers {
		t.Run(reader.name, func(t *testing.T) {
			if _, err := exec.LookPath(reader.command[0]); err != nil {
				t.Skipf("%s isn't on this machine", reader.command[0])
			}
			for _, of := range []*Pages{pages, newPages(t, DefaultConfig())} {
				sheet := NewSheet(Apps, jsonDialect{})
				sheet.Update(of.Snapshot())
				body, err := sheet.Gzip(newDeflater(t))
				if err != nil {
					t.Fatal(err)
				}
				var out, complaints bytes.Buffer
				command := exec.Command(reader.command[0], reader.command[1:]...)
				command.Stdin, command.Stdout, command.Stderr = bytes.NewReader([]byte(text(body))), &out, &complaints
				if err := command.Run(); err != nil || complaints.Len() > 0 {
					t.Fatalf("%v\n%s", err, complaints.String())
				}
				if out.String() != text(sheet.Plain()) {
					t.Errorf("%d bytes came out, not the %d that went in", out.Len(), sheet.Plain().Length)
				}
			}
		})
	}
}

// put adds a row, or replaces the one like it; remove takes it out.
func (l *listing) put(row *Row)     { l.apply([]edit{{row: row}}) }
func (l *listing) remove(like *Row) { l.apply([]edit{{row: like, gone: true}}) }

// difference says where two documents, of tens of kilobytes often, begin to differ.
func difference(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	const before, after = 300, 500
	near := func(text string) string { return text[max(0, at-before):min(len(text), at+after)] }
	return fmt.Sprintf("%d bytes, want %d; from byte %d on, …\n%s\nwant …\n%s", len(got), len(want), at, near(got), near(want))
}

func TestADifferenceIsShownWhereItIs(t *testing.T) {
	same := strings.Repeat("s", 1000)
	for _, test := range []struct{ got, want, says string }{
		{same + "ab" + same, same + "ac" + same, "2002 bytes, want 2002; from byte 1001 on, …\n" + same[:299] + "ab"},
		{same, same + "more", "1000 bytes, want 1004; from byte 1000 on, …\n" + same[:300] + "\nwant …\n" + same[:300] + "more"},
		{"", "all", "0 bytes, want 3; from byte 0 on, …\n\nwant …\nall"},
	} {
		if got := difference(test.got, test.want); !strings.HasPrefix(got, test.says) || len(got) > 1800 {
			t.Errorf("says %s, want %s", got, test.says)
		}
	}
}
