package kept

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// A turn is so many requests on each of so many connections.
const (
	perTurn = 50
	clients = 16
)

// driving is set in the process that plays the clients, so that what they cost isn't
// counted.
const driving = "KEPT_TEST_DRIVES"

// driver is that process. It obeys one line at a time: an address, and the length of the
// requests' bodies.
type driver struct {
	orders io.WriteCloser
	done   *bufio.Scanner
}

func newDriver(b *testing.B) *driver {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), driving+"=1")
	cmd.Stderr = os.Stderr
	orders, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	done, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		orders.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	return &driver{orders, bufio.NewScanner(done)}
}

func (d *driver) turn(b *testing.B, address string, body int) {
	if _, err := fmt.Fprintln(d.orders, address, body); err != nil {
		b.Fatal(err)
	}
	if !d.done.Scan() {
		b.Fatal("the driver has ended", d.done.Err())
	}
}

// drive is that process's main.
func drive() {
	conns := map[string][]net.Conn{}
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); fmt.Println("done") {
		var address string
		var length int
		if _, err := fmt.Sscan(orders.Text(), &address, &length); err != nil {
			panic(err)
		}
		for len(conns[address]) < clients {
			c, err := net.Dial("tcp", address)
			if err != nil {
				panic(err)
			}
			conns[address] = append(conns[address], c)
		}
		request := fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Java-EurekaClient/v1.10.17\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, make([]byte, length))
		var all sync.WaitGroup
		for _, c := range conns[address] {
			all.Go(func() { ask(c, request) })
		}
		all.Wait()
	}
}

// ask makes a turn's requests, whose answers have no bodies.
func ask(c net.Conn, request []byte) {
	answer := make([]byte, 4<<10)
	for range perTurn {
		if _, err := c.Write(request); err != nil {
			panic(err)
		}
		for n := 0; !bytes.HasSuffix(answer[:n], []byte("\r\n\r\n")); {
			more, err := c.Read(answer[n:])
			if err != nil {
				panic(err)
			}
			n += more
		}
	}
}
