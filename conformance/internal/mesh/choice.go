package mesh

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"

	"istio.io/istio/pilot/pkg/networking/util"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// Places of an endpoint in the order of a proxy, nearest first.
const (
	samePlace = iota
	sameZone
	sameRegion
	elsewhere
)

func addressesOf(choice []expect.Endpoint) []string {
	found := []string{}
	for _, e := range choice {
		found = append(found, e.Address)
	}
	return found
}

// order checks that a proxy asks the endpoints of a service in the order of the declaration, and equal ones with the declared shares.
func (j *journey) order(subject string, v *view, c *cluster.Cluster, s expect.Service) {
	if len(s.Choice) == 0 {
		return
	}
	want := ranks(s.Choice, v.proxy.Locality)
	got := map[string]string{}
	for _, locality := range v.assignment(c).GetEndpoints() {
		for _, e := range locality.GetLbEndpoints() {
			address := strings.TrimSuffix(e.GetEndpoint().GetAddress().GetSocketAddress().GetAddress(), ".")
			got[address] = share(int(locality.GetPriority()), max(int(e.GetLoadBalancingWeight().GetValue()), 1))
		}
	}
	j.result.Checked++
	if !maps.Equal(got, want) {
		j.find(subject, fmt.Sprintf("cluster %s of %s asks the endpoints in the order %s, want %s", c.Name, v.proxy.ID, inOrder(got), inOrder(want)))
	}
	if len(s.Choice) > 1 && c.GetOutlierDetection() == nil {
		j.find(subject, fmt.Sprintf("cluster %s of %s ejects no endpoint, so that it never goes on to another", c.Name, v.proxy.ID))
	}
}

func share(rank, weight int) string {
	return fmt.Sprintf("%d (weight %d)", rank, weight)
}

// ranks of endpoints as a proxy at some place should see them, without gaps.
func ranks(choice []expect.Endpoint, place *envoycore.Locality) map[string]string {
	distance := func(e expect.Endpoint) int {
		if e.Locality != "" || slices.ContainsFunc(choice, func(other expect.Endpoint) bool { return other.Locality != "" }) {
			return distanceOf(util.ConvertLocality(e.Locality), place)
		}
		return e.Priority
	}
	steps := []int{}
	for _, e := range choice {
		steps = append(steps, distance(e))
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	found := map[string]string{}
	for _, e := range choice {
		found[e.Address] = share(slices.Index(steps, distance(e)), cmp.Or(e.Weight, 1))
	}
	return found
}

func distanceOf(a, b *envoycore.Locality) int {
	switch {
	case a.GetRegion() != b.GetRegion():
		return elsewhere
	case a.GetZone() != b.GetZone():
		return sameRegion
	case a.GetSubZone() != b.GetSubZone():
		return sameZone
	}
	return samePlace
}

func inOrder(ranks map[string]string) string {
	addresses := slices.Collect(maps.Keys(ranks))
	slices.SortFunc(addresses, func(a, b string) int { return cmp.Or(cmp.Compare(ranks[a], ranks[b]), cmp.Compare(a, b)) })
	found := []string{}
	for _, a := range addresses {
		found = append(found, a+": "+ranks[a])
	}
	return "[" + strings.Join(found, ", ") + "]"
}
