package served

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"heureka/eureka1/pages"
	"heureka/internal/memfile"
)

// TestAPageIsTheSameFromFileAndFromMemory sends one in random steps, and has it leave
// its file at a random one.
func TestAPageIsTheSameFromFileAndFromMemory(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var body pages.Body
		for range 2 + rng.IntN(40) {
			part := make([]byte, 1+rng.IntN(20_000))
			for i := range part {
				part[i] = byte(rng.Uint32())
			}
			body.Parts, body.Length = append(body.Parts, part), body.Length+len(part)
		}
		of := &files{create: memfile.New, most: 1 << 30}
		page := newPage(body, 1, false, of)
		page.filed.soon = rng.IntN(4) > 0
		whole := bytes.Join(body.Parts, nil)
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		sent := make(chan error, 1)
		go func() { sent <- sendInSteps(page, ln, rng) }()
		got, err := io.ReadAll(conn)
		conn.Close()
		if err = errors.Join(err, <-sent); err != nil || !bytes.Equal(got, whole) || !bytes.Equal(bytes.Join(body.Parts, nil), whole) {
			t.Errorf("seed %d: %d bytes of %d, %v", seed, len(got), len(whole), err)
		}
		if made := of.made.Load() > 0; made != (page.filed.soon && body.Length >= fileFrom) {
			t.Errorf("seed %d: a file was made: %t", seed, made)
		}
		if page.filed.end(); of.bytes.Load() != 0 {
			t.Errorf("seed %d: %d bytes are left in files", seed, of.bytes.Load())
		}
	}
}

func sendInSteps(page *Page, ln net.Listener, rng *rand.Rand) error {
	conn, err := ln.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	s := page.send()
	defer s.Unfile()
	for s.Left() > 0 {
		before, n := s.Left(), 1+rng.IntN(100_000)
		switch rng.IntN(6) {
		case 0:
			s.Unfile()
		case 1: // as net/http does with the first bytes
			_, err = io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{s.Step(n)})
		default:
			_, err = conn.(*net.TCPConn).ReadFrom(s.Step(n))
		}
		if err != nil {
			return err
		}
		if took := before - s.Left(); took != 0 && took != min(n, before) {
			return errors.New("a step isn't a step")
		}
	}
	return nil
}

// filer is a rig whose pages are sent by a server.
type filer struct {
	*rig
	server *httptest.Server
}

func newFiler(t *testing.T) *filer {
	config := DefaultConfig()
	config.Age, config.Share = 0, 100
	f := &filer{rig: newRig(t, config, lines{})}
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := f.page().Send(w, "text/lines"); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(f.server.Close)
	f.register(5000)
	return f
}

func (f *filer) page() *Page {
	page, err := f.cache.Page(pages.Apps, 0, false)
	if err != nil {
		f.t.Fatal(err)
	}
	return page
}

// change has another page take the place of the present one, once that has stood for as
// long as making it allows.
func (f *filer) change() {
	last := f.page()
	f.register(1)
	for end := time.Now().Add(time.Minute); f.page() == last; runtime.Gosched() {
		if time.Now().After(end) {
			f.t.Fatal("there is no other page")
		}
	}
}

// ask asks so often, and compares what arrives with what is in memory.
func (f *filer) ask(times int) {
	f.t.Helper()
	want := bytes.Join(f.page().Parts, nil)
	for range times {
		response, err := f.server.Client().Get(f.server.URL)
		if err != nil {
			f.t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !bytes.Equal(got, want) {
			f.t.Fatalf("%d bytes instead of %d, %v", len(got), len(want), err)
		}
	}
}

// has compares how many pages were put in files, how many couldn't be, and the bytes
// that there are: soon, as who has sent a page from a file leaves that later than its
// client has all of it.
func (f *filer) has(when string, filed, unfiled, bytes int) {
	f.t.Helper()
	for end := time.Now().Add(time.Minute); ; runtime.Gosched() {
		s := f.cache.Stats()
		if s.Filed == int64(filed) && s.Unfiled == int64(unfiled) && s.InFiles == int64(bytes) {
			return
		}
		if time.Now().After(end) {
			f.t.Fatalf("%s: %+v instead of %d, %d, %d", when, s, filed, unfiled, bytes)
		}
	}
}

func TestAPageThatIsAskedForOftenHasAFile(t *testing.T) {
	f := newFiler(t)
	f.ask(fileAfter)
	f.has("asked for a few times", 0, 0, 0)
	before := f.cache.Stats().Bytes
	f.ask(2)
	f.has("asked for often", 1, 0, f.page().Length)
	if grown := f.cache.Stats().Bytes - before; grown != int64(f.page().Length) {
		t.Errorf("%d more bytes are kept, of a page of %d", grown, f.page().Length)
	}
	f.change()
	f.ask(1)
	f.has("the next page, the one before not asked for so often", 1, 0, 0)
	f.ask(2 * fileAfter)
	f.change()
	f.ask(1)
	f.has("the next page, the one before asked for very often", 3, 0, f.page().Length)
	f.cache.Close()
	f.has("closed", 3, 0, 0)
	f.ask(1)
	f.change()
	f.ask(2 * fileAfter)
	f.has("asked for after that", 3, 0, 0)
}

func TestAFileStaysWhileItIsSent(t *testing.T) {
	f := newFiler(t)
	f.ask(fileAfter + 1)
	last := f.page()
	sending := last.send()
	if !sending.InFile() {
		t.Fatal("it isn't sent from the file")
	}
	f.change()
	f.has("another page took its place", 1, 0, last.Length)
	var got bytes.Buffer
	if n, err := sending.WriteTo(&got); n > 0 || got.Len() > 0 || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("from the file to what isn't a socket: %d bytes, %v", n, err)
	}
	sending.Unfile()
	if _, err := sending.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), bytes.Join(last.Parts, nil)) {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
	f.has("nobody needs it any more", 1, 0, 0)
	if later := last.send(); later.InFile() || sending.Refile() {
		t.Error("it has a file again")
	}
}

