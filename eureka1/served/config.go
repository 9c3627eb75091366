package served

import (
	"compress/flate"
	"fmt"
	"time"
)

// Config bounds how old pages get, and what they take.
type Config struct {
	// Age is how long an edition stands at least although its source has changed, unless somebody hurries.
	Age time.Duration
	// Share is the percentage of one processor's time that the making of pages may
	// take in the long run. Where an edition costs more, it stands for longer.
	Share int
	// Idle is after how long without a request a document in a dialect is dropped.
	Idle time.Duration
	// MaxBytes is how many bytes of texts and compressed forms are kept. Beyond it
	// those go that haven't been asked for the longest; what was asked for last stays. It
	// also bounds the bytes in files, those of documents that are only being sent too.
	MaxBytes int
	// Level is that of the compression, as package compress/flate has them.
	Level int
}

// DefaultConfig returns the bounds of a node in production. Level 4 comes within a
// few percent of what the higher ones reach on such documents, in a fraction of their time.
func DefaultConfig() Config {
	return Config{Age: 20 * time.Millisecond, Share: 20, Idle: 5 * time.Minute, MaxBytes: 256 << 20, Level: 4}
}

// Validate reports the first setting that can't be worked with.
func (c Config) Validate() error {
	switch {
	case c.Age < 0:
		return fmt.Errorf("served: Age is %v, it can't be negative", c.Age)
	case c.Share < 1 || c.Share > 100:
		return fmt.Errorf("served: Share is %d, a percentage from 1 on is needed", c.Share)
	case c.Idle <= 0:
		return fmt.Errorf("served: Idle is %v, more than nothing is needed", c.Idle)
	case c.MaxBytes < 0:
		return fmt.Errorf("served: MaxBytes is %d, it can't be negative", c.MaxBytes)
	case c.Level < flate.HuffmanOnly || c.Level > flate.BestCompression:
		return fmt.Errorf("served: Level is %d, compression has no such level", c.Level)
	}
	return nil
}
