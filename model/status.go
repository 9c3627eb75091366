package model

// Status is what an instance says of its readiness to serve. The texts are
// Eureka's.
type Status string

// The five statuses. Any other text decodes to StatusUnknown.
const (
	StatusUp           Status = "UP"
	StatusDown         Status = "DOWN"
	StatusStarting     Status = "STARTING"
	StatusOutOfService Status = "OUT_OF_SERVICE"
	StatusUnknown      Status = "UNKNOWN"
)

// Statuses lists every status.
func Statuses() []Status {
	return []Status{StatusUp, StatusDown, StatusStarting, StatusOutOfService, StatusUnknown}
}

// ParseStatus returns the status with that text, and StatusUnknown for any
// other text, the empty one included.
func ParseStatus(text string) Status {
	switch s := Status(text); s {
	case StatusUp, StatusDown, StatusStarting, StatusOutOfService:
		return s
	default:
		return StatusUnknown
	}
}

// UnmarshalText makes every decoder fold unknown texts to StatusUnknown.
func (s *Status) UnmarshalText(text []byte) error {
	*s = ParseStatus(string(text))
	return nil
}
