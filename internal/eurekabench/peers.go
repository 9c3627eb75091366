package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"heureka/internal/bench"
	"heureka/internal/foreign"
)

// eureka is what tables call the real one.
const eureka = "Eureka server"

// asShipped lists the server's own defaults, where package foreign has others, but for
// self-preservation: at so few heartbeats it would keep everything for ever. It keeps
// connections for as long as the drivers want, and logs as little as our nodes.
func asShipped() []string {
	return []string{
		"--server.tomcat.max-keep-alive-requests=-1",
		"--server.tomcat.keep-alive-timeout=1h",
		"--logging.level.root=WARN",
		"--eureka.server.use-read-only-response-cache=true",
		"--eureka.server.response-cache-update-interval-ms=30000",
		"--eureka.server.eviction-interval-timer-in-ms=60000",
	}
}

// stopGrace is how long such a server may take to stop.
const stopGrace = 5 * time.Second

// servers starts Eureka servers that are each other's peers, with a virtual machine
// as servers have it; none, if they aren't to be measured.
func (s *stage) servers(count int) ([]*bench.Process, error) {
	if s.settings.Peers == "none" {
		return nil, nil
	}
	addresses, err := freeAddresses(count)
	if err != nil {
		return nil, err
	}
	var all []*bench.Process
	for n, address := range addresses {
		config := foreign.ServerConfig{Address: address, Java: []string{"-XX:TieredStopAtLevel=4", "-Xmx1g"}, Settings: asShipped()}
		for other, peer := range addresses {
			if other != n {
				config.Peers = append(config.Peers, "http://"+peer+"/eureka/")
			}
		}
		p, err := s.server(fmt.Sprintf("%s %d of %d", eureka, n+1, count), config)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (s *stage) server(name string, config foreign.ServerConfig) (*bench.Process, error) {
	log, err := os.Create(filepath.Join(s.Folder, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the server has its own by then
	config.Log = log
	server, err := foreign.StartServer(s.Context, config)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(server.URL)
	if err != nil {
		return nil, err
	}
	return s.Adopt(name, at.Host, server.PID(), func() { server.Stop(stopGrace) }), nil
}

// freeAddresses returns some where nobody listens.
func freeAddresses(count int) ([]string, error) {
	var all []string
	for range count {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		all = append(all, l.Addr().String())
	}
	return all, nil
}
