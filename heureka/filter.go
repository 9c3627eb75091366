package main

import "heureka/interest"

// filter is the flags that say which instances to watch. Several of them mean
// the union.
type filter struct {
	App       []string `help:"An application." sep:"none" placeholder:"NAME" group:"Which instances (several: any of them)"`
	VIP       []string `name:"vip" help:"A vip." sep:"none" placeholder:"NAME" group:"Which instances (several: any of them)"`
	SecureVIP []string `name:"secure-vip" help:"A secure vip." sep:"none" placeholder:"NAME" group:"Which instances (several: any of them)"`
	ID        []string `name:"id" help:"An instance id, in any application." sep:"none" placeholder:"ID" group:"Which instances (several: any of them)"`
	Like      bool     `help:"Names and ids are regular expressions that must match as a whole." group:"Which instances (several: any of them)"`
	Full      bool     `help:"All instances; so without any of these." group:"Which instances (several: any of them)"`
}

// interests returns what the flags ask for, never nothing.
func (f filter) interests() []interest.Interest {
	op := interest.Equals
	if f.Like {
		op = interest.Like
	}
	var all []interest.Interest
	add := func(kind interest.Kind, values []string) {
		for _, value := range values {
			all = append(all, interest.Interest{Kind: kind, Op: op, Value: value})
		}
	}
	add(interest.App, f.App)
	add(interest.VIP, f.VIP)
	add(interest.SecureVIP, f.SecureVIP)
	add(interest.ID, f.ID)
	if f.Full || len(all) == 0 {
		return []interest.Interest{{Kind: interest.Full}}
	}
	return all
}
