package ops

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"heureka/model"
)

// WrongSetting is a setting that can't be worked with. What is said of it names
// the flag and the environment variable, whichever of the two was used.
type WrongSetting struct {
	Flag  string // without dashes
	Value any
	Must  string // what it must be instead: "be above zero"
}

func (w *WrongSetting) Error() string {
	value := fmt.Sprint(w.Value)
	if text, ok := w.Value.(string); ok {
		value = fmt.Sprintf("%.200q", text)
	}
	return fmt.Sprintf("--%s (%s) is %s: must %s", w.Flag, Variable(w.Flag), value, w.Must)
}

// Variable returns the environment variable of a flag.
func Variable(flag string) string {
	return "HEUREKA_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Wrong returns a [WrongSetting]. The rules below return one, or nil for a value
// that is fine; the first of several is for cmp.Or to find.
func Wrong(flag string, value any, must string, args ...any) error {
	return &WrongSetting{Flag: flag, Value: value, Must: fmt.Sprintf(must, args...)}
}

// AtLeast wants a value that isn't below the least possible one.
func AtLeast[T cmp.Ordered](flag string, value, least T) error {
	if value < least {
		return Wrong(flag, value, "be at least %v", least)
	}
	return nil
}

// AtLeastThatOf wants a value that isn't below that of another setting.
func AtLeastThatOf[T cmp.Ordered](flag string, value T, other string, least T) error {
	if value < least {
		return Wrong(flag, value, "be at least --%s, which is %v", other, least)
	}
	return nil
}

// Between wants a value within limits.
func Between[T cmp.Ordered](flag string, value, least, most T) error {
	if !(least <= value && value <= most) { // NaN is neither
		return Wrong(flag, value, "be between %v and %v", least, most)
	}
	return nil
}

// Positive wants a time above zero.
func Positive(flag string, value time.Duration) error {
	if value <= 0 {
		return Wrong(flag, value, "be above zero")
	}
	return nil
}

// OneOf wants one of some words.
func OneOf(flag, value string, words ...string) error {
	if !slices.Contains(words, value) {
		return Wrong(flag, value, "be one of %s", strings.Join(words, ", "))
	}
	return nil
}

// NodeName wants what can name a node: it appears in versions, which / ends, and
// in logs and metrics, where it should be seen as it is.
func NodeName(flag, value string) error {
	bad := func(r rune) bool { return r == '/' || !unicode.IsPrint(r) || unicode.IsSpace(r) }
	if value == "" || !model.ValidText(value) || strings.ContainsFunc(value, bad) {
		return Wrong(flag, value, "have printable characters other than space and /")
	}
	return nil
}

// HostPort wants a host, which may be empty, and the number of a port.
func HostPort(flag, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return Wrong(flag, value, "be host:port")
	}
	return nil
}

// clusterName is what may be a part of a NATS subject.
var clusterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ClusterName wants what can name a cluster.
func ClusterName(flag, value string) error {
	if !clusterName.MatchString(value) {
		return Wrong(flag, value, "be 1 to 64 letters, digits, - or _")
	}
	return nil
}

// NATSServers wants the URLs of servers, at least one. Instead is what else is
// possible: "embedded, ", or nothing.
func NATSServers(flag string, servers []string, instead string) error {
	if len(servers) == 0 {
		return Wrong(flag, "", "be %snats://host:port, or a list of these", instead)
	}
	for _, server := range servers {
		u, err := url.Parse(strings.TrimSpace(server)) // as NATS reads them
		if err != nil || u.Hostname() == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return Wrong(flag, withoutSecret(server), "be %snats://host:port, or a list of these", instead)
		}
	}
	return nil
}

// withoutSecret hides a password in a URL, also in one that makes no sense.
func withoutSecret(server string) string {
	at := strings.LastIndexByte(server, '@')
	if at < 0 {
		return server
	}
	scheme, _, ok := strings.Cut(server[:at], "://")
	if !ok {
		return "xxxxx" + server[at:]
	}
	return scheme + "://xxxxx" + server[at:]
}

// Origins wants hosts as the handshake compares them with a page's: a pattern
// of a host, with a port or not, with a scheme before it or not.
func Origins(flag string, origins []string) error {
	for _, origin := range origins {
		host := origin
		if scheme, rest, ok := strings.Cut(origin, "://"); ok {
			host = rest
			if scheme == "" {
				host = ""
			}
		}
		_, err := path.Match(host, "")
		bad := func(r rune) bool { return r == '/' || r == '@' || !unicode.IsPrint(r) || unicode.IsSpace(r) }
		if host == "" || err != nil || strings.ContainsFunc(host, bad) {
			return Wrong(flag, origin, "be hosts such as app.example.org, *.example.org or https://app.example.org:8443")
		}
	}
	return nil
}

// Heard checks the times that all nodes of a cluster have in common.
func Heard(beacon, deadAfter, tombstones time.Duration) error {
	return cmp.Or(
		Positive("beacon", beacon),
		Positive("dead-after", deadAfter),
		Positive("tombstones", tombstones),
		lostBeacons(beacon, deadAfter),
		AtLeastThatOf("tombstones", tombstones, "dead-after", deadAfter),
	)
}

// lostBeacons wants a node to outlive the loss of a beacon.
func lostBeacons(beacon, deadAfter time.Duration) error {
	if deadAfter/3 < beacon {
		return Wrong("dead-after", deadAfter, "be at least three times --beacon, which is %v, or a lost one counts as a death", beacon)
	}
	return nil
}

// Drain checks how a stopping node sees its clients out.
func Drain(spread, timeout time.Duration) error {
	return cmp.Or(
		AtLeast("drain-spread", spread, 0),
		AtLeastThatOf("drain-timeout", timeout, "drain-spread", spread),
	)
}

// Settings checks the limits by the flags that nodes have for them.
func (c HTTPConfig) Settings() error {
	return cmp.Or(
		Positive("http-header-timeout", c.ReadHeaderTimeout),
		Positive("http-read-timeout", c.ReadTimeout),
		Positive("http-write-timeout", c.WriteTimeout),
		Positive("http-idle-timeout", c.IdleTimeout),
		AtLeast("http-max-header", c.MaxHeaderBytes, 1024),
	)
}
