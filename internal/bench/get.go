package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Get asks for what is at a URL; its caller closes the answer's body.
func Get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}

// Read decodes the JSON that is at a URL.
func Read(ctx context.Context, url string, into any) error {
	answer, err := Get(ctx, url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
