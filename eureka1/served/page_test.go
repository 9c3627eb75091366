package served

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"heureka/eureka1/pages"
)

func gunzipped(t testing.TB, member []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(member))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAPageIsSentWhole(t *testing.T) {
	r := newRig(t, DefaultConfig(), lines{})
	r.register(5000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		page, err := r.cache.Page(pages.Apps, 0, request.Header.Get("Accept-Encoding") == "gzip")
		if err != nil {
			t.Error(err)
			return
		}
		if err := page.Send(w, "text/lines"); err != nil && request.Method != http.MethodHead {
			t.Error(err)
		}
	}))
	defer server.Close()
	for _, encoding := range []string{"gzip", "identity"} {
		page, err := r.cache.Page(pages.Apps, 0, encoding == "gzip")
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			request, err := http.NewRequest(method, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept-Encoding", encoding)
			response, err := server.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			response.Body.Close()
			want := bytes.Join(page.Parts, nil)
			if method == http.MethodHead {
				want = nil
			}
			if err != nil || !bytes.Equal(got, want) || response.ContentLength != int64(page.Length) ||
				response.Header.Get("Content-Type") != "text/lines" || len(response.TransferEncoding) > 0 ||
				response.Header.Get("Content-Encoding") == "gzip" != (encoding == "gzip") {
				t.Errorf("%s %s: %d bytes of %d, %v, %v", method, encoding, len(got), len(want), response.Header, err)
			}
		}
	}
}