// TestNobodyWaitsForAFile to be made: neither other requests nor who counts, trims or
// closes, as the loop of a node does. What ends meanwhile has no file then.
func TestNobodyWaitsForAFile(t *testing.T) {
	f := newFiler(t)
	begun, goOn, made := make(chan bool), make(chan bool), make(chan *Sending)
	f.cache.files.create = func(parts [][]byte) (*memfile.File, error) {
		begun <- true
		<-goOn
		return memfile.New(parts)
	}
	f.ask(fileAfter)
	page := f.page()
	go func() { made <- page.send() }()
	<-begun
	others := make(chan bool)
	go func() {
		defer close(others)
		f.ask(1)
		f.cache.Stats()
		f.cache.Trim()
		f.cache.Close()
	}()
	select {
	case <-others:
	case <-time.After(time.Minute):
		t.Error("others wait for it")
	}
	close(goOn)
	if sending := <-made; sending.InFile() {
		t.Error("it is sent from a file that was made too late")
	}
	f.has("closed before it was made", 1, 0, 0)
}

// TestFilesHaveABound as those do that are being sent, beside those of the present pages.
func TestFilesHaveABound(t *testing.T) {
	f := newFiler(t)
	f.cache.files.most = int64(3 * f.page().Length / 2)
	f.ask(fileAfter + 1)
	sending := f.page().send()
	length := f.page().Length
	f.change()
	f.ask(2 * fileAfter)
	f.has("there is one that is being sent", 1, 1, length)
	sending.Unfile()
	f.has("it is sent", 1, 1, 0)
	f.change()
	f.ask(fileAfter + 1)
	f.has("there is room again", 2, 1, f.page().Length)
}

// TestWhatIsNoSocketIsSentFromMemory has a page whose file there is go there.
func TestWhatIsNoSocketIsSentFromMemory(t *testing.T) {
	f := newFiler(t)
	f.ask(fileAfter + 1)
	page := f.page()
	for range 2 {
		got := into{httptest.NewRecorder()}
		if err := page.Send(got, "text/lines"); err != nil || !bytes.Equal(got.Body.Bytes(), bytes.Join(page.Parts, nil)) {
			t.Errorf("%d bytes of %d, %v", got.Body.Len(), page.Length, err)
		}
	}
	f.has("the page has it still", 1, 0, page.Length)
}

// into is an answer whose connection isn't a socket.
type into struct{ *httptest.ResponseRecorder }

func (i into) ReadFrom(src io.Reader) (int64, error) { return io.Copy(i.ResponseRecorder, src) }

func TestWhatIsDroppedHasNoFile(t *testing.T) {
	f := newFiler(t)
	f.ask(fileAfter + 1)
	f.has("asked for often", 1, 0, f.page().Length)
	f.cache.config.Idle = 1
	f.cache.Trim()
	f.has("dropped", 1, 0, 0)
}

// TestAnOutdatedPageHasNoFile though nobody asks for another in its form.
func TestAnOutdatedPageHasNoFile(t *testing.T) {
	f := newFiler(t)
	f.ask(2*fileAfter + 1)
	last := f.page()
	f.cache.Trim()
	f.has("up to date", 1, 0, last.Length)
	f.register(1)
	for end := time.Now().Add(time.Minute); f.cache.edition.Load().snapshot.Version() == last.version; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("there is no other edition")
		}
		f.shows(pages.Apps, 0, true)
	}
	f.has("the other form asked for", 1, 0, last.Length)
	f.cache.Trim()
	f.has("trimmed", 1, 0, 0)
	f.ask(1)
	f.has("asked for again", 2, 0, f.page().Length)
}

// TestWithoutFilesAllIsSent where the system gives none.
func TestWithoutFilesAllIsSent(t *testing.T) {
	f := newFiler(t)
	f.cache.files.create = func([][]byte) (*memfile.File, error) { return nil, io.ErrNoProgress }
	f.ask(3 * fileAfter)
	f.has("it couldn't be made", 0, 1, 0)
	f.cache.files.create = func([][]byte) (*memfile.File, error) { return nil, errors.ErrUnsupported }
	f.change()
	f.ask(3 * fileAfter)
	f.has("there is no such thing", 0, 1, 0)
}

func TestOnlyWhatIsNeitherSmallNorLargeHasAFile(t *testing.T) {
	for length, want := range map[int]bool{fileFrom - 1: false, fileFrom: true, fileUpTo: true, fileUpTo + 1: false} {
		page := newPage(pages.Body{Parts: [][]byte{make([]byte, length-1), {0}}, Length: length}, 1, false, &files{create: memfile.New, most: 1 << 30})
		page.filed.soon = true
		s := page.send()
		if s.InFile() != want {
			t.Errorf("%d bytes: in a file is %t", length, s.InFile())
		}
		s.Unfile()
		page.filed.end()
	}
}
