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
