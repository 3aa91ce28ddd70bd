package mesh

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	httprbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	netrbac "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// connection is what Envoy's RBAC filter knows of a client.
type connection struct {
	// principal is the SPIFFE identity without its scheme; empty without mutual TLS.
	principal string
	sni       string
	port      uint32
}

// accessRules of a filter chain, network filters first, then those inside an HTTP connection manager.
func accessRules(chain *listener.FilterChain) ([]*rbac.RBAC, error) {
	rules := []*rbac.RBAC{}
	for _, f := range chain.GetFilters() {
		switch config, err := unpack(f.GetTypedConfig()); typed := config.(type) {
		case *netrbac.RBAC:
			rules = append(rules, typed.GetRules())
		case *hcm.HttpConnectionManager:
			for _, h := range typed.GetHttpFilters() {
				inner, err := unpack(h.GetTypedConfig())
				if err != nil {
					return nil, err
				}
				if r, is := inner.(*httprbac.RBAC); is {
					rules = append(rules, r.GetRules())
				}
			}
		default:
			if err != nil {
				return nil, err
			}
		}
	}
	return rules, nil
}

func unpack(any *anypb.Any) (any, error) {
	if any == nil {
		return nil, nil
	}
	switch {
	case any.MessageIs(&netrbac.RBAC{}), any.MessageIs(&httprbac.RBAC{}), any.MessageIs(&hcm.HttpConnectionManager{}):
		return any.UnmarshalNew()
	}
	return nil, nil
}

// passes says whether every rule set lets a connection through, as Envoy would decide.
func passes(rules []*rbac.RBAC, c connection) (bool, error) {
	for _, r := range rules {
		if r == nil {
			continue
		}
		matched := false
		for _, policy := range r.GetPolicies() {
			is, err := policyMatches(policy, c)
			if err != nil {
				return false, err
			}
			matched = matched || is
		}
		switch r.GetAction() {
		case rbac.RBAC_ALLOW:
			if !matched {
				return false, nil
			}
		case rbac.RBAC_DENY:
			if matched {
				return false, nil
			}
		}
	}
	return true, nil
}

func policyMatches(p *rbac.Policy, c connection) (bool, error) {
	permitted, err := anyPermission(p.GetPermissions(), c)
	if err != nil || !permitted {
		return false, err
	}
	return anyPrincipal(p.GetPrincipals(), c)
}

func anyPermission(list []*rbac.Permission, c connection) (bool, error) {
	for _, p := range list {
		if is, err := permissionMatches(p, c); err != nil || is {
			return is, err
		}
	}
	return false, nil
}

func permissionMatches(p *rbac.Permission, c connection) (bool, error) {
	switch rule := p.GetRule().(type) {
	case *rbac.Permission_Any:
		return rule.Any, nil
	case *rbac.Permission_AndRules:
		for _, r := range rule.AndRules.GetRules() {
			if is, err := permissionMatches(r, c); err != nil || !is {
				return false, err
			}
		}
		return true, nil
	case *rbac.Permission_OrRules:
		return anyPermission(rule.OrRules.GetRules(), c)
	case *rbac.Permission_NotRule:
		is, err := permissionMatches(rule.NotRule, c)
		return !is, err
	case *rbac.Permission_RequestedServerName:
		return stringMatches(rule.RequestedServerName, c.sni)
	case *rbac.Permission_DestinationPort:
		return rule.DestinationPort == c.port, nil
	}
	return false, fmt.Errorf("cannot judge the permission %s", p)
}

func anyPrincipal(list []*rbac.Principal, c connection) (bool, error) {
	for _, p := range list {
		if is, err := principalMatches(p, c); err != nil || is {
			return is, err
		}
	}
	return false, nil
}

func principalMatches(p *rbac.Principal, c connection) (bool, error) {
	switch id := p.GetIdentifier().(type) {
	case *rbac.Principal_Any:
		return id.Any, nil
	case *rbac.Principal_AndIds:
		for _, i := range id.AndIds.GetIds() {
			if is, err := principalMatches(i, c); err != nil || !is {
				return false, err
			}
		}
		return true, nil
	case *rbac.Principal_OrIds:
		return anyPrincipal(id.OrIds.GetIds(), c)
	case *rbac.Principal_NotId:
		is, err := principalMatches(id.NotId, c)
		return !is, err
	case *rbac.Principal_Authenticated_:
		return identityMatches(id.Authenticated.GetPrincipalName(), c)
	case *rbac.Principal_FilterState:
		if id.FilterState.GetKey() == "io.istio.peer_principal" {
			return identityMatches(id.FilterState.GetStringMatch(), c)
		}
	case *rbac.Principal_DirectRemoteIp:
		return cidrContains(id.DirectRemoteIp, clientAddress)
	}
	return false, fmt.Errorf("cannot judge the principal %s", p)
}

// The address clients come from when a rule asks for one; in no range a library would write.
var clientAddress = netip.MustParseAddr("10.245.255.254")

func cidrContains(r *envoycore.CidrRange, a netip.Addr) (bool, error) {
	prefix, err := netip.ParsePrefix(fmt.Sprintf("%s/%d", r.GetAddressPrefix(), r.GetPrefixLen().GetValue()))
	return err == nil && prefix.Contains(a), err
}

func identityMatches(m *matcher.StringMatcher, c connection) (bool, error) {
	if c.principal == "" {
		return false, nil
	}
	if m == nil {
		return true, nil
	}
	return stringMatches(m, "spiffe://"+c.principal)
}

func stringMatches(m *matcher.StringMatcher, value string) (bool, error) {
	fold := func(s string) string {
		if m.GetIgnoreCase() {
			return strings.ToLower(s)
		}
		return s
	}
	switch pattern := m.GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return fold(value) == fold(pattern.Exact), nil
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(fold(value), fold(pattern.Prefix)), nil
	case *matcher.StringMatcher_Suffix:
		return strings.HasSuffix(fold(value), fold(pattern.Suffix)), nil
	case *matcher.StringMatcher_Contains:
		return strings.Contains(fold(value), fold(pattern.Contains)), nil
	case *matcher.StringMatcher_SafeRegex:
		// Envoy matches the whole value.
		expression, err := regexp.Compile("^(?:" + pattern.SafeRegex.GetRegex() + ")$")
		return err == nil && expression.MatchString(value), err
	}
	return false, fmt.Errorf("cannot judge the matcher %s", m)
}
