package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"heureka/internal/bench"
)

// traffic is how many bytes each connection between some processes has carried, by
// its inode: what the peer has acknowledged.
type traffic map[uint32]uint64

// since returns how many bytes were carried since then. A connection that has ended
// meanwhile doesn't count; those between servers are kept.
func (t traffic) since(before traffic) (bytes uint64) {
	for inode, now := range t {
		bytes += now - min(before[inode], now)
	}
	return bytes
}

// trafficBetween asks the kernel for the connections of which both ends belong to
// some of the processes, and these to different ones.
func trafficBetween(processes []*bench.Process) (traffic, error) {
	owner := make(map[uint32]int)
	for n, p := range processes {
		if err := sockets(p.PID(), func(inode uint32) { owner[inode] = n }); err != nil {
			return nil, fmt.Errorf("connections of %s: %w", p.Name, err)
		}
	}
	all, err := connections4And6()
	if err != nil {
		return nil, fmt.Errorf("connections: %w", err)
	}
	ports := make(map[[2]uint16]int) // of a connection's ends: whose it is
	for _, c := range all {
		if n, ok := owner[c.inode]; ok {
			ports[c.ports] = n
		}
	}
	t := make(traffic)
	for _, c := range all {
		from, ok := owner[c.inode]
		to, known := ports[[2]uint16{c.ports[1], c.ports[0]}]
		if ok && known && from != to {
			t[c.inode] = c.acknowledged
		}
	}
	return t, nil
}

// sockets calls say for each socket of a process.
func sockets(pid int, say func(inode uint32)) error {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		target, err := os.Readlink(folder + "/" + e.Name())
		if errors.Is(err, os.ErrNotExist) {
			continue // closed meanwhile
		}
		if err != nil {
			return err
		}
		var inode uint32
		if strings.HasPrefix(target, "socket:[") {
			if _, err := fmt.Sscanf(target, "socket:[%d]", &inode); err != nil {
				return err
			}
			say(inode)
		}
	}
	return nil
}

// connection is one end of an established connection.
type connection struct {
	inode        uint32
	ports        [2]uint16 // its own, the other's
	acknowledged uint64    // bytes that it sent and the other has got
}

// The layout of the kernel's answers (linux/inet_diag.h): struct inet_diag_req_v2 has
// 56 bytes, struct inet_diag_msg 72; infoAttribute is that with struct tcp_info.
const (
	requestSize   = 56
	messageSize   = 72
	infoAttribute = 2
	established   = 1
)

// connections4And6 lists those of both kinds of sockets: Java's are of the second even
// where their addresses are of the first.
func connections4And6() ([]connection, error) {
	four, err := connectionsOf(unix.AF_INET)
	if err != nil {
		return nil, err
	}
	six, err := connectionsOf(unix.AF_INET6)
	return append(four, six...), err
}

// connectionsOf lists the established TCP connections of an address family.
func connectionsOf(family byte) ([]connection, error) {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer unix.Close(socket)
	request := make([]byte, unix.SizeofNlMsghdr+requestSize)
	order := binary.NativeEndian
	order.PutUint32(request[0:], uint32(len(request)))
	order.PutUint16(request[4:], unix.SOCK_DIAG_BY_FAMILY)
	order.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	body := request[unix.SizeofNlMsghdr:]
	body[0], body[1], body[2] = family, unix.IPPROTO_TCP, 1<<(infoAttribute-1)
	order.PutUint32(body[4:], 1<<established)
	if err := unix.Sendto(socket, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	var all []connection
	buffer := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(socket, buffer, 0)
		if err != nil {
			return nil, err
		}
		done := false
		if all, done, err = parse(all, buffer[:n]); err != nil || done {
			return all, err
		}
	}
}

var errKernel = errors.New("the kernel doesn't tell of connections")

// parse takes the messages of one datagram; done says that there are no more.
func parse(all []connection, data []byte) (_ []connection, done bool, err error) {
	order := binary.NativeEndian
	for len(data) >= unix.SizeofNlMsghdr {
		size, kind := int(order.Uint32(data)), order.Uint16(data[4:])
		if size < unix.SizeofNlMsghdr || size > len(data) {
			return all, true, errKernel
		}
		switch kind {
		case unix.NLMSG_DONE:
			return all, true, nil
		case unix.NLMSG_ERROR:
			return all, true, errKernel
		}
		message := data[unix.SizeofNlMsghdr:size]
		if len(message) < messageSize {
			return all, true, errKernel
		}
		c := connection{inode: order.Uint32(message[68:])}
		c.ports = [2]uint16{binary.BigEndian.Uint16(message[4:]), binary.BigEndian.Uint16(message[6:])}
		c.acknowledged = acknowledged(message[messageSize:])
		all = append(all, c)
		data = data[min(aligned(size), len(data)):]
	}
	return all, false, nil
}

// acknowledged finds the count among a message's attributes.
func acknowledged(attributes []byte) uint64 {
	const head = 4
	at := int(unsafe.Offsetof(unix.TCPInfo{}.Bytes_acked))
	for len(attributes) >= head {
		size, kind := int(binary.NativeEndian.Uint16(attributes)), binary.NativeEndian.Uint16(attributes[2:])
		if size < head || size > len(attributes) {
			return 0
		}
		if kind == infoAttribute && size >= head+at+8 {
			return binary.NativeEndian.Uint64(attributes[head+at:])
		}
		attributes = attributes[min(aligned(size), len(attributes)):]
	}
	return 0
}

// aligned rounds up to four bytes, as netlink does.
func aligned(size int) int { return (size + 3) &^ 3 }
