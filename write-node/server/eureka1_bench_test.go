package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// BenchmarkEureka1Register measures registrations of new instances by Eureka 1 clients
// over 16 kept connections, at a node that stores. Allocations are those of the node
// and of the few that a client makes.
func BenchmarkEureka1Register(b *testing.B) {
	config := quick("write-1")
	config.Data = b.TempDir()
	s, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.Run(context.Background()) }()
	<-s.Ready()
	var running sync.WaitGroup
	turns := make(chan int, 16)
	for range cap(turns) {
		running.Go(func() {
			if err := eureka1Registrar(s.Addresses().HTTP, turns); err != nil {
				b.Error(err)
			}
			for range turns { // nobody is to wait for one that has failed
			}
		})
	}
	b.ReportAllocs()
	turn := 0
	for b.Loop() {
		turns <- turn
		turn++
	}
	close(turns)
	running.Wait()
	b.StopTimer()
	s.Kill()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}

// eureka1Registrar registers an instance for each turn over one connection.
func eureka1Registrar(address string, turns <-chan int) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	var request []byte
	for turn := range turns {
		body := strings.ReplaceAll(eureka1Document, "NUMBER", fmt.Sprintf("%07d", turn))
		request = fmt.Appendf(request[:0], "POST /eureka/apps/SERVICE HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if _, err := conn.Write(request); err != nil {
			return err
		}
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		if want := fmt.Appendf(nil, "HTTP/1.1 %d ", http.StatusNoContent); !bytes.HasPrefix(line, want) {
			return fmt.Errorf("answered %q", line)
		}
		for len(line) > len("\r\n") {
			if line, err = reader.ReadSlice('\n'); err != nil {
				return err
			}
		}
	}
	return nil
}

// eureka1Document is what a Spring client says of itself.
const eureka1Document = `{"instance":{"instanceId":"svc-NUMBER.shop.test:8080","app":"SERVICE","ipAddr":"10.0.0.1","sid":"na",` +
	`"homePageUrl":"http://svc-NUMBER.shop.test:8080/","statusPageUrl":"http://svc-NUMBER.shop.test:8080/actuator/info",` +
	`"healthCheckUrl":"http://svc-NUMBER.shop.test:8080/actuator/health","vipAddress":"service","countryId":1,` +
	`"dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},` +
	`"hostName":"svc-NUMBER.shop.test","status":"UP","overriddenStatus":"UNKNOWN",` +
	`"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":3600},"lastDirtyTimestamp":1767225600000,` +
	`"port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"metadata":{"mark":"NUMBER","zone":"a"}}}`
