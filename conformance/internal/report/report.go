// Package report writes what the checks found, for people and for programs.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Group is one row of the table for each check: a set, or many sets under one name.
type Group struct {
	Name    string            `json:"name"`
	Sets    int               `json:"sets"`
	Results []*verdict.Result `json:"results"`
}

type row struct {
	check      string
	unit       string
	checked    int
	findings   int
	exceptions int
}

// Findings of all groups.
func Findings(groups []Group) []verdict.Finding {
	found := []verdict.Finding{}
	for _, g := range groups {
		for _, r := range g.Results {
			found = append(found, r.Findings...)
		}
	}
	return found
}

// JSON writes everything.
func JSON(w io.Writer, groups []Group) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"clean": len(Findings(groups)) == 0, "groups": groups})
}

// Text writes a table, then the findings, then the exceptions with their reasons.
func Text(w io.Writer, groups []Group, colour bool) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SET\tCHECK\tCHECKED\tRESULT")
	for _, g := range groups {
		name := g.Name
		if g.Sets > 1 {
			name = fmt.Sprintf("%s (%d apps)", g.Name, g.Sets)
		}
		for _, r := range rows(g.Results) {
			fmt.Fprintf(table, "%s\t%s\t%d %s\t%s\n", name, r.check, r.checked, r.unit, outcome(r))
		}
	}
	table.Flush()
	paint := painter(colour)
	for _, g := range groups {
		for _, r := range g.Results {
			for _, f := range r.Findings {
				fmt.Fprintf(w, "\n%s %s, %s: %s\n  %s\n", paint("31", "finding"), f.Set, f.Check, f.Subject, f.Message)
			}
		}
	}
	exceptions(w, groups, paint)
	findings := len(Findings(groups))
	if findings == 0 {
		fmt.Fprintf(w, "\n%s\n", paint("32", "clean: no finding"))
		return
	}
	fmt.Fprintf(w, "\n%s\n", paint("31", plural(findings, "finding")))
}

// Matrices writes who reaches what in each set that is told alone: accounts with the same answers for a host and port share a line.
func Matrices(w io.Writer, groups []Group) {
	for _, g := range groups {
		for _, r := range g.Results {
			if g.Sets == 1 && r.Matrix != nil && len(r.Matrix.Cells) > 0 {
				matrix(w, g.Name, r.Matrix)
			}
		}
	}
}

func matrix(w io.Writer, name string, m *verdict.Matrix) {
	locked := "none"
	if len(m.Locked) > 0 {
		locked = strings.Join(m.Locked, ", ")
	}
	fmt.Fprintf(w, "%s\n  outbound traffic policy %s, NetworkPolicies: %d, namespaces locked down: %s\n\n",
		name, m.OutboundTrafficPolicy, m.NetworkPolicies, locked)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  HOST\tPORT\tTHROUGH ITS SIDECAR\tWITHOUT A SIDECAR\tACCOUNTS")
	type line struct {
		verdict.Cell
		accounts []string
	}
	lines := []*line{}
	for _, c := range m.Cells {
		same := slices.IndexFunc(lines, func(l *line) bool {
			return l.Host == c.Host && l.Port == c.Port && l.Service == c.Service && l.Through == c.Through && l.Via == c.Via && l.Alone == c.Alone
		})
		if same < 0 {
			same = len(lines)
			lines = append(lines, &line{Cell: c})
		}
		lines[same].accounts = append(lines[same].accounts, c.Namespace+"/"+c.Account)
	}
	for _, l := range lines {
		through := string(l.Through)
		switch {
		case l.Via != "":
			through += ", via " + l.Via
		case l.Through != verdict.None:
			through += ", straight out"
		}
		fmt.Fprintf(table, "  %s\t%d\t%s\t%s\t%s\n", l.Host, l.Port, through, l.Alone, strings.Join(l.accounts, ", "))
	}
	table.Flush()
	fmt.Fprintln(w)
}

func rows(results []*verdict.Result) []*row {
	found := []*row{}
	byCheck := map[string]*row{}
	for _, r := range results {
		if byCheck[r.Check] == nil {
			byCheck[r.Check] = &row{check: r.Check, unit: r.Unit}
			found = append(found, byCheck[r.Check])
		}
		byCheck[r.Check].checked += r.Checked
		byCheck[r.Check].findings += len(r.Findings)
		byCheck[r.Check].exceptions += len(r.Exceptions)
	}
	return found
}

func outcome(r *row) string {
	parts := []string{}
	switch {
	case r.findings > 0:
		parts = append(parts, plural(r.findings, "finding"))
	case r.checked == 0:
		parts = append(parts, "nothing to check")
	default:
		parts = append(parts, "ok")
	}
	if r.exceptions > 0 {
		parts = append(parts, plural(r.exceptions, "exception"))
	}
	return strings.Join(parts, ", ")
}

// Exceptions of many apps are told once for each reason.
func exceptions(w io.Writer, groups []Group, paint func(code, text string) string) {
	type key struct{ group, check, message, reason string }
	order := []key{}
	subjects := map[key][]string{}
	for _, g := range groups {
		for _, r := range g.Results {
			for _, e := range r.Exceptions {
				k := key{g.Name, e.Check, e.Message, e.Reason}
				if g.Sets > 1 {
					k.message = ""
				}
				if subjects[k] == nil {
					order = append(order, k)
				}
				subjects[k] = append(subjects[k], e.Subject)
			}
		}
	}
	for _, k := range order {
		who := strings.Join(subjects[k], ", ")
		if len(subjects[k]) > 3 {
			who = fmt.Sprintf("%s and %d more", strings.Join(subjects[k][:3], ", "), len(subjects[k])-3)
		}
		fmt.Fprintf(w, "\n%s %s, %s: %s\n", paint("33", "exception"), k.group, k.check, who)
		if k.message != "" {
			fmt.Fprintf(w, "  %s\n", k.message)
		}
		fmt.Fprintf(w, "  reason: %s\n", k.reason)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func painter(colour bool) func(code, text string) string {
	return func(code, text string) string {
		if !colour {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
}
