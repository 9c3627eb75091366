// Package sample runs a handful of real little HTTP services that register
// themselves, so that a fresh cluster has something to show. Each has its own
// client, as services have; each answers / and /health over HTTP; one of them
// goes out of service and comes back now and then.
package sample
