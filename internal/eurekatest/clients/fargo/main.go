// Command fargo is a service that registers with the library of that name and does what
// it is told by lines on its standard input; see internal/eurekatest. Lines for its
// driver begin with @@. With -json it speaks JSON instead of XML.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hudl/fargo"
)

func main() {
	asJSON := flag.Bool("json", false, "speak JSON")
	flag.Parse()
	s, err := newService(*asJSON)
	if err == nil {
		err = s.register(fargo.UP)
	}
	if err != nil {
		log.Fatal(err)
	}
	go s.heartbeats()
	go s.fetches()
	say("ready")
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		word, argument, _ := strings.Cut(input.Text(), " ")
		answer, err := s.obey(word, argument)
		if err != nil {
			say("error " + err.Error())
			continue
		}
		say(strings.TrimSpace("ok " + answer))
		if word == "unregister" {
			return
		}
	}
}

// say writes a line for the driver.
func say(line string) { fmt.Println("@@ " + line) }

// service is one registration. fargo leaves to its user when to send heartbeats and to
// fetch, and which server to take after another.
type service struct {
	*servers
	renew, fetch time.Duration
	held         *registry

	mu       sync.Mutex
	instance fargo.Instance // as its owner wants it; guarded by mu
}

func newService(asJSON bool) (*service, error) {
	numbers := map[string]int{}
	for _, name := range []string{"EUREKA_PORT", "EUREKA_RENEW_S", "EUREKA_LEASE_S", "EUREKA_FETCH_S"} {
		n, err := strconv.Atoi(os.Getenv(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		numbers[name] = n
	}
	app := os.Getenv("EUREKA_APP")
	return &service{
		servers: newServers(strings.Split(os.Getenv("EUREKA_URLS"), ","), asJSON),
		instance: fargo.Instance{
			InstanceId: os.Getenv("EUREKA_ID"), App: app, HostName: "127.0.0.1", IPAddr: "127.0.0.1",
			Port: numbers["EUREKA_PORT"], PortEnabled: true, VipAddress: strings.ToLower(app),
			DataCenterInfo: fargo.DataCenterInfo{Name: fargo.MyOwn},
			LeaseInfo: fargo.LeaseInfo{
				RenewalIntervalInSecs: int32(numbers["EUREKA_RENEW_S"]),
				DurationInSecs:        int32(numbers["EUREKA_LEASE_S"]),
			},
		},
		renew: time.Duration(numbers["EUREKA_RENEW_S"]) * time.Second,
		fetch: time.Duration(numbers["EUREKA_FETCH_S"]) * time.Second,
		held:  &registry{},
	}, nil
}

// register tells the server what the service is, at the start and for another status.
// fargo's RegisterInstance is for the first time only: it says nothing if it finds the
// instance, whatever that is.
func (s *service) register(status fargo.StatusType) error {
	s.mu.Lock()
	first := s.instance.Status == ""
	s.instance.Status = status
	s.mu.Unlock()
	if first {
		return s.tell((*fargo.EurekaConnection).RegisterInstance)
	}
	return s.tell((*fargo.EurekaConnection).ReregisterInstance)
}

// tell asks a server something about the instance.
func (s *service) tell(what func(*fargo.EurekaConnection, *fargo.Instance) error) error {
	return s.ask(func(c *fargo.EurekaConnection) error {
		s.mu.Lock()
		told := s.instance // fargo overwrites it with what it reads back
		s.mu.Unlock()
		return what(c, &told)
	})
}

func (s *service) heartbeats() {
	for range time.Tick(s.renew) {
		err := s.tell((*fargo.EurekaConnection).HeartBeatInstance)
		if code, is := fargo.HTTPResponseStatusCode(err); is && code == 404 {
			log.Print("the server doesn't know the instance any more")
			err = s.tell((*fargo.EurekaConnection).ReregisterInstance)
		}
		if err != nil {
			log.Print("heartbeat: ", err)
		}
	}
}

func (s *service) fetches() {
	for ; ; time.Sleep(s.fetch) {
		err := s.ask(func(c *fargo.EurekaConnection) error {
			apps, err := c.GetApps()
			if err == nil {
				s.held.set(apps)
			}
			return err
		})
		if err != nil {
			log.Print("fetch: ", err)
		}
	}
}

var errNoCommand = errors.New("no such command")

func (s *service) obey(word, argument string) (string, error) {
	switch word {
	case "status":
		return "", s.register(fargo.StatusType(argument))
	case "see":
		return s.held.of(argument), nil
	case "unregister":
		return "", s.tell((*fargo.EurekaConnection).DeregisterInstance)
	}
	return "", fmt.Errorf("%w: %q", errNoCommand, word)
}

func sorted(app *fargo.Application) string {
	instances := slices.SortedFunc(slices.Values(app.Instances), func(a, b *fargo.Instance) int {
		return strings.Compare(a.Id(), b.Id())
	})
	var list []string
	for _, in := range instances {
		list = append(list, in.Id()+"="+string(in.Status))
	}
	return strings.Join(list, " ")
}
