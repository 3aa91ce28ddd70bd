// Package verdict holds what the checks find.
package verdict

// Finding is something that is wrong.
type Finding struct {
	Set     string `json:"set"`
	Check   string `json:"check"`
	Subject string `json:"subject"`
	Message string `json:"message"`
}

// Exception is something that would be a finding if there were no reason for it.
type Exception struct {
	Set     string `json:"set"`
	Check   string `json:"check"`
	Subject string `json:"subject"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
}

// Result is what one check says about one set.
type Result struct {
	Set        string      `json:"set"`
	Check      string      `json:"check"`
	Checked    int         `json:"checked"`
	Unit       string      `json:"unit"`
	Findings   []Finding   `json:"findings"`
	Exceptions []Exception `json:"exceptions"`
	// Matrix of who reaches what; only the check that asks for it has one.
	Matrix *Matrix `json:"matrix,omitempty"`
}

// Matrix of client accounts and external services.
type Matrix struct {
	NetworkPolicies       int    `json:"networkPolicies"`
	OutboundTrafficPolicy string `json:"outboundTrafficPolicy"`
	// Locked are the namespaces that the app says NetworkPolicies keep in.
	Locked []string `json:"locked"`
	// Cells are sorted by host, port, service, namespace and account.
	Cells []Cell `json:"cells"`
}

// Cell of a matrix.
type Cell struct {
	Host    string `json:"host"`
	Port    int    `json:"port"`
	Service string `json:"service"`
	// Namespace and Account of the client; the account "*" stands for every one that nothing names.
	Namespace string `json:"namespace"`
	Account   string `json:"account"`
	// Declared is whether the app says that the account is a client.
	Declared bool `json:"declared"`
	// Through its sidecar, by what istiod makes of the set and by NetworkPolicies.
	Through Extent `json:"through"`
	// Via is the gateway that such a connection passes; absent: none.
	Via string `json:"via,omitempty"`
	// Alone is a pod that avoids its sidecar: NetworkPolicies alone.
	Alone Extent `json:"alone"`
}

// Extent to which something is reached: a service may have several addresses.
type Extent string

// The extents.
const (
	None Extent = "no"
	Some Extent = "partly"
	All  Extent = "yes"
)

// Counted extent: how many of several are reached.
func Counted(reached, of int) Extent {
	switch {
	case reached == 0:
		return None
	case reached < of:
		return Some
	}
	return All
}

// New starts the result of a check.
func New(set, check, unit string) *Result {
	return &Result{Set: set, Check: check, Unit: unit, Findings: []Finding{}, Exceptions: []Exception{}}
}

// Find records a finding.
func (r *Result) Find(subject, message string) {
	r.Findings = append(r.Findings, Finding{Set: r.Set, Check: r.Check, Subject: subject, Message: message})
}

// Except records an exception with its reason.
func (r *Result) Except(subject, message, reason string) {
	r.Exceptions = append(r.Exceptions, Exception{Set: r.Set, Check: r.Check, Subject: subject, Message: message, Reason: reason})
}
