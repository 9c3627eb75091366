package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"heureka/model"
)

// writeTable writes rows, the first of them the head, in aligned columns.
func writeTable(w io.Writer, rows [][]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(table, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return table.Flush()
}

// writeInstances writes what most people want to know of instances.
func writeInstances(w io.Writer, instances []*model.Instance) error {
	rows := [][]string{{"APP", "ID", "STATUS", "ADDRESS", "VIP", "SECURE VIP"}}
	for _, in := range instances {
		rows = append(rows, []string{in.App, in.ID, string(in.Status), orDash(addressOf(in)), orDash(in.VIP), orDash(in.SecureVIP)})
	}
	return writeTable(w, rows)
}

// addressOf returns address and first port, as far as the instance says them.
func addressOf(in *model.Instance) string {
	address := in.Address
	if address == "" {
		address = in.HostName
	}
	if len(in.Ports) == 0 {
		return address
	}
	return address + ":" + strconv.Itoa(int(in.Ports[0].Number))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
