package mesh

import (
	"fmt"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// handshake is whom a filter chain that terminates TLS accepts.
type handshake struct {
	// identified is whether it asks for a certificate, and for one that the mesh's own CA has signed.
	identified bool
	// demands is whether it asks for a certificate of whatever authority.
	demands bool
	// names that the certificate may have; none: any.
	names []*matcher.StringMatcher
}

// handshakeOf a filter chain; nil when it does not terminate TLS.
func handshakeOf(chain *listener.FilterChain) (*handshake, error) {
	socket := chain.GetTransportSocket()
	if socket == nil {
		return nil, nil
	}
	context := &tls.DownstreamTlsContext{}
	if !socket.GetTypedConfig().MessageIs(context) {
		return nil, fmt.Errorf("cannot judge the transport socket %s of a gateway", socket.GetName())
	}
	if err := socket.GetTypedConfig().UnmarshalTo(context); err != nil {
		return nil, err
	}
	common := context.GetCommonTlsContext()
	combined := common.GetCombinedValidationContext()
	validation := combined.GetDefaultValidationContext()
	if validation == nil {
		validation = common.GetValidationContext()
	}
	found := &handshake{
		demands: context.GetRequireClientCertificate().GetValue(),
		identified: context.GetRequireClientCertificate().GetValue() && meshIdentity(common) &&
			combined.GetValidationContextSdsSecretConfig().GetName() == "ROOTCA" &&
			validation.GetTrustChainVerification() == tls.CertificateValidationContext_VERIFY_TRUST_CHAIN,
	}
	for _, m := range validation.GetMatchTypedSubjectAltNames() {
		if m.GetSanType() == tls.SubjectAltNameMatcher_URI {
			found.names = append(found.names, m.GetMatcher())
		} else {
			// A name of another kind that no workload's certificate has: it accepts nobody, and is no reason to accept anybody.
			found.names = append(found.names, &matcher.StringMatcher{MatchPattern: &matcher.StringMatcher_Exact{}})
		}
	}
	//nolint:staticcheck // istiod still writes the older field
	found.names = append(found.names, validation.GetMatchSubjectAltNames()...)
	return found, nil
}

// accepts says whether a client with a certificate of the mesh gets through the handshake, as Envoy would decide. Without TLS everybody does.
func (h *handshake) accepts(c connection) (bool, error) {
	if h == nil || len(h.names) == 0 {
		return true, nil
	}
	for _, name := range h.names {
		if is, err := stringMatches(name, "spiffe://"+c.principal); err != nil || is {
			return is, err
		}
	}
	return false, nil
}
