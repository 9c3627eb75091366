package dialect

import "strings"

// detach gives an info memory of its own for its texts. They lie in a document that
// may hold thousands of others, all of which one that is kept would keep.
func (i *Info) detach() {
	size := 0
	i.texts(func(text *string) { size += len(*text) })
	var own strings.Builder
	own.Grow(size)
	i.texts(func(text *string) { own.WriteString(*text) })
	all := own.String()
	i.texts(func(text *string) { *text, all = all[:len(*text)], all[len(*text):] })
}

// texts yields all that comes from a document as it is.
func (i *Info) texts(each func(text *string)) {
	for _, text := range [...]*string{
		&i.InstanceID, &i.HostName, &i.App, &i.IPAddr, &i.SID, &i.DataCenter.Name, &i.AppGroup,
		&i.HomePageURL, &i.StatusPageURL, &i.HealthCheckURL, &i.SecureHealthCheckURL, &i.VIP, &i.SecureVIP, &i.ASG,
	} {
		each(text)
	}
	for _, table := range [...][]Pair{i.Metadata, i.DataCenter.Metadata} {
		for n := range table {
			each(&table[n].Key)
			each(&table[n].Value)
		}
	}
}
