package dialect

import (
	"maps"
	"slices"

	"heureka/model"
)

// amazonKeys returns the keys of Amazon's metadata that the model has a field for,
// and one more, in the order in which documents have them; others follow by name.
// Amazon has no key for the region, but clients take any.
func amazonKeys() [12]string {
	return [...]string{"instance-id", "ami-id", "instance-type", "local-ipv4", "local-hostname", "public-ipv4",
		"public-hostname", "availability-zone", "vpc-id", "accountId", "region", "mac"}
}

// inCompact reports whether compact documents have that key of Amazon's metadata.
func inCompact(key string) bool {
	switch key {
	case "instance-id", "public-ipv4", "public-hostname", "local-ipv4", "availability-zone":
		return true
	default:
		return false
	}
}

// awsText returns the model's field for a key of Amazon's metadata, nil if it has
// none.
func awsText(aws *model.AWS, key string) *string {
	switch key {
	case "instance-id":
		return &aws.InstanceID
	case "ami-id":
		return &aws.AMI
	case "instance-type":
		return &aws.InstanceType
	case "local-ipv4":
		return &aws.PrivateAddress
	case "public-ipv4":
		return &aws.PublicAddress
	case "public-hostname":
		return &aws.PublicHost
	case "availability-zone":
		return &aws.Zone
	case "vpc-id":
		return &aws.VPC
	case "accountId":
		return &aws.Account
	case "region":
		return &aws.Region
	default:
		return nil
	}
}

// amazonOf returns Amazon's metadata in the order of documents.
func amazonOf(aws *model.AWS) []Pair {
	if aws == nil {
		return nil
	}
	ordered := amazonKeys()
	table := make([]Pair, 0, len(ordered)+len(aws.Other))
	for _, key := range ordered {
		value := aws.Other[key]
		if text := awsText(aws, key); text != nil && *text != "" {
			value = *text
		}
		if value != "" {
			table = append(table, Pair{key, value})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(aws.Other)) {
		if key != "" && key != classKey && aws.Other[key] != "" && !slices.Contains(ordered[:], key) {
			table = append(table, Pair{key, aws.Other[key]})
		}
	}
	return table
}
